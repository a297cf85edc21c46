// A machine to simulate: where its cores are, and what the steps of which ownership consists cost there.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace baton::simulate {

enum class Distance : std::uint8_t { sibling, cluster, socket, other_socket };
inline constexpr std::array<std::string_view, 4> kDistanceNames = {"sibling", "cluster", "socket",
                                                                   "other_socket"};

// Nanoseconds. Distances are one-way: half of what a line takes to go there and back.
struct Machine {
  std::string name;
  std::string source;                                // where the numbers come from
  std::uint32_t sockets = 1, clusters = 1;           // clusters of one socket
  std::uint32_t cores = 1;                           // of one cluster (a third-level cache)
  std::uint32_t threads = 1;                         // of one core
  std::array<double, kDistanceNames.size()> line{};  // by Distance
  std::uint32_t lines_ahead = 4;                     // of a row of lines: how many travel at once
  double hit = 1;                                    // a load or store of what the core's cache has
  double exchange = 5;                               // a read-modify-write of it
  double memory = 90;                                // a line that no cache has
  double pause = 10;                                 // one turn of a loop that waits
  double sleep = 400;                                // to go to sleep on a futex
  double wake = 700;                                 // to wake who sleeps there
  double wake_up = 2500;                             // until it runs
  double allocate = 40;                              // malloc and free of a buffer by one thread

  [[nodiscard]] std::uint32_t places() const noexcept { return sockets * clusters * cores * threads; }
  // Of two different places. Places are filled cluster by cluster and socket by socket, the second threads of
  // cores last.
  [[nodiscard]] Distance between(std::uint32_t one, std::uint32_t other) const noexcept;
};

// Those that come with the program: published latencies.
std::span<const Machine> presets();

// A preset's name, "here" (measured now: baton doctor --costs), or a TOML file with the fields above. Throws
// std::invalid_argument with the file's line, what is wrong and what is valid.
Machine machine_named(const std::string& name);
Machine read_machine(const std::filesystem::path& file);
Machine this_machine();

}  // namespace baton::simulate
