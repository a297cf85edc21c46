// The pipeline's thread pool (harness/pipeline/thread_pool.hpp) on simulated cores: one lock, fetches that
// wait for a worker, workers that wait for a fetch. Fetches only: while workers linger, sessions stay with
// them.
// Memory orders are as there, and cost nothing here.
#pragma once

#include <cstdint>
#include <mutex>

#include "simulate/platform.hpp"
#include "strategies/parameters.hpp"

namespace baton::simulate {

// What a thread waits on for another one: the other stores and wakes.
class alignas(kCacheLineBytes) Signal {
 public:
  explicit Signal(std::string_view name) { SimPlatform::named(this, sizeof *this, name); }

  void raise() noexcept {
    raised_.store(1, std::memory_order_release);
    raised_.notify_all();
  }
  // And lowers it.
  void wait(bool spins) noexcept {
    if (!spins) raised_.wait(0, std::memory_order_acquire);
    while (raised_.load(std::memory_order_acquire) == 0) World::current()->wait_on(&raised_, true);
    raised_.store(0, std::memory_order_relaxed);
  }

 private:
  SimAtomic<std::uint32_t> raised_{0};
};

template <class Fetch>
class alignas(kCacheLineBytes) SimThreadPool {
 public:
  // An idle worker's, where it is handed its next fetch.
  struct alignas(kCacheLineBytes) Post {
    Post() { SimPlatform::named(this, sizeof *this, "worker's post"); }
    Signal signal{"worker's post"};
    SimPlain<Fetch*> job{nullptr};
    SimPlain<Post*> next{nullptr};
  };

  SimThreadPool(bool spins, std::uint32_t fetchers) : spins_(spins), free_fetchers_(fetchers) {
    SimPlatform::named(this, sizeof *this, "dispatch queue");
  }

  [[nodiscard]] bool has_free_fetcher() const noexcept {
    return free_fetchers_.load(std::memory_order_relaxed) != 0;
  }
  // What a worker does under the lock where it hands nothing over.
  template <class UnderLock>
  void visit(UnderLock under_lock) noexcept {
    const std::lock_guard lock(mutex_);
    under_lock();
  }
  template <class UnderLock>
  bool offer(Fetch* fetch, UnderLock under_lock) noexcept {
    Post* post = nullptr;
    {
      const std::lock_guard lock(mutex_);
      under_lock();
      if (free_fetchers_.load(std::memory_order_relaxed) == 0) return false;
      free_fetchers_.fetch_sub(1, std::memory_order_relaxed);
      post = idle_;
      if (post == nullptr) {
        push(fetch);
        return true;
      }
      idle_ = post->next;
      post->job = fetch;
    }
    post->signal.raise();
    return true;
  }
  // nullptr: stopped, and nothing is queued.
  template <class UnderLock>
  Fetch* next_fetch(Post& post, UnderLock under_lock) noexcept {
    {
      const std::lock_guard lock(mutex_);
      under_lock();
      if (Fetch* const fetch = pop()) return fetch;
      if (stopped_) return nullptr;
      post.next = static_cast<Post*>(idle_);
      idle_ = &post;
    }
    post.signal.wait(spins_);
    return post.job;
  }
  void fetcher_free() noexcept { free_fetchers_.fetch_add(1, std::memory_order_relaxed); }
  void stop() noexcept {
    Post* idle = nullptr;
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      idle = idle_;
      idle_ = nullptr;
    }
    while (idle != nullptr) {
      Post* const next = idle->next;
      idle->job = nullptr;
      idle->signal.raise();
      idle = next;
    }
  }

 private:
  void push(Fetch* fetch) noexcept {
    fetch->next = nullptr;
    if (last_ == nullptr) {
      first_ = fetch;
    } else {
      Fetch* const last = last_;
      last->next = fetch;
    }
    last_ = fetch;
  }
  Fetch* pop() noexcept {
    Fetch* const fetch = first_;
    if (fetch == nullptr) return nullptr;
    first_ = static_cast<Fetch*>(fetch->next);
    if (first_ == nullptr) last_ = nullptr;
    return fetch;
  }

  const bool spins_;
  SimMutex mutex_;
  SimPlain<Fetch*> first_{nullptr}, last_{nullptr};
  SimPlain<Post*> idle_{nullptr};
  SimPlain<bool> stopped_{false};
  SimAtomic<std::uint32_t> free_fetchers_;
};

}  // namespace baton::simulate
