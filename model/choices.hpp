// Everything that is open in an execution is a choice: who runs next, which store a load sees, whether a weak
// exchange fails for nothing. A schedule is the sequence of choices made, and repeats the execution.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace baton::model {

enum class Choice : std::uint8_t { thread, stale_load, spurious_failure, other };

// How far one execution may depart from its first choices. Every 0 is the ordinary case: the thread goes on,
// the load sees the newest store, the exchange succeeds.
struct Bounds {
  unsigned preemptions = ~0U;  // switches away from a thread that could go on
  unsigned stale_loads = ~0U;
  unsigned spurious_failures = 1;
};

class Choices {
 public:
  // All schedules within the bounds, one after another.
  static Choices exhaustive(Bounds bounds);
  // Schedules drawn by a seed; the same seed, the same schedules.
  static Choices random(Bounds bounds, std::uint64_t seed);
  // This one, and ordinary choices behind its end. Throws std::invalid_argument if it is not a schedule.
  static Choices replay(std::string_view schedule);

  // 0 to limit - 1.
  unsigned choose(unsigned limit, Choice kind);
  // Prepares the next execution; false: there is no other.
  bool next();
  // Of the execution that just ran.
  [[nodiscard]] std::string schedule() const;

 private:
  enum class Mode : std::uint8_t { exhaustive, random, replay };
  struct Made {
    std::uint8_t limit;
    std::uint8_t chosen;
  };

  Choices(Mode mode, Bounds bounds) : mode_(mode), bounds_(bounds) {}
  [[nodiscard]] unsigned* budget(Choice kind);
  [[nodiscard]] unsigned draw(unsigned limit, Choice kind);
  void begin();

  Mode mode_;
  Bounds bounds_;
  Bounds left_ = bounds_;
  std::vector<Made> made_;
  std::size_t depth_ = 0;
  std::mt19937_64 random_;
  unsigned switch_one_in_ = 2;
};

}  // namespace baton::model
