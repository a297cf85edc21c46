// Simulated cores, the threads that run on them (scheduler.hpp), and the cache lines that travel between
// them.
//
// What a thread does to shared memory is done to the host's memory at the moment of its clock, so that every
// run is one possible interleaving, sequentially consistent, and only its times are a model.
//
// A line is with one core that may write it, or with several that may read it. Who wants it asks its owner:
// the request takes the part `tenure` of the distance, and until it arrives the owner goes on using the line;
// then the line takes the rest. Requests for one line are served in the order they were made; who is behind
// another one asks when the line is there. (That an owner keeps its line for a while is why contended
// additions are several times cheaper than a line's way there and back.)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "simulate/heap.hpp"
#include "simulate/host_memory.hpp"
#include "simulate/machine.hpp"
#include "simulate/scheduler.hpp"

namespace baton::simulate {

inline constexpr Picoseconds kNs = 1000;

// What nobody publishes: simulations are repeated over what it might be.
struct Unknowns {
  double tenure = 0.4;      // of a distance: how long a request takes to reach a line's owner
  double occupancy = 5;     // ns that a line's home is busy with one reader's request
  double distance = 1;      // times the machine's
  double sleeping = 1;      // times the machine's costs of sleep, wake and wake_up
  double slice_ms = 3;      // that a thread has a core which others wait for
  double takes_core = 0.5;  // of the woken ones, whose core is busy: the share that gets it at once
  double jitter = 0.25;     // of each transfer's time, up and down
  std::uint64_t seed = 1;   // of everything random
};

// A thread that sleeps for a while, whatever it holds: it was preempted. At any moment, or only in an
// acquire, as faults.preempt_per_s has it (harness/trial/preemption.hpp).
struct Holes {
  double per_s = 0;  // of each thread
  double least_us = 1000, most_us = 4000;
  bool in_acquires = false;
};

enum class Use : std::uint8_t { read, write, modify };

// What a line's users spent on it beyond what a hit costs: until it came, and in loops that look at it.
struct LineCost {
  Picoseconds stalled = 0;
  std::uint64_t transfers = 0;
};
struct LockCost {
  std::uint64_t taken = 0, waited = 0;
  Picoseconds waiting = 0;  // from the first try until it was taken
  Picoseconds asleep = 0;   // of that
};

inline constexpr std::size_t kMostNames = 64;

struct Tally {
  std::array<std::uint64_t, kDistanceNames.size()> transfers{};  // by distance
  std::uint64_t from_memory = 0;
  std::uint64_t failed_exchanges = 0;
  std::uint64_t sleeps = 0;
  std::uint64_t holes = 0;
  std::uint64_t preemptions = 0;             // threads that lost their core at the end of a slice
  std::array<LineCost, kMostNames> lines{};  // by name, see World::names()
  std::array<LockCost, kMostNames> locks{};  // likewise
  std::uint64_t events = 0;                  // uses of lines
  std::uint64_t overlaps = 0;                // lines that a core had before the one it came from; must be 0
};

class World {
 public:
  // Throws std::invalid_argument if the machine has fewer places.
  World(const Machine& machine, const Unknowns& unknowns, std::uint32_t cores, const Holes& holes = {},
        std::uint32_t threads_per_core = 1);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  // The one that this thread of the host is in; nullptr: none.
  [[nodiscard]] static World* current() noexcept { return current_; }
  // While it lives, this thread is in the world: `new` takes the world's memory (memory.cpp), so that where
  // objects lie does not depend on the host. What is made inside dies inside.
  class Inside {
   public:
    explicit Inside(World& world) noexcept { current_ = &world; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { current_ = nullptr; }
  };

  // Runs body(thread) on each of the threads 0 to n-1 until all have returned. Aborts with a sentence if all
  // that have not sleep. Once.
  void run(std::uint32_t n, const std::function<void(ThreadId)>& body) { scheduler_.run(n, body); }

  // --- Of the thread that runs; outside of run() nothing costs anything.
  [[nodiscard]] bool running() const noexcept { return scheduler_.running() && !at_no_cost_; }
  [[nodiscard]] ThreadId thread() const noexcept { return scheduler_.thread(); }
  [[nodiscard]] CoreId core() const noexcept { return scheduler_.core(); }
  [[nodiscard]] Picoseconds now() const noexcept { return scheduler_.running() ? scheduler_.clock() : 0; }
  // It does something that nobody asks the time of: as outside of run().
  template <class F>
  void at_no_cost(F&& what) {
    at_no_cost_ = true;
    what();
    at_no_cost_ = false;
  }
  // Something is about to be done to that memory. Afterwards it is this thread's turn to do it.
  void use(const void* memory, Use use);
  // Many lines in a row, which hardware fetches ahead: a buffer's storage.
  void stream(const void* memory, std::size_t bytes, Use use);
  void work(Picoseconds time);  // that needs nothing shared
  // One turn of a loop that waits. Turns get longer while the thread does nothing else, up to 64 times.
  void pause();
  // The thread is in an acquire, or not any more.
  void acquiring(bool is);
  void spin() { wait_in_loop(pause_); }  // one that always takes the same time
  // Asks the kernel for something; until it does it, others go on.
  void enter_kernel();
  // Waits until wake(address): for so long in a loop that looks at what it has in its cache, then asleep, for
  // which it pays when it goes to sleep and when it wakes up (if at once, it has entered the kernel, which
  // has found that there is still something to wait for). Where threads share cores a loop comes back before.
  void wait_on(const void* address, Picoseconds spins_for = 0);
  // Wakes one that waits there, or all; pays for it if one of them sleeps. Returns how many.
  std::uint32_t wake(const void* address, bool all);
  void failed_exchange() noexcept { ++tally_.failed_exchanges; }
  void lock_taken(const void* lock, Picoseconds waited, Picoseconds asleep) noexcept;

  // --- Memory of the world: strategies' objects and buffers lie here.
  void* allocate(std::size_t bytes, std::size_t alignment = 16);
  // What is not the world's goes to the host's free.
  void deallocate(void* memory) noexcept;
  // As a thread's allocator would: costs, and an arena whose lock others take who free here.
  void* allocate_as_core(std::size_t bytes);
  void deallocate_as_core(void* memory) noexcept;
  // Says what lies there.
  void name(const void* memory, std::size_t bytes, std::string_view what);
  [[nodiscard]] std::span<const std::string_view> names() const noexcept { return names_; }

  [[nodiscard]] std::uint32_t cores() const noexcept { return cores_; }
  [[nodiscard]] std::uint32_t threads() const noexcept { return scheduler_.threads(); }
  [[nodiscard]] const Tally& tally() noexcept {
    tally_.preemptions = scheduler_.preemptions() - preemptions_before_;
    return tally_;
  }
  void forget_tally() noexcept {  // what was counted so far: the warm-up
    tally_ = {};
    preemptions_before_ = scheduler_.preemptions();
  }
  // Uniformly from 0 to n-1.
  [[nodiscard]] std::uint64_t draw(std::uint64_t n) noexcept { return next_random() % n; }

 private:
  static constexpr std::size_t kLine = 64;
  static constexpr std::uint32_t kSharerWords = 5;
  static constexpr std::uint32_t kMostCores = kSharerWords * 64;

  struct Line {
    Picoseconds arrival;                              // when its owner has it
    Picoseconds home_free;                            // until when its home is busy with readers
    std::array<std::uint64_t, kSharerWords> sharers;  // with the owner; all 0: nobody but the owner
    std::uint32_t departures;                         // 1 + index of a row of departures_; 0: none
    std::uint16_t owner;                              // 1 + core; 0: nobody
    bool shared;
  };
  static_assert(sizeof(Line) == kLine);

  [[nodiscard]] Line* line_of(const void* memory) noexcept;
  [[nodiscard]] Distance between(CoreId one, CoreId other) const noexcept {
    return static_cast<Distance>(distances_[one * cores_ + other]);
  }
  // Of the sharers other than this core; this core if there is none.
  [[nodiscard]] CoreId farthest_sharer(const Line& line) const noexcept;
  [[nodiscard]] Picoseconds& departure(Line& line, CoreId core);
  [[nodiscard]] bool has(Line& line, Use use) noexcept;
  // When this core has the line, of a request made at its clock.
  Picoseconds obtain(Line& line, Use use, std::uint8_t name);
  void leave_sharers(Line& line, Picoseconds when);
  void perhaps_interrupted();
  void wait_in_loop(Picoseconds time);
  // As glibc's malloc_state: the lock in its first line, the ends of the lists of free blocks in the second.
  static constexpr std::size_t kArenaLines = 2;
  void use_arena(ThreadId thread);
  [[nodiscard]] std::uint64_t next_random() noexcept;
  [[nodiscard]] Picoseconds jittered(Picoseconds time) noexcept;

  static thread_local constinit World* current_;

  const Unknowns unknowns_;
  const std::uint32_t cores_;
  const Holes holes_;
  const std::uint32_t lines_ahead_;
  Picoseconds hit_, exchange_, memory_, pause_, system_call_, sleep_, wake_, wake_up_, allocate_, occupancy_;
  std::vector<std::uint8_t> distances_;  // by pair of cores
  std::array<Picoseconds, kDistanceNames.size()> line_time_{};
  std::uint64_t random_;

  Scheduler scheduler_;
  std::vector<Picoseconds> drained_;  // by core: when its last store is done
  // By thread:
  std::vector<Picoseconds> acquire_begun_;  // kNever: it is in none
  std::vector<std::uint8_t> last_name_;     // of what it used last
  std::vector<std::uint32_t> pauses_;       // since it last wrote
  std::vector<Picoseconds> next_hole_;      // kNever: none
  bool at_no_cost_ = false;

  struct Waiting {
    const void* address;
    ThreadId thread;
    Picoseconds since, spins_for;
  };
  HostVector<Waiting> waiting_;  // in the order they came

  // Made once for each thread of the host, since its pages are many.
  std::unique_ptr<Heap> heap_;
  HostVector<std::string_view> names_;
  HostVector<Picoseconds> departures_;  // rows by core
  char* arenas_ = nullptr;              // in the heap: each thread's, of kArenaLines
  Tally tally_;
  std::uint64_t preemptions_before_ = 0;
};

}  // namespace baton::simulate
