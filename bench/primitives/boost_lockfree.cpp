// boost::lockfree::stack and queue, with their nodes allocated beforehand.
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/stack.hpp>

#include "bench/primitives/family.hpp"
#include "bench/primitives/shared_pool.hpp"

namespace baton::primitives {
namespace {

constexpr std::size_t kNodes = 1024;  // more than are ever in use; more would be allocated

template <class Library>
class LockfreeContainer {
 public:
  [[nodiscard]] ConnBuffer* try_pop() {
    ConnBuffer* buffer = nullptr;
    return container_.pop(buffer) ? buffer : nullptr;
  }
  void push(ConnBuffer* buffer) {
    if (!container_.push(buffer)) {
      broken("boost::lockfree is out of nodes");
    }
  }

 private:
  Library container_{kNodes};
};

struct Stack : LockfreeContainer<boost::lockfree::stack<ConnBuffer*>> {
  static constexpr std::string_view kName = "boost_stack";
  static constexpr Role kRole = Role::shared_peer;
};
struct Queue : LockfreeContainer<boost::lockfree::queue<ConnBuffer*>> {
  static constexpr std::string_view kName = "boost_queue";
  static constexpr Role kRole = Role::shared_peer;
};

}  // namespace

void add_boost_lockfree(Catalogue& catalogue) {
  add<SharedPool<Stack>>(catalogue);
  add<SharedPool<Queue>>(catalogue);
}

}  // namespace baton::primitives
