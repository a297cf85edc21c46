// The pipeline's thread pool (harness/pipeline/thread_pool.hpp) on simulated cores: one lock, sessions and
// fetches that wait for a worker, workers that wait for one of them. Memory orders are as there, and cost
// nothing here.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "harness/net/wait.hpp"
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
    World& world = *World::current();
    constexpr Picoseconds kMost = std::chrono::nanoseconds(net::kMostSpinning).count() * kNs;
    for (const Picoseconds begun = world.now();
         spins && raised_.load(std::memory_order_acquire) == 0 && world.now() < begun + kMost;)
      world.wait_on(&raised_, kMost);
    raised_.wait(0, std::memory_order_acquire);
    raised_.store(0, std::memory_order_relaxed);
  }

 private:
  SimAtomic<std::uint32_t> raised_{0};
};

// Where an idle worker is handed its next job.
template <class Job>
struct alignas(kCacheLineBytes) Post {
  Post() { SimPlatform::named(this, sizeof *this, "worker's post"); }
  Signal signal{"worker's post"};
  SimPlain<Job*> job{nullptr};
  SimPlain<Post*> next{nullptr};
};

// Jobs of one kind, first in first out, and the workers that have none, last in first out; under its pool's
// lock.
template <class Job>
class Jobs {
 public:
  // The post that is to be woken with it; nullptr: queued.
  Post<Job>* hand_over(Job* job) noexcept {
    Post<Job>* const post = idle_;
    if (post == nullptr) {
      push(job);
    } else {
      idle_ = static_cast<Post<Job>*>(post->next);
      post->job = job;
    }
    return post;
  }
  Job* pop() noexcept {
    Job* const job = first_;
    if (job == nullptr) return nullptr;
    first_ = static_cast<Job*>(job->next);
    if (first_ == nullptr) last_ = nullptr;
    return job;
  }
  void lie_down(Post<Job>& post) noexcept {
    post.next = static_cast<Post<Job>*>(idle_);
    idle_ = &post;
  }
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }
  // All that are idle; each is to be woken without a job.
  Post<Job>* stop() noexcept {
    stopped_ = true;
    Post<Job>* const idle = idle_;
    idle_ = nullptr;
    return idle;
  }
  // Hints, which are read without the lock.
  [[nodiscard]] bool nothing_queued() const noexcept { return first_ == nullptr; }
  [[nodiscard]] bool nobody_idle() const noexcept { return idle_ == nullptr; }

 private:
  void push(Job* job) noexcept {
    job->next = nullptr;
    if (last_ == nullptr) {
      first_ = job;
    } else {
      Job* const last = last_;
      last->next = job;
    }
    last_ = job;
  }

  SimPlain<Job*> first_{nullptr}, last_{nullptr};
  SimPlain<Post<Job>*> idle_{nullptr};
  SimPlain<bool> stopped_{false};
};

template <class Session, class Fetch>
class alignas(kCacheLineBytes) SimThreadPool {
 public:
  SimThreadPool(bool spins, std::uint32_t fetchers) : spins_(spins), free_fetchers_(fetchers) {
    SimPlatform::named(this, sizeof *this, "dispatch queue");
  }

  void submit(Session* session) noexcept {
    Post<Session>* post = nullptr;
    {
      const std::lock_guard lock(mutex_);
      post = sessions_.hand_over(session);
    }
    if (post != nullptr) post->signal.raise();
  }
  // nullptr: stopped.
  template <class UnderLock>
  Session* next_session(Post<Session>& post, UnderLock under_lock) noexcept {
    {
      const std::lock_guard lock(mutex_);
      under_lock();
      if (sessions_.stopped()) return nullptr;
      if (Session* const session = sessions_.pop()) return session;
      sessions_.lie_down(post);
    }
    post.signal.wait(spins_);
    return post.job;
  }
  // Would a worker that lingers keep others waiting?
  [[nodiscard]] bool crowded(std::uint32_t sessions, std::uint32_t workers) const noexcept {
    return !sessions_.nothing_queued() || (sessions > workers && sessions_.nobody_idle());
  }
  void stop_sessions() noexcept { stop(sessions_); }

  [[nodiscard]] bool has_free_fetcher() const noexcept {
    return free_fetchers_.load(std::memory_order_relaxed) != 0;
  }
  template <class UnderLock>
  bool offer(Fetch* fetch, UnderLock under_lock) noexcept {
    Post<Fetch>* post = nullptr;
    {
      const std::lock_guard lock(mutex_);
      under_lock();
      if (free_fetchers_.load(std::memory_order_relaxed) == 0) return false;
      free_fetchers_.fetch_sub(1, std::memory_order_relaxed);
      post = fetches_.hand_over(fetch);
    }
    if (post != nullptr) post->signal.raise();
    return true;
  }
  // nullptr: stopped, and nothing is queued.
  template <class UnderLock>
  Fetch* next_fetch(Post<Fetch>& post, UnderLock under_lock) noexcept {
    {
      const std::lock_guard lock(mutex_);
      under_lock();
      if (Fetch* const fetch = fetches_.pop()) return fetch;
      if (fetches_.stopped()) return nullptr;
      fetches_.lie_down(post);
    }
    post.signal.wait(spins_);
    return post.job;
  }
  void fetcher_free() noexcept { free_fetchers_.fetch_add(1, std::memory_order_relaxed); }
  void stop_fetches() noexcept { stop(fetches_); }

 private:
  template <class Job>
  void stop(Jobs<Job>& jobs) noexcept {
    Post<Job>* idle = nullptr;
    {
      const std::lock_guard lock(mutex_);
      idle = jobs.stop();
    }
    while (idle != nullptr) {
      Post<Job>* const next = idle->next;
      idle->job = nullptr;
      idle->signal.raise();
      idle = next;
    }
  }

  const bool spins_;
  SimMutex mutex_;
  Jobs<Session> sessions_;
  Jobs<Fetch> fetches_;
  SimAtomic<std::uint32_t> free_fetchers_;
};

}  // namespace baton::simulate
