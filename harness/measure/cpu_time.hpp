// CPU time and context switches of threads and processes. Differences of two readings describe a phase.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

namespace baton {

// User and system add up to the exact total; how they share it is the kernel's estimate (sampled by its timer
// tick).
struct CpuUsage {
  std::uint64_t user_ns = 0;
  std::uint64_t system_ns = 0;
  std::uint64_t voluntary_switches = 0;    // the thread waited
  std::uint64_t involuntary_switches = 0;  // the thread was pushed off its core

  [[nodiscard]] std::uint64_t total_ns() const noexcept { return user_ns + system_ns; }
  CpuUsage& operator+=(const CpuUsage& other) noexcept;
  friend bool operator==(const CpuUsage&, const CpuUsage&) = default;
};
// From the earlier reading to the later one; a field that ran backwards counts as unchanged.
[[nodiscard]] CpuUsage operator-(const CpuUsage& later, const CpuUsage& earlier) noexcept;

[[nodiscard]] CpuUsage this_thread_usage() noexcept;   // about 0.5 us
[[nodiscard]] CpuUsage this_process_usage() noexcept;  // all threads, ended ones included

// Another process, all its living and ended threads; its switches are those of the living ones. To a clock
// tick (10 ms), user and system apart. nullopt if there is no such process.
[[nodiscard]] std::optional<CpuUsage> process_usage(int pid);

// total_s, user_s, system_s, voluntary_switches, involuntary_switches.
[[nodiscard]] nlohmann::json to_json(const CpuUsage& usage);

}  // namespace baton
