// The load client: HTTP/1.1 clients in a closed or an open loop that compare every byte of every answer.
//
// Open loop: requests are due at a rate, whether or not the server keeps up. A request that finds no
// connection with room waits, and its latency counts from when it was due; "service" counts from when it was
// sent. A closed loop only knows the second: a server that stands still is asked nothing meanwhile, and the
// stall is missed (coordinated omission, Tene 2013).
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/load/load_options.hpp"
#include "harness/load/load_phases.hpp"
#include "harness/load/load_result.hpp"
#include "harness/load/load_thread.hpp"

namespace baton::load {

// run() does everything; who conducts several things at once calls the steps in order, from one thread.
class LoadClient {
 public:
  struct Hooks {
    std::function<void()> measure_begins;
    std::function<void()> measure_ends;
  };

  // Throws std::invalid_argument (validate()) and std::system_error.
  explicit LoadClient(LoadOptions options);
  LoadClient(const LoadClient&) = delete;
  LoadClient& operator=(const LoadClient&) = delete;
  ~LoadClient();  // gives up whatever is under way

  // Opens all connections and makes the idle ones' requests. Throws std::system_error if nothing listens
  // there.
  void connect();
  void begin_load();
  void begin_measure();
  // Waits for the end of the measured time: its length, the last of the requests where they are limited, or
  // an interrupt().
  void wait_measured();
  void end_measure();
  LoadResult finish();  // waits for what is under way (at most options.drain) and for the threads

  LoadResult run(const Hooks& hooks);
  LoadResult run() { return run(Hooks{}); }
  // The rest of the run is cut short: what is under way counts as unanswered. Any thread.
  void interrupt();

 private:
  void wake_all() noexcept;
  void on_change();
  [[nodiscard]] bool all(bool (LoadThread::*what)() const noexcept) const noexcept;

  LoadOptions options_;
  LoadPhases phases_;
  std::vector<std::unique_ptr<LoadThread>> workers_;
  std::vector<std::thread> threads_;
  std::mutex
      mutex_;  // so that a change between looking and sleeping is not missed; what is waited for is atomic
  std::condition_variable changed_;
};

}  // namespace baton::load
