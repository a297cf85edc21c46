// Several stacks of unused buffers, each behind a lock that is only tried.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>

#include "strategies/parameters.hpp"
#include "strategies/support/buffer_list.hpp"
#include "strategies/support/size_setting.hpp"

namespace baton {

inline constexpr std::uint32_t kStripeVisitMs = 1000;  // between two visits of the guard
inline constexpr std::uint32_t kStripeAgeMs = 10'000;  // a stack that was not empty for so long is trimmed

// Whoever comes starts with the stripe of his own and goes on to the next. Any thread may call anything;
// trim_old the guard only.
template <class P>
class Stripes {
 public:
  using Buffer = StoredBuffer<P>;

  explicit Stripes(const Parameters& parameters)
      : count_(stripes_of(parameters)),
        bound_(std::max(1U, parameters.list_bound / count_)),
        stripes_(std::make_unique<Stripe[]>(count_)) {}

  // nullptr: those that were not locked are empty.
  [[nodiscard]] Buffer* get(std::uint32_t own) noexcept {
    for (std::uint32_t i = 0; i < count_; ++i) {
      Stripe& stripe = stripes_[(own + i) % count_];
      const std::unique_lock lock(stripe.mutex, std::try_to_lock);
      if (Buffer* const buffer = lock ? stripe.list.pop() : nullptr) {
        return buffer;
      }
    }
    return nullptr;
  }
  // Waits for the locks. nullptr: all are empty.
  [[nodiscard]] Buffer* get_from_all() noexcept {
    for (std::uint32_t i = 0; i < count_; ++i) {
      const std::lock_guard lock(stripes_[i].mutex);
      if (Buffer* const buffer = stripes_[i].list.pop()) {
        return buffer;
      }
    }
    return nullptr;
  }
  // False: those that were not locked are full, or of another size.
  [[nodiscard]] bool put(std::uint32_t own, Buffer* buffer) noexcept {
    const std::uint32_t generation = buffer->generation;
    for (std::uint32_t i = 0; i < count_; ++i) {
      Stripe& stripe = stripes_[(own + i) % count_];
      const std::unique_lock lock(stripe.mutex, std::try_to_lock);
      if (lock && stripe.list.size() < bound_ && stripe.list.stamp().generation == generation) {
        stripe.list.push(buffer);
        return true;
      }
    }
    return false;
  }
  // What is of an earlier size than the one in force, which is read under the locks and whose generation is
  // returned, goes to `condemned`.
  std::uint32_t follow(const SizeSetting<P>& setting, BufferList<P>& condemned) noexcept {
    std::uint32_t oldest = ~0U;
    for (std::uint32_t i = 0; i < count_; ++i) {
      const std::lock_guard lock(stripes_[i].mutex);
      const SizeStamp size = setting.load();
      if (stripes_[i].list.stamp().generation != size.generation) {
        stripes_[i].list.restamp(size, condemned);
      }
      oldest = std::min(oldest, size.generation);
    }
    return oldest;
  }
  // Up to n buffers of every stack that was not empty for kStripeAgeMs, if this comes every kStripeVisitMs.
  void trim_old(std::uint32_t n, BufferList<P>& condemned) noexcept {
    for (std::uint32_t i = 0; i < count_; ++i) {
      Stripe& stripe = stripes_[i];
      stripe.nonempty_ms = stripe.list.size() == 0 ? 0 : stripe.nonempty_ms + kStripeVisitMs;
      if (stripe.nonempty_ms > kStripeAgeMs) {
        const std::lock_guard lock(stripe.mutex);
        for (std::uint32_t left = std::min(n, stripe.list.size()); left != 0; --left) {
          condemned.push(stripe.list.pop());
        }
      }
    }
  }
  // Exact, so only for quiet users.
  [[nodiscard]] Holding holding() const noexcept {
    Holding sum;
    for (std::uint32_t i = 0; i < count_; ++i) {
      sum += stripes_[i].list.holding();
    }
    return sum;
  }
  // Approximate while others get and put.
  [[nodiscard]] std::size_t size() const noexcept {
    std::size_t sum = 0;
    for (std::uint32_t i = 0; i < count_; ++i) {
      sum += stripes_[i].list.size();
    }
    return sum;
  }

 private:
  struct alignas(2 * kCacheLineBytes) Stripe {
    typename P::Mutex mutex;
    UnusedList<P> list;
    std::uint32_t nonempty_ms = 0;  // the guard's

    Stripe() noexcept { P::named(&mutex, sizeof mutex, "stripe lock"); }
  };

  std::uint32_t count_;
  std::uint32_t bound_;  // of a stack, buffers
  std::unique_ptr<Stripe[]> stripes_;
};

}  // namespace baton
