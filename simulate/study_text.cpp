// A study as its record has it, and for reading.
#include "simulate/study.hpp"

#include <fmt/format.h>

#include "harness/measure/build_info.hpp"

namespace baton::simulate {
namespace {

using nlohmann::json;

std::string commit() {
  const BuildInfo& build = build_info();
  return build.dirty == std::string_view("no") ? std::string(build.commit)
                                               : std::string(build.commit) + ", changed";
}

json to_json(const Band& band) { return {{"low", band.low}, {"median", band.median}, {"high", band.high}}; }

json to_json(const Point& point) {
  json transfers = json::object(), lines = json::array(), locks = json::array();
  for (std::size_t i = 0; i < kDistanceNames.size(); ++i)
    transfers[std::string(kDistanceNames[i])] =
        per_request(static_cast<double>(point.tally.transfers[i]), point.requests);
  for (const Heat& line : heat_of(point))
    lines.push_back({{"name", line.name}, {"share_of_stalls", line.share}, {"transfers", line.transfers}});
  for (std::size_t i = 0; i < point.names.size(); ++i) {
    const LockCost& lock = point.tally.locks[i];
    if (lock.taken == 0) continue;
    locks.push_back({{"name", point.names[i]},
                     {"taken", per_request(static_cast<double>(lock.taken), point.requests)},
                     {"waited", per_request(static_cast<double>(lock.waited), point.requests)},
                     {"waiting_ns", per_request(static_cast<double>(lock.waiting) / kNs, point.requests)}});
  }
  return {
      {"cores", point.cores},
      {"requests_per_s", to_json(band_of(point.per_s))},
      {"requests_per_s_by_setting", point.per_s},
      {"latency_p50_ns", to_json(band_of(point.p50_ns))},
      {"latency_p99_ns", to_json(band_of(point.p99_ns))},
      {"handed_off", per_request(static_cast<double>(point.handoffs), point.requests)},
      {"failed", point.failed},
      {"transfers", std::move(transfers)},
      {"stalled_ns", per_request(static_cast<double>(point.stalled) / kNs, point.requests)},
      {"failed_exchanges", per_request(static_cast<double>(point.tally.failed_exchanges), point.requests)},
      {"sleeps", per_request(static_cast<double>(point.tally.sleeps), point.requests)},
      {"put_to_sleep", point.tally.holes},
      {"preempted", point.tally.preemptions},
      {"lines", std::move(lines)},
      {"locks", std::move(locks)}};
}

}  // namespace

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
  json moved = json::array();
  for (const Claim& claim : moved_knees(plan, cells))
    moved.push_back({{"sentence", claim.sentence}, {"cores", claim.cores}});
  told["moved_knees"] = std::move(moved);
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
                          per_request(static_cast<double>(point.stalled) / kNs, point.requests));
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
  const std::vector<Claim> moved = moved_knees(plan, cells);
  if (!moved.empty()) text += "\nWhat moves a knee\n";
  for (const Claim& claim : moved) text += fmt::format("- {}\n", claim.sentence);
  return text;
}

}  // namespace baton::simulate
