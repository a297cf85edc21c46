#pragma once

#include <algorithm>
#include <boost/lockfree/stack.hpp>
#include <cstdint>

#include "strategies/adapters/library_pool.hpp"

namespace baton {

// All nodes are made with the stack, so that a push never allocates: the bound of the list.
template <class Buffer>
class BoostStack {
 public:
  explicit BoostStack(std::uint32_t list_bound) : stack_(std::min(list_bound, kMostNodes)) {}

  class Handle {
   public:
    explicit Handle(BoostStack& shared) noexcept : stack_(shared.stack_) {}
    [[nodiscard]] bool try_pop(Buffer*& buffer) noexcept { return stack_.pop(buffer); }
    [[nodiscard]] bool push(Buffer* buffer) noexcept { return stack_.bounded_push(buffer); }

   private:
    boost::lockfree::stack<Buffer*>& stack_;
  };

 private:
  static constexpr std::uint32_t kMostNodes = 64 * 1024;
  boost::lockfree::stack<Buffer*> stack_;
};

// boost::lockfree::stack as the list of unused buffers: what lockfree_stack is measured beside.
template <class P = NativePlatform>
class BoostLockfreeStack : public LibraryPool<P, BoostStack<StoredBuffer<P>>> {
 public:
  using LibraryPool<P, BoostStack<StoredBuffer<P>>>::LibraryPool;
  static constexpr Promises kPromises{
      .name = "boost_lockfree_stack",
      .summary = "boost::lockfree::stack as the shared list",
      .source = "Boost.Lockfree (Tim Blechmann, 2008-2011); R. K. Treiber's stack",
      .progress = Progress::lock_free,
      .client_bytes = Residence::pool,
      .backend_bytes = Residence::pool,
      .receiver_depends_on_giver = false,
      .memory_bound = "buffer_bytes * (in use + sessions with unread bytes + min(list_bound, 65536))",
      .opaque = true,
  };
};
static_assert(Strategy<BoostLockfreeStack<>>);

}  // namespace baton
