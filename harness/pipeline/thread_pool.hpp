// A thread pool's queue: ready sessions for its client workers, responses for its fetch workers, one lock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "harness/net/wait.hpp"
#include "strategies/parameters.hpp"

namespace baton::pipeline {

// A first-in first-out list linked through T::next.
template <class T>
class LinkedQueue {
 public:
  void push(T* item) noexcept {
    item->next = nullptr;
    (last_ == nullptr ? first_ : last_->next) = item;
    last_ = item;
    ++size_;
  }
  T* pop() noexcept {
    T* item = first_;
    if (item != nullptr) {
      first_ = item->next;
      last_ = first_ == nullptr ? nullptr : last_;
      --size_;
    }
    return item;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  T* first_ = nullptr;
  T* last_ = nullptr;
  std::size_t size_ = 0;
};

// What an idle worker sleeps on, and where it is handed its next job: written under the pool's lock by
// whoever takes the post off the idle list, read by the worker after the wake that follows exactly once.
template <class Job>
struct Post {
  Job* job = nullptr;
  net::Parker parker;
};

// Work goes to the worker that slept last (its caches, stack and buffers are warm), as in Varnish.
// Every call takes the lock once and runs `under_lock` inside it: that is where a strategy may do its
// housekeeping.
template <class Session, class Fetch>
class alignas(kCacheLineBytes) ThreadPool {
 public:
  ThreadPool(net::Waiting waiting, std::uint32_t dispatch_bound, std::uint32_t fetch_workers)
      : waiting_(waiting), dispatch_bound_(dispatch_bound), free_fetch_workers_(fetch_workers) {}

  // False: the queue is full.
  bool submit(Session* session) {
    Post<Session>* post = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (idle_clients_.empty()) {
        if (sessions_.size() >= dispatch_bound_) {
          return false;
        }
        sessions_.push(session);
        queued_sessions_.store(static_cast<std::uint32_t>(sessions_.size()),
                               std::memory_order_relaxed);  // a hint, see crowded()
        return true;
      }
      post = take_idle(idle_clients_, session);
      idle_client_count_.store(static_cast<std::uint32_t>(idle_clients_.size()),
                               std::memory_order_relaxed);  // a hint
    }
    post->parker.wake();
    return true;
  }

  // The next ready session, waiting for it; nullptr once the pool is stopped and nothing is queued.
  template <class UnderLock>
  Session* next_session(Post<Session>& post, UnderLock&& under_lock) {
    {
      const std::lock_guard lock(mutex_);
      under_lock();
      if (Session* session = sessions_.pop()) {
        queued_sessions_.store(static_cast<std::uint32_t>(sessions_.size()),
                               std::memory_order_relaxed);  // a hint
        return session;
      }
      if (stopped_) {
        return nullptr;
      }
      idle_clients_.push_back(&post);
      idle_client_count_.store(static_cast<std::uint32_t>(idle_clients_.size()),
                               std::memory_order_relaxed);  // a hint
    }
    return wait(post);
  }

  // Worth an offer? Racy: a worker may be taken or become free meanwhile.
  [[nodiscard]] bool has_free_fetch_worker() const noexcept {
    return free_fetch_workers_.load(std::memory_order_relaxed) != 0;  // a hint
  }
  // A response for a fetch worker. False: none is free, and nothing happened.
  template <class UnderLock>
  bool offer(Fetch* fetch, UnderLock&& under_lock) {
    Post<Fetch>* post = nullptr;
    {
      const std::lock_guard lock(mutex_);
      under_lock();
      if (stopped_ ||
          free_fetch_workers_.load(std::memory_order_relaxed) == 0) {  // only this lock's holders lower it
        return false;
      }
      free_fetch_workers_.fetch_sub(1, std::memory_order_relaxed);  // a count; the lock orders the jobs
      if (idle_fetchers_.empty()) {
        fetches_.push(fetch);  // a free one is on its way back here
        return true;
      }
      post = take_idle(idle_fetchers_, fetch);
    }
    post->parker.wake();
    return true;
  }

  template <class UnderLock>
  Fetch* next_fetch(Post<Fetch>& post, UnderLock&& under_lock) {
    {
      const std::lock_guard lock(mutex_);
      under_lock();
      if (Fetch* fetch = fetches_.pop()) {
        return fetch;
      }
      if (stopped_) {
        return nullptr;
      }
      idle_fetchers_.push_back(&post);
    }
    return wait(post);
  }
  // A fetch worker is through with a response and about to call next_fetch.
  void fetch_worker_free() noexcept {
    free_fetch_workers_.fetch_add(1, std::memory_order_relaxed);
  }  // a count

  // Would a worker that lingers keep others waiting? Racy by design: the words are read without the lock, and
  // a wrong answer costs one session a moment.
  [[nodiscard]] bool crowded(std::uint32_t sessions, std::uint32_t workers) const noexcept {
    return queued_sessions_.load(std::memory_order_relaxed) != 0 ||
           (sessions > workers && idle_client_count_.load(std::memory_order_relaxed) == 0);
  }

  // Idle workers get nullptr; those at work get it when the queues are empty.
  void stop() {
    std::vector<net::Parker*> sleeping;
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      while (!idle_clients_.empty()) {
        sleeping.push_back(&take_idle(idle_clients_, static_cast<Session*>(nullptr))->parker);
      }
      while (!idle_fetchers_.empty()) {
        sleeping.push_back(&take_idle(idle_fetchers_, static_cast<Fetch*>(nullptr))->parker);
      }
    }
    for (net::Parker* parker : sleeping) {
      parker->wake();
    }
  }

 private:
  template <class Job>
  static Post<Job>* take_idle(std::vector<Post<Job>*>& idle, Job* job) {
    Post<Job>* post = idle.back();
    idle.pop_back();
    post->job = job;
    return post;
  }
  template <class Job>
  Job* wait(Post<Job>& post) {
    post.parker.wait(waiting_);
    return post.job;
  }

  const net::Waiting waiting_;
  const std::uint32_t dispatch_bound_;
  std::mutex mutex_;
  LinkedQueue<Session> sessions_;
  LinkedQueue<Fetch> fetches_;
  std::vector<Post<Session>*> idle_clients_;
  std::vector<Post<Fetch>*> idle_fetchers_;
  bool stopped_ = false;
  std::atomic<std::uint32_t> free_fetch_workers_;
  std::atomic<std::uint32_t> queued_sessions_{0};
  std::atomic<std::uint32_t> idle_client_count_{0};
};

}  // namespace baton::pipeline
