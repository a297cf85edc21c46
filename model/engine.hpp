// One execution after another of modelled threads, under Relacy. This is all that the rest sees of it: Relacy
// takes long to compile, replaces operator new and knows its threads at compile time, so it stays in
// engine.cpp.
//
// Words, cells and locks may be used only inside of an execution, and live no longer than it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/choices.hpp"
#include "model/site.hpp"

namespace baton::model {

inline constexpr unsigned kMaxThreads = 3;

// An atomic word. Loads may see stores that are not the newest, as far as the orders allow.
class Word {
 public:
  explicit Word(std::uint64_t value);
  Word(const Word&) = delete;
  Word& operator=(const Word&) = delete;
  ~Word();
  [[nodiscard]] std::uint64_t load(std::memory_order order, Site site) const;
  void store(std::uint64_t value, std::memory_order order, Site site);
  std::uint64_t exchange(std::uint64_t value, std::memory_order order, Site site);
  // Of a word that holds `bytes` bytes.
  std::uint64_t fetch_add(std::uint64_t amount, std::memory_order order, Site site);
  bool compare_exchange(bool weak, std::uint64_t& expected, std::uint64_t wanted, std::memory_order success,
                        std::memory_order failure, Site site);
  // Relacy's futex orders the threads it wakes, which std::atomic's wait does not promise, so this is not it:
  // loads until the value is another, and sleeps while the newest is not.
  void wait(std::uint64_t old, std::memory_order order, Site site) const;
  void notify_all();

 private:
  struct Record;
  Record* record_;
};

// Plain data. Two threads that use it at once, one of them writing, are a data race and end the execution.
class Cell {
 public:
  explicit Cell(std::uint64_t value);
  Cell(const Cell&) = delete;
  Cell& operator=(const Cell&) = delete;
  ~Cell();
  [[nodiscard]] std::uint64_t read() const;
  void write(std::uint64_t value);

 private:
  struct Record;
  Record* record_;
};

class Lock {
 public:
  Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  ~Lock();
  void lock();
  [[nodiscard]] bool try_lock();
  void unlock();

 private:
  struct Record;
  Record* record_;
};

// What the threads of an execution do. begin and end run before and after all threads and see everything.
class Execution {
 public:
  virtual ~Execution() = default;
  virtual void begin() = 0;
  virtual void thread(unsigned index) = 0;
  virtual void end() = 0;
};

// Inside of an execution. Ends it: the sentence says what went wrong.
[[noreturn]] void fail(const std::string& sentence);
// Of two CPUs the one that the thread runs on, where it may find itself moved.
[[nodiscard]] unsigned cpu_of_thread();
// In a loop that waits: another thread runs first, and what is loaded next is the newest.
void pause();
[[nodiscard]] unsigned this_thread() noexcept;
// What the thread is doing, for messages and the trace.
void doing(std::string_view what);
void trace(const std::string& line);
[[nodiscard]] bool tracing() noexcept;

struct Explored {
  std::uint64_t schedules = 0;
  bool complete = false;  // nothing is left within the bounds
  std::optional<std::string> failure;
  std::string schedule;  // of the failure
};

// Repeats the execution with the schedules of `choices`, until one fails, there is no other, or `most` have
// been run. With a trace, every line of every execution is added to it.
Explored explore(unsigned threads, Execution& execution, Choices& choices, std::uint64_t most,
                 std::vector<std::string>* trace = nullptr);

// Memory orders of the strategies' call sites that executions have met since they were last forgotten.
std::set<OrderSite> orders_met();
void forget_orders();

// Off where nobody changes the size: then reading it is no reason to switch threads.
void switch_at_size_setting(bool on) noexcept;

}  // namespace baton::model
