// A mutex and a vector: what most people write first.
#include <mutex>
#include <vector>

#include "bench/primitives/family.hpp"
#include "bench/primitives/shared_pool.hpp"

namespace baton::primitives {
namespace {

class MutexVector {
 public:
  static constexpr std::string_view kName = "mutex_vector";
  static constexpr Role kRole = Role::shared_peer;

  [[nodiscard]] ConnBuffer* try_pop() {
    const std::lock_guard lock(mutex_);
    if (unused_.empty()) {
      return nullptr;
    }
    ConnBuffer* const buffer = unused_.back();
    unused_.pop_back();
    return buffer;
  }
  void push(ConnBuffer* buffer) {
    const std::lock_guard lock(mutex_);
    unused_.push_back(buffer);
  }

 private:
  std::mutex mutex_;
  std::vector<ConnBuffer*> unused_;
};

}  // namespace

void add_mutex_vector(Catalogue& catalogue) { add<SharedPool<MutexVector>>(catalogue); }

}  // namespace baton::primitives
