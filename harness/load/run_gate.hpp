// Holds back the clients of one pipeline while another one's turn is measured.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

namespace baton::load {

// While it is closed no client begins a request; what is under way is finished. Sessions whose client would
// begin one are held by the transport's waiter and counted here.
//
// Threads: close, wait_held and open by whoever conducts the run; closed and hold by any.
class RunGate {
 public:
  // Asked before every request, so it is a hint: what slips through is held the next time.
  [[nodiscard]] bool closed() const noexcept { return closed_.load(std::memory_order_relaxed); }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_.store(true, std::memory_order_relaxed);  // the lock orders it where that matters
  }
  // False: it is open, and the caller goes on.
  bool hold() {
    const std::lock_guard lock(mutex_);
    if (!closed_.load(std::memory_order_relaxed)) {  // under the lock
      return false;
    }
    ++held_;
    change_.notify_all();
    return true;
  }
  // False: not so many are held in that time.
  bool wait_held(std::size_t sessions, std::chrono::nanoseconds timeout) {
    std::unique_lock lock(mutex_);
    return change_.wait_for(lock, timeout, [&] { return held_ == sessions; });
  }
  void open() {
    {
      const std::lock_guard lock(mutex_);
      if (!closed_.load(std::memory_order_relaxed)) {  // under the lock
        return;
      }
      closed_.store(false, std::memory_order_relaxed);  // likewise
      held_ = 0;
    }
    if (release_) {
      release_();
    }
  }
  // What lets the held sessions go on, called by open(). Set while nothing is held.
  void on_open(std::function<void()> release) { release_ = std::move(release); }

 private:
  std::atomic<bool> closed_{false};
  std::mutex mutex_;
  std::condition_variable change_;
  std::size_t held_ = 0;
  std::function<void()> release_;
};

}  // namespace baton::load
