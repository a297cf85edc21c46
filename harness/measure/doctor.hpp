// What about this machine and this build will hurt a run, in plain words, and what to do about it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace baton {

// What is judged: the environment as in records, and a second's look at what goes on.
struct Examination {
  nlohmann::json environment;            // describe_environment()
  std::vector<std::string> unfit_build;  // unfit_for_results()
  std::optional<double> others_cores;    // CPU seconds per second that other processes took
  std::optional<double> steal_cores;     // likewise other virtual machines
  std::optional<double> round_trip_ns;   // a cache line between two CPUs
  std::string counters_unavailable;      // why hardware counters cannot be read; empty: they can
  std::vector<std::string> install;      // packages of allocators that are not installed
};

// About a second, so that what others do can be seen. One thread.
[[nodiscard]] Examination examine_machine();

enum class Severity : std::uint8_t {
  good,
  notice,  // a run is worth something; know this when reading it
  bad,     // figures will be wrong, or most trials quarantined
};

struct Finding {
  std::string name;  // of what was looked at
  Severity severity = Severity::good;
  std::string found;
  std::string hurts;   // what that does to figures; empty if good
  std::string remedy;  // what to do; empty if nothing can be done
};

// Pure. Always the same names in the same order.
[[nodiscard]] std::vector<Finding> diagnose(const Examination& seen);

[[nodiscard]] const char* to_string(Severity severity) noexcept;
[[nodiscard]] nlohmann::json to_json(const std::vector<Finding>& findings);

}  // namespace baton
