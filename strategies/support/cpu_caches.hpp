// A stack of unused buffers for each CPU.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"
#include "strategies/restartable.hpp"
#include "strategies/support/own_count.hpp"

namespace baton {

// By restartable sequences where the platform has them: no atomic operation, and a thread that is moved in
// the middle starts anew. Elsewhere each CPU's stack has a lock that is only tried, and the CPU is but a
// hint:
//   (1) who is done opens the lock with release; (2) who tries it acquires
// Any thread may call push and pop; drain one thread at a time.
template <class P, class T>
class CpuCaches {
 public:
  // Each of at most `most` buffers, kSlots at most.
  explicit CpuCaches(std::uint32_t most)
      : most_(std::min(most, restartable::kSlots)),
        alone_(EveryThreadHasACpu::now()),
        restarts_(P::kRestarts && !alone_ && restartable::supported()),
        cpus_(alone_ ? kThreads : P::cpus()) {
    if (restarts_) {
      stacks_ = std::make_unique<restartable::CpuStack[]>(cpus_);
      P::named(stacks_.get(), cpus_ * sizeof stacks_[0], "CPU's stack");
    } else {
      tried_ = std::make_unique<Tried[]>(cpus_);
    }
  }

  // False: it is full, or another thread is there.
  [[nodiscard]] bool push(T* buffer) noexcept {
    if (restarts_) [[likely]] {
      return restartable::push(stacks_.get(), buffer, most_);
    }
    Tried& here = tried_[cpu()];
    const Try lock(here, alone_);
    if (!lock.locked || here.count >= most_) {
      return false;
    }
    const std::uint32_t n = here.count;
    here.slots[n] = buffer;
    here.count = n + 1;
    return true;
  }
  // nullptr: it is empty, or another thread is there.
  [[nodiscard]] T* pop() noexcept {
    if (restarts_) [[likely]] {
      return static_cast<T*>(restartable::pop(stacks_.get()));
    }
    Tried& here = tried_[cpu()];
    const Try lock(here, alone_);
    if (!lock.locked || here.count == 0) {
      return nullptr;
    }
    const std::uint32_t n = here.count - 1;
    here.count = n;
    return here.slots[n];
  }
  // Takes all of all CPUs, each to use(T*).
  template <class Use>
  void drain(Use use) noexcept {
    if (restarts_) {
      restartable::close_all(stacks_.get(), cpus_);
      for (std::uint32_t cpu = 0; cpu < cpus_; ++cpu) {
        restartable::CpuStack& stack = stacks_[cpu];
        for (; stack.count != 0; --stack.count) {
          use(static_cast<T*>(stack.slots[stack.count - 1]));
        }
      }
      restartable::open_all(stacks_.get(), cpus_);
      return;
    }
    for (std::uint32_t cpu = 0; cpu < cpus_; ++cpu) {
      while (!drained(tried_[cpu], use)) {
        P::pause();
      }
    }
  }
  // Exact, so only where nobody pushes or pops; the number alone is approximate elsewhere.
  template <class Visitor>
  void for_each(Visitor visit) const {
    for (std::uint32_t cpu = 0; cpu < cpus_; ++cpu) {
      for (std::uint32_t i = 0; i < count_of(cpu); ++i) {
        visit(restarts_ ? *static_cast<const T*>(stacks_[cpu].slots[i])
                        : *static_cast<T*>(tried_[cpu].slots[i]));
      }
    }
  }
  [[nodiscard]] std::size_t size() const noexcept {
    std::size_t sum = 0;
    for (std::uint32_t cpu = 0; cpu < cpus_; ++cpu) {
      sum += count_of(cpu);
    }
    return sum;
  }

 private:
  static constexpr std::uint32_t kThreads = 64;

  struct alignas(2 * kCacheLineBytes) Tried {
    typename P::template Atomic<std::uint32_t> busy{0};
    OwnCount<P> count;
    std::array<typename P::template Plain<T*>, restartable::kSlots> slots{};
    Tried() noexcept { P::named(this, sizeof *this, "CPU's stack"); }
  };
  struct Try {
    Tried& tried;
    bool alone;
    bool locked;

    Try(Tried& stack, bool nobody_else) noexcept
        : tried(stack),
          alone(nobody_else),
          // (2) acquire: pairs with (1)
          locked(alone || tried.busy.exchange(1, std::memory_order_acquire) == 0) {}
    Try(const Try&) = delete;
    Try& operator=(const Try&) = delete;
    ~Try() {
      if (locked && !alone) {
        tried.busy.store(0, std::memory_order_release);  // (1) release: pairs with (2)
      }
    }
  };

  template <class Use>
  static bool drained(Tried& there, Use use) noexcept {
    const Try lock(there, false);
    if (lock.locked) {
      for (std::uint32_t n = there.count; n != 0; --n) {
        use(static_cast<T*>(there.slots[n - 1]));
      }
      there.count = 0;
    }
    return lock.locked;
  }
  [[nodiscard]] std::uint32_t cpu() const noexcept { return alone_ ? P::thread() % kThreads : P::cpu(); }
  [[nodiscard]] std::uint32_t count_of(std::uint32_t cpu) const noexcept {
    return restarts_ ? restartable::count_of(stacks_[cpu]) : std::uint32_t{tried_[cpu].count};
  }

  std::uint32_t most_;
  bool alone_;
  bool restarts_;
  std::uint32_t cpus_;
  std::unique_ptr<restartable::CpuStack[]> stacks_;
  std::unique_ptr<Tried[]> tried_;
};

}  // namespace baton
