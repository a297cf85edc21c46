// The machine a trial ran on, as far as it can change the figures. Any thread may call anything; a
// description takes some milliseconds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

namespace baton {

// Everything below and the topology (topology.hpp) as one object; its members are the "environment" of
// results/schema.json. What the machine does not tell is "unavailable". `root` stands for "/" before every
// path of /proc, /sys and /etc, so that tests can show another machine.
[[nodiscard]] nlohmann::json describe_environment(const std::filesystem::path& root = "/");

// Takes out of such a description what is another from minute to minute (load, free memory, the clock speed
// of the moment), and returns it with its members where they were. The rest is the same for all trials on a
// machine.
nlohmann::json take_passing(nlohmann::json& environment);

// The parts.
[[nodiscard]] nlohmann::json describe_kernel(const std::filesystem::path& root);
[[nodiscard]] nlohmann::json describe_processor(const std::filesystem::path& root);
[[nodiscard]] nlohmann::json describe_clock(const std::filesystem::path& root);
[[nodiscard]] nlohmann::json describe_memory(const std::filesystem::path& root);
[[nodiscard]] nlohmann::json describe_aslr(const std::filesystem::path& root);
[[nodiscard]] nlohmann::json describe_container(const std::filesystem::path& root);
[[nodiscard]] nlohmann::json describe_limits();
[[nodiscard]] nlohmann::json describe_load(const std::filesystem::path& root);

// CPUs this process may run on (its affinity mask): more threads than these share cores. At least 1.
[[nodiscard]] unsigned usable_cpus() noexcept;

// Most files this process may have open now (the soft limit).
[[nodiscard]] std::uint64_t open_file_limit() noexcept;

// What all CPUs together did since the machine was started, in clock ticks (/proc/stat). The difference of
// two readings, less what a process used itself, is what others took.
struct CpuTicks {
  std::uint64_t busy = 0;   // user, nice, system, interrupts; guests are inside user
  std::uint64_t idle = 0;   // idle, waiting for disks
  std::uint64_t steal = 0;  // another machine ran on the processor while this one wanted to

  [[nodiscard]] std::uint64_t total() const noexcept { return busy + idle + steal; }
};
[[nodiscard]] std::optional<CpuTicks> read_cpu_ticks(const std::filesystem::path& root = "/");

}  // namespace baton
