#pragma once

#include "strategies/support/supplied.hpp"

namespace baton {

// The proposal that Baton was made to judge: conn buffers as a pooled resource of their own, a few with
// every worker.
//
// A worker keeps a supply of two buffers, one for the client and perhaps one for the backend. It acquires
// from its own supply, makes a buffer when that is empty, and releases into its own supply: no other
// thread is involved. When it starts a request and when it goes idle it does housekeeping: the supply is
// raised or lowered to two from and to the list of its thread pool, under the list's lock, and buffers of
// an earlier size are replaced.
//
// Two threads: a client worker acquires both its buffers and gives the backend's away, with the read-ahead
// in it. The fetch worker takes it, empties it and releases it into its own supply, which now has three;
// at its next housekeeping the third goes to the list. The client worker has one left; at its next
// housekeeping it gets one from the list. So a request without a handoff takes no lock, and a handoff
// takes two, one on each side.
//
// Under a limit on buffers (max_buffers) the supplies and the list are smaller where they must be, so that
// what idle workers keep never starves the one that is busy (shares() in support/supply.hpp).
//
// A buffer in use at a request boundary counts as one of the two. That can only be the client's, kept for
// pipelined requests.
template <class P = NativePlatform>
class TwoCache : public SuppliedStrategy<P, OwnLock> {
 public:
  static constexpr Promises kPromises{
      .name = "two_cache",
      .summary = "two buffers with every worker, the rest on the thread pool's list under a lock of its own",
      .source = "varnish-dev, 21 November 2011: http_conn as a pooled resource of its own",
      .progress = Progress::wait_free,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound =
          "buffer_bytes * (in use + sessions with unread bytes + workers * (supply + slack + 2) + pools * "
          "list_bound)",
      .costs = {.requests = 1, .with_handoff = {.locks = 2}},
  };
  using SuppliedStrategy<P, OwnLock>::SuppliedStrategy;
};
static_assert(Strategy<TwoCache<>>);

}  // namespace baton
