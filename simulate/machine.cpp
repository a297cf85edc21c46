#include "simulate/machine.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <optional>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include "harness/measure/costs.hpp"
#include "harness/measure/topology.hpp"

namespace baton::simulate {
namespace {

// Latencies: github.com/nviennot/core-to-core-latency at 96a943a, half a compare-and-swap's round trip,
// medians of its matrices. What it does not tell (hits, exchanges, sleeping) is of the order that perfbook's
// table and our own costs have, and the same for all.
constexpr std::string_view kLatencies =
    "lines: nviennot/core-to-core-latency @96a943a, medians; the rest: assumed, of the order of perfbook's "
    "cpu/overheads";

Machine machine(std::string name, std::uint32_t sockets, std::uint32_t clusters, std::uint32_t cores,
                std::uint32_t threads, std::array<double, 4> line) {
  return {.name = std::move(name),
          .source = std::string(kLatencies),
          .sockets = sockets,
          .clusters = clusters,
          .cores = cores,
          .threads = threads,
          .line = line};
}

// By field: where it is, and the least and most that is valid.
struct Field {
  std::string_view name;
  double* number;
  double least;
};

std::vector<Field> costs_of(Machine& machine) {
  std::vector<Field> fields;
  constexpr double kLeast = 0.01;
  static constexpr std::array<std::string_view, 4> kLines = {"line_sibling", "line_cluster", "line_socket",
                                                             "line_other_socket"};
  for (std::size_t i = 0; i < kLines.size(); ++i) fields.push_back({kLines[i], &machine.line[i], kLeast});
  fields.push_back({"hit", &machine.hit, kLeast});
  fields.push_back({"exchange", &machine.exchange, kLeast});
  fields.push_back({"memory", &machine.memory, kLeast});
  fields.push_back({"pause", &machine.pause, kLeast});
  fields.push_back({"sleep", &machine.sleep, 0});
  fields.push_back({"wake", &machine.wake, 0});
  fields.push_back({"wake_up", &machine.wake_up, 0});
  fields.push_back({"allocate", &machine.allocate, 0});
  return fields;
}

}  // namespace

Distance Machine::between(std::uint32_t one, std::uint32_t other) const noexcept {
  const std::uint32_t all = sockets * clusters * cores;
  const std::uint32_t a = one % all, b = other % all;  // second threads come last
  if (a == b) return Distance::sibling;
  if (a / cores == b / cores) return Distance::cluster;
  return a / (cores * clusters) == b / (cores * clusters) ? Distance::socket : Distance::other_socket;
}

std::span<const Machine> presets() {
  static const std::vector<Machine> all = {
      machine("epyc_7742", 2, 16, 4, 2, {8, 25, 132, 267}),
      machine("epyc_7r13", 2, 6, 8, 2, {10, 23, 108, 198}),
      machine("epyc_7773x", 1, 8, 8, 2, {10, 26, 117, 117}),
      machine("ryzen_7950x", 1, 2, 8, 2, {8, 16, 70, 70}),
      machine("ryzen_5950x", 1, 2, 8, 2, {8, 18, 85, 85}),
      machine("xeon_8375c", 2, 1, 32, 2, {8, 51, 51, 108}),
      machine("xeon_8275cl", 2, 1, 24, 2, {8, 47, 47, 134}),
      machine("xeon_6242", 2, 1, 16, 2, {7, 48, 48, 141}),
      machine("xeon_e5_2695v4", 2, 1, 18, 2, {8, 44, 44, 118}),
      machine("graviton_2", 1, 1, 64, 1, {47, 47, 47, 47}),
      machine("graviton_3", 1, 1, 64, 1, {46, 46, 46, 46}),
      machine("kunpeng_920", 1, 16, 4, 1, {36, 36, 81, 81}),
  };
  return all;
}

Machine machine_named(const std::string& name) {
  if (name == "here") return this_machine();
  const auto found = std::ranges::find(presets(), name, &Machine::name);
  if (found != presets().end()) return *found;
  if (name.ends_with(".toml")) return read_machine(name);
  std::vector<std::string> names{"here"};
  for (const Machine& one : presets()) names.push_back(one.name);
  throw std::invalid_argument(fmt::format("there is no machine '{}'; valid are {}, or a file NAME.toml", name,
                                          fmt::join(names, ", ")));
}

Machine read_machine(const std::filesystem::path& file) {
  toml::table table;
  try {
    table = toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    throw std::invalid_argument(
        fmt::format("{}:{}: {}", file.string(), error.source().begin.line, error.description()));
  }
  Machine machine{.name = file.stem().string(), .source = file.string(), .line = {}};
  const auto refuse = [&](const toml::node& node, const std::string& why) {
    throw std::invalid_argument(fmt::format("{}:{}: {}", file.string(), node.source().begin.line, why));
  };
  const std::vector<Field> costs = costs_of(machine);
  const std::map<std::string_view, std::uint32_t*> places = {{"sockets", &machine.sockets},
                                                             {"clusters", &machine.clusters},
                                                             {"cores", &machine.cores},
                                                             {"threads", &machine.threads},
                                                             {"lines_ahead", &machine.lines_ahead}};
  std::vector<std::string_view> valid{"source"};
  for (const auto& [name, number] : places) valid.push_back(name);
  for (const Field& field : costs) valid.push_back(field.name);
  for (const auto& [key, node] : table) {
    const std::string_view name = key.str();
    const auto cost = std::ranges::find(costs, name, &Field::name);
    if (const auto place = places.find(name); place != places.end()) {
      const auto count = node.value<std::int64_t>();
      constexpr std::int64_t kMost = 4096;
      if (!count || *count < 1 || *count > kMost)
        refuse(node, fmt::format("{} is no number of them; valid is 1 to {}", name, kMost));
      *place->second = static_cast<std::uint32_t>(*count);
    } else if (cost != costs.end()) {
      const auto ns = node.value<double>();
      constexpr double kMost = 1e6;
      if (!ns || !std::isfinite(*ns) || *ns < cost->least || *ns > kMost)
        refuse(node, fmt::format("{} is no cost; valid is {} to {} ns", name, cost->least, kMost));
      *cost->number = *ns;
    } else if (name == "source" && node.is_string()) {
      machine.source = *node.value<std::string>();
    } else {
      refuse(node, fmt::format("there is no '{}'; valid are {}", name, fmt::join(valid, ", ")));
    }
  }
  for (const Field& field : costs) {
    if (!table.contains(field.name))
      throw std::invalid_argument(
          fmt::format("{}:1: {} is missing (nanoseconds)", file.string(), field.name));
  }
  return machine;
}

Machine this_machine() {
  const std::optional<Topology> topology = read_topology();
  Machine machine{.name = "here", .source = "measured: baton doctor --costs", .line = {}};
  if (topology) {
    machine.sockets = std::max(topology->packages, 1U);
    machine.clusters = std::max(topology->l3_caches / machine.sockets, 1U);
    machine.cores = std::max(topology->cores / machine.sockets / machine.clusters, 1U);
    machine.threads = topology->smt() ? 2 : 1;
  }
  std::map<std::string, double> costs;
  for (const Cost& cost : measure_costs()) costs[cost.name] = cost.ns;
  double last = 0;
  constexpr std::array<const char*, 4> kLines = {"line.sibling", "line.near", "line.far",
                                                 "line.other_socket"};
  for (std::size_t i = 0; i < kLines.size(); ++i) {
    if (costs.contains(kLines[i])) last = costs[kLines[i]];
    machine.line[i] = last;
  }
  for (std::size_t i = kLines.size(); i-- > 0;) {  // distances that this machine has not: as the next one
    if (machine.line[i] == 0) machine.line[i] = i + 1 < kLines.size() ? machine.line[i + 1] : 50;
  }
  constexpr std::array<const char*, 4> kRows = {"lines.sibling", "lines.near", "lines.far",
                                                "lines.other_socket"};
  for (std::size_t i = 0; i < kRows.size(); ++i) {  // of the farthest that was measured
    constexpr double kMost = 32;
    if (costs.contains(kRows[i]) && costs[kRows[i]] > 0)
      machine.lines_ahead =
          static_cast<std::uint32_t>(std::lround(std::clamp(machine.line[i] / costs[kRows[i]], 1.0, kMost)));
  }
  if (costs.contains("exchange")) machine.exchange = costs["exchange"];
  if (costs.contains("wake_up")) machine.wake_up = costs["wake_up"];
  if (costs.contains("switch")) {
    // What it is made of in a world: a wake, a sleep, and the change of hands, half a sleep (world.cpp). In
    // which proportion is assumed, as everywhere.
    const double sleeps = costs["switch"] / (machine.wake + 1.5 * machine.sleep);
    machine.wake *= sleeps;
    machine.sleep *= sleeps;
  }
  if (costs.contains("malloc_free")) machine.allocate = costs["malloc_free"];
  return machine;
}

}  // namespace baton::simulate
