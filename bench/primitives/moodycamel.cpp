// moodycamel::ConcurrentQueue, with the tokens its documentation recommends: one of each kind per thread.
#include <concurrentqueue/concurrentqueue.h>

#include "bench/primitives/family.hpp"
#include "bench/primitives/shared_pool.hpp"

namespace baton::primitives {
namespace {

struct Queue {
  static constexpr std::string_view kName = "moodycamel_queue";
  static constexpr Role kRole = Role::shared_peer;
  moodycamel::ConcurrentQueue<ConnBuffer*> queue;
};

class Tokens {
 public:
  explicit Tokens(Queue& shared) : queue_(shared.queue), producer_(queue_), consumer_(queue_) {}
  [[nodiscard]] ConnBuffer* try_pop() {
    ConnBuffer* buffer = nullptr;
    return queue_.try_dequeue(consumer_, buffer) ? buffer : nullptr;
  }
  void push(ConnBuffer* buffer) {
    if (!queue_.enqueue(producer_, buffer)) {
      broken("moodycamel::ConcurrentQueue is out of memory");
    }
  }

 private:
  moodycamel::ConcurrentQueue<ConnBuffer*>& queue_;
  moodycamel::ProducerToken producer_;
  moodycamel::ConsumerToken consumer_;
};

}  // namespace

void add_moodycamel(Catalogue& catalogue) { add<SharedPool<Queue, Tokens>>(catalogue); }

}  // namespace baton::primitives
