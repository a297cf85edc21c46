// oneTBB's concurrent_queue and concurrent_bounded_queue.
#include <tbb/concurrent_queue.h>

#include "bench/primitives/family.hpp"
#include "bench/primitives/shared_pool.hpp"

namespace baton::primitives {
namespace {

template <class Library>
class TbbContainer {
 public:
  [[nodiscard]] ConnBuffer* try_pop() {
    ConnBuffer* buffer = nullptr;
    return queue_.try_pop(buffer) ? buffer : nullptr;
  }
  void push(ConnBuffer* buffer) { queue_.push(buffer); }

 private:
  Library queue_;
};

struct Unbounded : TbbContainer<tbb::concurrent_queue<ConnBuffer*>> {
  static constexpr std::string_view kName = "tbb_queue";
  static constexpr Role kRole = Role::shared_peer;
};
struct Bounded : TbbContainer<tbb::concurrent_bounded_queue<ConnBuffer*>> {
  static constexpr std::string_view kName = "tbb_bounded_queue";
  static constexpr Role kRole = Role::shared_peer;
};

}  // namespace

void add_tbb(Catalogue& catalogue) {
  add<SharedPool<Unbounded>>(catalogue);
  add<SharedPool<Bounded>>(catalogue);
}

}  // namespace baton::primitives
