// The guard thread of strategies that need one: it calls guard_step() as often as that asks for.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace baton::pipeline {

template <class S>
class Guard {
 public:
  ~Guard() { stop(); }
  template <class OnThread>
  void start(S& strategy, OnThread on_thread) {
    thread_ = std::thread([this, &strategy, on_thread] {
      on_thread();
      std::unique_lock lock(mutex_);
      while (!stopped_) {
        lock.unlock();
        const std::chrono::milliseconds pause(strategy.guard_step());
        lock.lock();
        wake_.wait_for(lock, pause, [this] { return stopped_; });
      }
    });
  }
  void stop() {
    if (thread_.joinable()) {
      {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
      }
      wake_.notify_all();
      thread_.join();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace baton::pipeline
