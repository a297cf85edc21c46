#pragma once

#include "strategies/support/supplied.hpp"

namespace baton {

// two_cache without a lock of its own: the list is touched only while the worker holds the lock of its thread
// pool anyway, because it takes work from the queue there, goes idle there, or offers a fetch. That is how
// the proposal was meant.
//
// Two threads: as in two_cache, but the surplus of the fetch worker goes to the list when it next visits the
// queue, and the client worker gets its refill when it does. Under that lock only pointers move. What has to
// be freed (no room on the list, an earlier size) or made (nothing on the list) is remembered and done at the
// next housekeeping, without any lock.
template <class P = NativePlatform>
class TwoCacheSharedLock : public SuppliedStrategy<P, ThreadPoolLock> {
 public:
  static constexpr Promises kPromises{
      .name = "two_cache_shared_lock",
      .summary = "two buffers with every worker, the rest on a list under the thread pool's own lock",
      .source = "varnish-dev, 21 November 2011: housekeeping where the worker holds the pool's lock anyway",
      .progress = Progress::wait_free,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound =
          "buffer_bytes * (in use + sessions with unread bytes + workers * (supply + slack + 2) + pools * "
          "list_bound)",
      .housekeeps_under_pool_lock = true,
      .costs = {.requests = 1},
  };
  using SuppliedStrategy<P, ThreadPoolLock>::SuppliedStrategy;
};
static_assert(Strategy<TwoCacheSharedLock<>>);

}  // namespace baton
