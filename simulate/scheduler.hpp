// Threads on simulated cores, each a fiber with a clock of its own: who runs, and when.
//
// One thread of the host runs them all: always the one whose clock is least, until it gets ahead of the next
// one. Where several threads share a core, thread t is on core t modulo cores, as nobody moves it; one has
// the core for a slice, until it sleeps, or until a woken one takes it; who can run meanwhile waits for it in
// the order they came.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "simulate/host_memory.hpp"

namespace baton::simulate {

using Picoseconds = std::uint64_t;
using CoreId = std::uint32_t;
using ThreadId = std::uint32_t;

class Fibers;

class Scheduler {
 public:
  // A core changes hands in `change`.
  Scheduler(std::uint32_t cores, std::uint32_t threads, Picoseconds slice, Picoseconds change);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  ~Scheduler();

  // body(thread) on the threads 0 to n-1 until all have returned. Aborts with a sentence if all that have not
  // sleep. Once.
  void run(std::uint32_t n, const std::function<void(ThreadId)>& body);

  [[nodiscard]] bool running() const noexcept { return running_ != kNobody; }
  // --- Of the thread that runs; outside of run() the first one's.
  [[nodiscard]] ThreadId thread() const noexcept { return running_ != kNobody ? running_ : 0; }
  [[nodiscard]] CoreId core() const noexcept { return shares_ ? thread() % cores_ : thread(); }
  [[nodiscard]] Picoseconds& clock() noexcept { return clocks_[thread()]; }
  [[nodiscard]] Picoseconds clock() const noexcept { return clocks_[thread()]; }
  // Until nobody's clock is before this one's.
  void turn();
  // If its slice is over and others wait for the core, it goes behind them; if one has taken it, behind that.
  void share();
  void sleep();  // until wake(); meanwhile the core is another one's
  void sleep_until(Picoseconds when);

  // One that sleeps can run from `now` on: `wake_up` later if its core has nothing else to do; else it takes
  // the core away from who has it, or waits behind the others.
  void wake(ThreadId thread, Picoseconds now, Picoseconds wake_up, bool takes_core);

  [[nodiscard]] std::uint32_t threads() const noexcept { return static_cast<std::uint32_t>(clocks_.size()); }
  // Several threads are on one core.
  [[nodiscard]] bool shares() const noexcept { return shares_; }
  // How often a thread lost its core to another one without sleeping.
  [[nodiscard]] std::uint64_t preemptions() const noexcept { return preemptions_; }

 private:
  static constexpr ThreadId kNobody = ~ThreadId{0};

  // Those that can run and have their core, but for the one that runs; a binary heap.
  struct Ready {
    Picoseconds clock;
    ThreadId thread;
    friend bool operator<(const Ready& one, const Ready& other) noexcept {
      return one.clock != other.clock ? one.clock > other.clock : one.thread > other.thread;
    }
  };
  struct Core {
    ThreadId has = kNobody;
    Picoseconds since = 0;  // when nobody has it; else the end of the slice of who has it
    std::deque<Ready, HostAllocator<Ready>> waiting;  // from when on each can run
    bool taken = false;                               // by the first of them
  };

  [[nodiscard]] Core& of(ThreadId thread) noexcept { return by_core_[thread % cores_]; }
  void push(ThreadId thread);
  ThreadId pop();
  void run_next();         // another one; this one is waited for elsewhere
  void leave(Core& core);  // to who waits for it
  void take(Core& core, ThreadId thread, Picoseconds when);
  void come_back(ThreadId thread, Picoseconds idle, Picoseconds busy, bool takes_core);

  const std::uint32_t cores_;
  const bool shares_;
  const Picoseconds slice_, change_;
  std::vector<Picoseconds> clocks_;  // by thread
  std::vector<Picoseconds> left_;    // likewise: of its slice
  std::vector<Core> by_core_;
  HostVector<Ready> ready_;
  ThreadId running_ = kNobody;
  std::uint64_t preemptions_ = 0;
  std::unique_ptr<Fibers> fibers_;
};

}  // namespace baton::simulate
