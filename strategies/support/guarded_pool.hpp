// A mutex-protected pool of whole workspaces that a guard thread keeps at a sensible size.
#pragma once

#include <cstdint>
#include <mutex>

#include "strategies/support/core.hpp"

namespace baton {

// A buffer in a workspace. It can be reached from both ends of a pool: workers use the warm one, the guard
// the cold one.
template <class P>
struct PooledWorkspace : StoredBuffer<P> {
  std::uint32_t parked_at = 0;                                   // guard time, ms
  typename P::template Plain<PooledWorkspace*> warmer{nullptr};  // while in a pool
  typename P::template Plain<PooledWorkspace*> colder{nullptr};
};

// What the guard does. Nobody sets these, so they are not parameters; they decide how slowly a burst decays.
inline constexpr std::uint32_t kGuardMinUnused = 10;   // grows a pool up to this
inline constexpr std::uint32_t kGuardMaxUnused = 100;  // trims one above this without looking at its age
inline constexpr std::uint32_t kGuardMaxAgeMs =
    10'000;  // trims what nobody used for so long, down to the minimum
inline constexpr std::uint32_t kGuardGrowPauseMs = 1;    // between two steps that grow
inline constexpr std::uint32_t kGuardTrimPauseMs = 10;   // between two steps that trim
inline constexpr std::uint32_t kGuardIdlePauseMs = 800;  // when there is nothing to do

// Any thread may call get and put, one guard thread grow_or_trim. Nothing is made or freed under the lock.
template <class P>
class GuardedPool {
 public:
  using Workspace = PooledWorkspace<P>;

  GuardedPool() noexcept {
    P::named(&mutex_, sizeof mutex_, "list lock");
    P::named(&warmest_, sizeof warmest_ + sizeof coldest_ + sizeof unused_ + sizeof now_ms_, "list");
  }

  // The warmest unused workspace; nullptr if there is none.
  [[nodiscard]] Workspace* get(WorkerTally<P>& tally) noexcept {
    const std::lock_guard lock(mutex_);
    Workspace* const workspace = warmest_;
    if (workspace != nullptr) {
      warmest_ = workspace->colder;
      (warmest_ != nullptr ? static_cast<Workspace*>(warmest_)->warmer : coldest_) = nullptr;
      unused_ = unused_ - 1;
      tally.leave(Holder::shared, workspace->held_bytes);
    }
    return workspace;
  }
  void put(Workspace* workspace, WorkerTally<P>& tally) noexcept {
    const std::lock_guard lock(mutex_);
    workspace->parked_at = now_ms_;
    workspace->warmer = nullptr;
    workspace->colder = warmest_;
    (warmest_ != nullptr ? static_cast<Workspace*>(warmest_)->warmer : coldest_) = workspace;
    warmest_ = workspace;
    unused_ = unused_ + 1;
    tally.enter(Holder::shared, workspace->held_bytes);
  }

  struct Step {
    Workspace* doomed = nullptr;  // taken out, for the caller to free
    bool grow = false;            // the caller is to make one and add it
  };
  // What is due: one workspace at most. `now_ms` is the guard's own time, so that no strategy reads a clock.
  [[nodiscard]] Step next_step(std::uint32_t generation, std::uint32_t now_ms) noexcept {
    const std::lock_guard lock(mutex_);
    now_ms_ = now_ms;
    Workspace* const coldest = coldest_;
    if (coldest != nullptr) {
      const bool old = now_ms - coldest->parked_at > kGuardMaxAgeMs;
      if (coldest->generation != generation || unused_ > kGuardMaxUnused ||
          (unused_ > kGuardMinUnused && old)) {
        remove_coldest();
        return {.doomed = coldest};
      }
    }
    return {.grow = unused_ < kGuardMinUnused};
  }
  // At the cold end, because nobody used it yet.
  void add(Workspace* workspace) noexcept {
    const std::lock_guard lock(mutex_);
    workspace->parked_at = now_ms_;
    workspace->colder = nullptr;
    workspace->warmer = coldest_;
    (coldest_ != nullptr ? static_cast<Workspace*>(coldest_)->colder : warmest_) = workspace;
    coldest_ = workspace;
    unused_ = unused_ + 1;
  }
  // nullptr if empty. For the strategy's destructor.
  [[nodiscard]] Workspace* take_last() noexcept {
    Workspace* const coldest = coldest_;
    if (coldest != nullptr) {
      remove_coldest();
    }
    return coldest;
  }

 private:
  void remove_coldest() noexcept {
    coldest_ = static_cast<Workspace*>(coldest_)->warmer;
    (coldest_ != nullptr ? static_cast<Workspace*>(coldest_)->colder : warmest_) = nullptr;
    unused_ = unused_ - 1;
  }

  alignas(kCacheLineBytes) typename P::Mutex mutex_;
  typename P::template Plain<Workspace*> warmest_{nullptr};
  typename P::template Plain<Workspace*> coldest_{nullptr};
  typename P::template Plain<std::uint32_t> unused_{0};
  typename P::template Plain<std::uint32_t> now_ms_{0};
};
static_assert(alignof(GuardedPool<NativePlatform>) == kCacheLineBytes,
              "the two pools' mutexes would share a line");

}  // namespace baton
