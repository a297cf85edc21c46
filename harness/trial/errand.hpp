// Work on another thread, one piece at a time.
#pragma once

#include <exception>
#include <functional>
#include <semaphore>
#include <thread>
#include <utility>

namespace baton::trial {

// A thread that does one thing at a time and is waited for. What the work throws, run() throws.
class Errand {
 public:
  Errand()
      : thread_([this] {
          for (asked_.acquire(); work_ != nullptr; asked_.acquire()) {
            try {
              (*work_)();
            } catch (...) {
              failure_ = std::current_exception();
            }
            done_.release();
          }
        }) {}
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;
  ~Errand() {
    work_ = nullptr;
    asked_.release();
    thread_.join();
  }
  void run(const std::function<void()>& work) {
    work_ = &work;
    asked_.release();
    done_.acquire();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

 private:
  std::binary_semaphore asked_{0}, done_{0};
  const std::function<void()>* work_ = nullptr;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace baton::trial
