// What nearly every strategy consists of: the size in force, the books, the store, and what they answer.
#pragma once

#include <cstdint>

#include "strategies/conn_buffer.hpp"
#include "strategies/parameters.hpp"
#include "strategies/support/buffer_store.hpp"
#include "strategies/support/size_setting.hpp"
#include "strategies/support/tally.hpp"

namespace baton {

// Base of a strategy whose buffers are Headers from one Store.
template <class P, class Header = StoredBuffer<P>, class Store = BufferStore<P, Header>>
class StrategyCore {
 public:
  using PlatformType = P;

  StrategyCore(const StrategyCore&) = delete;
  StrategyCore& operator=(const StrategyCore&) = delete;

  void set_buffer_bytes(std::uint32_t bytes) noexcept { size_.set(bytes); }
  [[nodiscard]] Footprint footprint() { return books_.sum(); }
  [[nodiscard]] Footprint sample() const { return books_.sum(); }

  // Frees what a session kept when it was closed. Any thread.
  void drop_kept(ConnBuffer* buffer) noexcept { drop(static_cast<Header*>(buffer), Holder::sessions); }

 protected:
  explicit StrategyCore(const Parameters& parameters)
      : size_(validated(parameters).buffer_bytes),
        books_(parameters.workers),
        store_(parameters.max_buffers) {}
  ~StrategyCore() = default;

  // Frees a parked buffer outside of any worker.
  void drop(Header* buffer, Holder holder) noexcept {
    books_.outside().leave(holder, buffer->held_bytes);
    store_.destroy(buffer, books_.outside());
  }

  SizeSetting<P> size_;
  Books<P> books_;
  Store store_;
};

}  // namespace baton
