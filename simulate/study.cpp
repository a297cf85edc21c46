#include "simulate/study.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/measure/build_info.hpp"

namespace baton::simulate {
namespace {

using nlohmann::json;

// The i-th of the Halton sequence of that base, between 0 and 1.
double halton(std::uint32_t i, std::uint32_t base) {
  double fraction = 1, result = 0;
  for (; i != 0; i /= base) {
    fraction /= base;
    result += fraction * (i % base);
  }
  return result;
}

void add(Point& point, const Outcome& outcome) {
  point.requests += outcome.requests;
  point.failed += outcome.failed;
  point.handoffs += outcome.handoffs;
  point.stalled += outcome.stalled;
  Tally& sum = point.tally;
  const Tally& part = outcome.tally;
  for (std::size_t i = 0; i < sum.transfers.size(); ++i) sum.transfers[i] += part.transfers[i];
  sum.from_memory += part.from_memory;
  sum.failed_exchanges += part.failed_exchanges;
  sum.sleeps += part.sleeps;
  sum.holes += part.holes;
  sum.preemptions += part.preemptions;
  sum.events += part.events;
  // Names may come in another order.
  for (std::size_t i = 0; i < outcome.names.size(); ++i) {
    const auto known = std::ranges::find(point.names, outcome.names[i]);
    const auto at = static_cast<std::size_t>(known - point.names.begin());
    if (known == point.names.end()) point.names.push_back(outcome.names[i]);
    sum.lines[at].stalled += part.lines[i].stalled;
    sum.lines[at].transfers += part.lines[i].transfers;
    sum.locks[at].taken += part.locks[i].taken;
    sum.locks[at].waited += part.locks[i].waited;
    sum.locks[at].waiting += part.locks[i].waiting;
    sum.locks[at].asleep += part.locks[i].asleep;
  }
}

std::string commit() {
  const BuildInfo build = build_info();
  return build.dirty == std::string_view("no") ? std::string(build.commit)
                                               : std::string(build.commit) + ", changed";
}

double per(double sum, std::uint64_t requests) {
  return requests == 0 ? 0 : sum / static_cast<double>(requests);
}

struct Heat {
  std::string name;
  double share;  // of all stalls
  double transfers;
};
std::vector<Heat> heat_of(const Point& point) {
  std::vector<Heat> lines;
  for (std::size_t i = 0; i < point.names.size(); ++i) {
    const LineCost& cost = point.tally.lines[i];
    const Picoseconds waited = cost.stalled + point.tally.locks[i].asleep;
    if (waited == 0) continue;
    lines.push_back({point.names[i], static_cast<double>(waited) / static_cast<double>(point.stalled),
                     per(static_cast<double>(cost.transfers), point.requests)});
  }
  std::ranges::sort(lines, [](const Heat& one, const Heat& other) {
    return one.share != other.share ? one.share > other.share : one.name < other.name;
  });
  return lines;
}

json to_json(const Band& band) { return {{"low", band.low}, {"median", band.median}, {"high", band.high}}; }

json to_json(const Point& point) {
  json transfers = json::object(), lines = json::array(), locks = json::array();
  for (std::size_t i = 0; i < kDistanceNames.size(); ++i)
    transfers[std::string(kDistanceNames[i])] =
        per(static_cast<double>(point.tally.transfers[i]), point.requests);
  for (const Heat& line : heat_of(point))
    lines.push_back({{"name", line.name}, {"share_of_stalls", line.share}, {"transfers", line.transfers}});
  for (std::size_t i = 0; i < point.names.size(); ++i) {
    const LockCost& lock = point.tally.locks[i];
    if (lock.taken == 0) continue;
    locks.push_back({{"name", point.names[i]},
                     {"taken", per(static_cast<double>(lock.taken), point.requests)},
                     {"waited", per(static_cast<double>(lock.waited), point.requests)},
                     {"waiting_ns", per(static_cast<double>(lock.waiting) / kNs, point.requests)}});
  }
  return {{"cores", point.cores},
          {"requests_per_s", to_json(band_of(point.per_s))},
          {"requests_per_s_by_setting", point.per_s},
          {"latency_p50_ns", to_json(band_of(point.p50_ns))},
          {"latency_p99_ns", to_json(band_of(point.p99_ns))},
          {"handed_off", per(static_cast<double>(point.handoffs), point.requests)},
          {"failed", point.failed},
          {"transfers", std::move(transfers)},
          {"stalled_ns", per(static_cast<double>(point.stalled) / kNs, point.requests)},
          {"failed_exchanges", per(static_cast<double>(point.tally.failed_exchanges), point.requests)},
          {"sleeps", per(static_cast<double>(point.tally.sleeps), point.requests)},
          {"put_to_sleep", point.tally.holes},
          {"preempted", point.tally.preemptions},
          {"lines", std::move(lines)},
          {"locks", std::move(locks)}};
}

// Of the settings, in how many `one` is ahead of `other`, and by what in the middle.
struct Beside {
  double ahead;
  double factor;
};
Beside beside(const Point& one, const Point& other) {
  std::vector<double> ratios(one.per_s.size());
  std::uint32_t ahead = 0;
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    ratios[i] = other.per_s[i] > 0 ? one.per_s[i] / other.per_s[i] : 1;
    if (ratios[i] > 1) ++ahead;
  }
  return {.ahead = static_cast<double>(ahead) / static_cast<double>(ratios.size()),
          .factor = band_of(ratios).median};
}

// At how many cores `one` overtakes `other` for good, by setting, between points of the plan on a logarithmic
// scale; nothing: never.
std::vector<std::optional<double>> overtakes(const RowStudy& one, const RowStudy& other) {
  const std::size_t settings = one.points.front().per_s.size();
  std::vector<std::optional<double>> where(settings);
  for (std::size_t setting = 0; setting < settings; ++setting) {
    double before = 0;
    for (std::size_t i = 0; i < one.points.size(); ++i) {
      const double ratio = std::log(one.points[i].per_s[setting] / other.points[i].per_s[setting]);
      if (!(ratio > 0)) {
        where[setting].reset();
      } else if (!where[setting] && i != 0) {
        const double share = ratio - before > 0 ? -before / (ratio - before) : 0;
        const double low = std::log(one.points[i - 1].cores), high = std::log(one.points[i].cores);
        where[setting] = std::exp(low + std::clamp(share, 0.0, 1.0) * (high - low));
      } else if (!where[setting]) {
        where[setting] = one.points[i].cores;
      }
      before = ratio;
    }
  }
  return where;
}

}  // namespace

std::vector<Unknowns> unknown_settings(std::uint32_t n, std::uint64_t seed) {
  std::vector<Unknowns> settings;
  for (std::uint32_t i = 0; i < n; ++i) {
    Unknowns one;
    one.seed = seed + i;
    if (i != 0) {
      one.tenure = 0.1 + 0.6 * halton(i, 2);
      one.occupancy = 15 * halton(i, 3);
      one.distance = 0.75 + 0.5 * halton(i, 5);
      one.sleeping = std::exp2(2 * halton(i, 7) - 1);
      one.slice_ms *= std::exp2(2 * halton(i, 11) - 1);
      one.takes_core = halton(i, 13);
    }
    settings.push_back(one);
  }
  return settings;
}

Band band_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  const double median = values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {.low = values.front(), .median = median, .high = values.back()};
}

std::vector<std::uint32_t> knees(const CellStudy& cell, const RowStudy& row) {
  std::vector<std::uint32_t> where(row.points.front().per_s.size(), kNowhere);
  for (std::size_t setting = 0; setting < where.size(); ++setting) {
    for (std::size_t i = 0; i < row.points.size(); ++i) {
      double best = 0;
      for (const RowStudy& other : cell.rows) best = std::max(best, other.points[i].per_s[setting]);
      const bool below = row.points[i].per_s[setting] * kLeastFactor < best;
      if (!below) where[setting] = kNowhere;
      if (below && where[setting] == kNowhere) where[setting] = row.points[i].cores;
    }
  }
  return where;
}

std::vector<CellStudy> study(const Plan& plan) {
  std::vector<CellStudy> cells;
  struct Task {
    std::size_t cell, row, point;
  };
  std::vector<Task> tasks;
  for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) {
    CellStudy& one = cells.emplace_back();
    one.label = plan.cells[cell].label;
    for (std::size_t row = 0; row < plan.rows.size(); ++row) {
      RowStudy& studied = one.rows.emplace_back();
      studied.name = plan.rows[row].name;
      for (std::size_t i = 0; i < plan.cores.size(); ++i) {
        Point& point = studied.points.emplace_back();
        point.cores = plan.cores[i];
        tasks.push_back({cell, row, i});
      }
    }
  }
  // The largest first, so that no host thread is left with one at the end.
  std::ranges::stable_sort(tasks, [&](const Task& one, const Task& other) {
    return plan.cores[one.point] > plan.cores[other.point];
  });
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next.fetch_add(1, std::memory_order_relaxed); i < tasks.size();  // a count
         i = next.fetch_add(1, std::memory_order_relaxed)) {                              // likewise
      const Task& task = tasks[i];
      Point& point = cells[task.cell].rows[task.row].points[task.point];
      try {
        for (const Unknowns& setting : plan.settings) {
          const Outcome outcome =
              plan.rows[task.row].run(plan.cells[task.cell].scenario, plan.machine, setting, point.cores);
          if (!outcome.conserved)
            throw std::runtime_error(
                fmt::format("{} has lost a buffer, or has one twice, on {} simulated cores of {}",
                            plan.rows[task.row].name, point.cores, cells[task.cell].label));
          add(point, outcome);
          point.per_s.push_back(outcome.per_s());
          point.p50_ns.push_back(outcome.latency_ns(0.5));
          point.p99_ns.push_back(outcome.latency_ns(0.99));
        }
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = tasks.size();
      }
    }
  };
  std::vector<std::jthread> threads;
  for (std::uint32_t i = 1; i < plan.threads; ++i) threads.emplace_back(work);
  work();
  threads.clear();
  if (failure) std::rethrow_exception(failure);
  return cells;
}

namespace {

// In more settings than may disagree.
bool has_knee(const CellStudy& cell, const RowStudy& row) {
  const std::vector<std::uint32_t> where = knees(cell, row);
  return static_cast<double>(std::ranges::count(where, kNowhere)) <
         kAgreement * static_cast<double>(where.size());
}

// The other one was ahead somewhere, by more than chance.
bool was_behind(const RowStudy& one, const RowStudy& other) {
  constexpr double kAhead = 1.05;
  for (std::size_t i = 0; i < one.points.size(); ++i) {
    const Beside there = beside(other.points[i], one.points[i]);
    if (there.ahead >= kAgreement && there.factor >= kAhead) return true;
  }
  return false;
}

}  // namespace

std::vector<Claim> claims_of(const CellStudy& cell) {
  std::vector<Claim> claims;
  for (const RowStudy& row : cell.rows) {
    const std::vector<std::uint32_t> where = knees(cell, row);
    std::vector<double> found;
    for (const std::uint32_t cores : where)
      if (cores != kNowhere) found.push_back(cores);
    if (static_cast<double>(found.size()) < kAgreement * static_cast<double>(where.size())) continue;
    const Band band = band_of(found);
    const auto at =
        std::ranges::find_if(row.points, [&](const Point& point) { return point.cores >= band.median; });
    const std::vector<Heat> heat = heat_of(*at);
    std::string sentence =
        fmt::format("{} does less than half of what the best does from {:.0f} to {:.0f} cores on", row.name,
                    band.low, band.high);
    if (!heat.empty())
      sentence += fmt::format("; at {} cores its {} is {:.0f} % of what cores wait for lines", at->cores,
                              heat.front().name, 100 * heat.front().share);
    claims.push_back({.sentence = std::move(sentence), .cores = static_cast<std::uint32_t>(band.median)});
  }
  for (const RowStudy& other : cell.rows) {
    std::vector<std::string_view> names;
    std::vector<double> where, factors;
    double ahead = 1;
    for (const RowStudy& one : cell.rows) {
      // Of two that have both collapsed the order is not known (docs/simulation.md).
      if (&one == &other || has_knee(cell, one)) continue;
      const Beside last = beside(one.points.back(), other.points.back());
      if (last.ahead < kAgreement || last.factor < kLeastFactor || !was_behind(one, other)) continue;
      names.push_back(one.name);
      factors.push_back(last.factor);
      ahead = std::min(ahead, last.ahead);
      for (const auto& cores : overtakes(one, other))
        if (cores) where.push_back(*cores);
    }
    if (names.empty()) continue;
    const Band cores = band_of(where), factor = band_of(factors);
    const bool several = names.size() > 1;
    claims.push_back(
        {.sentence = fmt::format(
             "{} {} {} between {:.0f} and {:.0f} cores, and {} {} times as much at {} (in {:.0f} % of "
             "the settings{})",
             fmt::join(names, ", "), several ? "overtake" : "overtakes", other.name, cores.low, cores.high,
             several ? "do" : "does",
             several ? fmt::format("{:.1f} to {:.1f}", factor.low, factor.high)
                     : fmt::format("{:.1f}", factor.median),
             other.points.back().cores, 100 * ahead, several ? " or more" : ""),
         .cores = static_cast<std::uint32_t>(cores.median)});
  }
  return claims;
}

nlohmann::json to_json(const Plan& plan, const std::vector<CellStudy>& cells) {
  json settings = json::array();
  for (const Unknowns& one : plan.settings)
    settings.push_back({{"tenure", one.tenure},
                        {"occupancy_ns", one.occupancy},
                        {"distance", one.distance},
                        {"sleeping", one.sleeping},
                        {"slice_ms", one.slice_ms},
                        {"takes_core", one.takes_core},
                        {"jitter", one.jitter},
                        {"seed", one.seed}});
  const Machine& machine = plan.machine;
  json lines = json::object();
  for (std::size_t i = 0; i < kDistanceNames.size(); ++i)
    lines[std::string(kDistanceNames[i])] = machine.line[i];
  json told{{"schema", "baton-simulated-1"},
            {"simulated", true},
            {"commit", commit()},
            {"machine",
             {{"name", machine.name},
              {"source", machine.source},
              {"sockets", machine.sockets},
              {"clusters", machine.clusters},
              {"cores", machine.cores},
              {"threads", machine.threads},
              {"line_ns", std::move(lines)},
              {"lines_ahead", machine.lines_ahead},
              {"hit_ns", machine.hit},
              {"exchange_ns", machine.exchange},
              {"memory_ns", machine.memory},
              {"pause_ns", machine.pause},
              {"sleep_ns", machine.sleep},
              {"wake_ns", machine.wake},
              {"wake_up_ns", machine.wake_up},
              {"allocate_ns", machine.allocate}}},
            {"cores", plan.cores},
            {"settings", std::move(settings)}};
  json told_cells = json::array();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Scenario& scenario = plan.cells[i].scenario;
    json rows = json::array(), claims = json::array(), ahead = json::array();
    for (const RowStudy& row : cells[i].rows) {
      json points = json::array();
      for (const Point& point : row.points) points.push_back(to_json(point));
      rows.push_back(
          {{"strategy", row.name}, {"points", std::move(points)}, {"knee_by_setting", knees(cells[i], row)}});
      for (const RowStudy& other : cells[i].rows) {
        if (&row == &other) continue;
        json by_cores = json::array();
        for (std::size_t at = 0; at < row.points.size(); ++at) {
          const Beside both = beside(row.points[at], other.points[at]);
          by_cores.push_back({{"share_of_settings", both.ahead}, {"factor", both.factor}});
        }
        ahead.push_back({{"one", row.name}, {"other", other.name}, {"by_cores", std::move(by_cores)}});
      }
    }
    for (const Claim& claim : claims_of(cells[i]))
      claims.push_back({{"sentence", claim.sentence}, {"cores", claim.cores}});
    told_cells.push_back({{"label", cells[i].label},
                          {"workload", scenario.workload},
                          {"work_us", scenario.work_us},
                          {"virtual_ms", scenario.ms},
                          {"threads_per_core", scenario.threads_per_core},
                          {"holes_per_s", holes_of(scenario).per_s},
                          {"rows", std::move(rows)},
                          {"ahead", std::move(ahead)},
                          {"claims", std::move(claims)}});
  }
  told["cells"] = std::move(told_cells);
  return told;
}

std::string text_of(const Plan& plan, const std::vector<CellStudy>& cells) {
  std::string text =
      fmt::format("SIMULATED on {} ({}); {} settings of what is not known: median [least to greatest]\n",
                  plan.machine.name, plan.machine.source, plan.settings.size());
  for (const CellStudy& cell : cells) {
    text += fmt::format("\n{}: thousand requests/s by cores\n{:<22}", cell.label, "");
    for (const std::uint32_t cores : plan.cores) text += fmt::format("{:>20}", cores);
    text += '\n';
    for (const RowStudy& row : cell.rows) {
      text += fmt::format("{:<22}", row.name);
      for (const Point& point : row.points) {
        const Band band = band_of(point.per_s);
        text += fmt::format("{:>20}", fmt::format("{:.0f} [{:.0f} to {:.0f}]", band.median / 1e3,
                                                  band.low / 1e3, band.high / 1e3));
      }
      text += '\n';
    }
    text += fmt::format("lines that cores wait for, on {} cores\n", plan.cores.back());
    for (const RowStudy& row : cell.rows) {
      const Point& point = row.points.back();
      text += fmt::format("{:<22}{:>9.0f} ns/request:", row.name,
                          per(static_cast<double>(point.stalled) / kNs, point.requests));
      std::size_t shown = 0;
      constexpr std::size_t kShown = 4;
      for (const Heat& line : heat_of(point)) {
        if (shown++ == kShown) break;
        text += fmt::format("  {} {:.0f} %", line.name, 100 * line.share);
      }
      text += '\n';
    }
    for (const Claim& claim : claims_of(cell)) text += fmt::format("- {}\n", claim.sentence);
  }
  return text;
}

}  // namespace baton::simulate
