// What may be said of a study, and what not (docs/simulation.md).
#include "simulate/study.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace baton::simulate {
namespace {

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

// In more settings than may disagree.
bool has_knee(const CellStudy& cell, const RowStudy& row) {
  const std::vector<std::uint32_t> where = knees(cell, row);
  return static_cast<double>(std::ranges::count(where, kNowhere)) <
         kAgreement * static_cast<double>(where.size());
}

// Where it is, if enough settings have one.
std::optional<Band> knee_of(const CellStudy& cell, const RowStudy& row) {
  const std::vector<std::uint32_t> where = knees(cell, row);
  std::vector<double> found;
  for (const std::uint32_t cores : where)
    if (cores != kNowhere) found.push_back(cores);
  if (static_cast<double>(found.size()) < kAgreement * static_cast<double>(where.size())) return std::nullopt;
  return band_of(found);
}

// The one value in which two cells of a workload differ; -1: not exactly one.
std::ptrdiff_t difference(const Cell& one, const Cell& other) {
  if (one.scenario.workload != other.scenario.workload || one.swept.size() != other.swept.size()) return -1;
  std::ptrdiff_t found = -1;
  for (std::size_t i = 0; i < one.swept.size(); ++i) {
    if (one.swept[i] == other.swept[i]) continue;
    if (found != -1) return -1;
    found = static_cast<std::ptrdiff_t>(i);
  }
  return found;
}

std::string from(const Band& knee) {
  return knee.low == knee.high ? fmt::format("from {:.0f} cores on", knee.low)
                               : fmt::format("from {:.0f} to {:.0f} cores on", knee.low, knee.high);
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

std::vector<Heat> heat_of(const Point& point) {
  std::vector<Heat> lines;
  for (std::size_t i = 0; i < point.names.size(); ++i) {
    const LineCost& cost = point.tally.lines[i];
    const Picoseconds waited = cost.stalled + point.tally.locks[i].asleep;
    if (waited == 0) continue;
    lines.push_back({point.names[i], static_cast<double>(waited) / static_cast<double>(point.stalled),
                     per_request(static_cast<double>(cost.transfers), point.requests)});
  }
  std::ranges::sort(lines, [](const Heat& one, const Heat& other) {
    return one.share != other.share ? one.share > other.share : one.name < other.name;
  });
  return lines;
}

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

std::vector<Claim> claims_of(const CellStudy& cell) {
  std::vector<Claim> claims;
  for (const RowStudy& row : cell.rows) {
    const std::optional<Band> knee = knee_of(cell, row);
    if (!knee) continue;
    const auto at =
        std::ranges::find_if(row.points, [&](const Point& point) { return point.cores >= knee->median; });
    const std::vector<Heat> heat = heat_of(*at);
    std::string sentence =
        fmt::format("{} does less than half of what the best does {}", row.name, from(*knee));
    if (!heat.empty())
      sentence += fmt::format("; at {} cores its {} is {:.0f} % of what cores wait for lines", at->cores,
                              heat.front().name, 100 * heat.front().share);
    claims.push_back({.sentence = std::move(sentence), .cores = static_cast<std::uint32_t>(knee->median)});
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
    const std::string low = fmt::format("{:.1f}", factor.low), high = fmt::format("{:.1f}", factor.high);
    claims.push_back(
        {.sentence = fmt::format(
             "{} {} {} between {:.0f} and {:.0f} cores, and {} {} times as much at {} (in {:.0f} % of "
             "the settings{})",
             fmt::join(names, ", "), several ? "overtake" : "overtakes", other.name, cores.low, cores.high,
             several ? "do" : "does", low == high ? low : fmt::format("{} to {}", low, high),
             other.points.back().cores, 100 * ahead, several && ahead < 1 ? " or more" : ""),
         .cores = static_cast<std::uint32_t>(cores.median)});
  }
  return claims;
}

std::vector<Claim> moved_knees(const Plan& plan, const std::vector<CellStudy>& cells) {
  std::vector<Claim> claims;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::vector<std::ptrdiff_t> seen;  // only the next value of each
    for (std::size_t j = i + 1; j < cells.size(); ++j) {
      const std::ptrdiff_t at = difference(plan.cells[i], plan.cells[j]);
      if (at < 0 || std::ranges::find(seen, at) != seen.end()) continue;
      seen.push_back(at);
      const auto& [key, before] = plan.cells[i].swept[static_cast<std::size_t>(at)];
      const std::string& after = plan.cells[j].swept[static_cast<std::size_t>(at)].second;
      for (std::size_t row = 0; row < plan.rows.size(); ++row) {
        const RowStudy &one = cells[i].rows[row], &other = cells[j].rows[row];
        const std::optional<Band> first = knee_of(cells[i], one), second = knee_of(cells[j], other);
        // A few settings with a knee are neither.
        if ((!first && has_knee(cells[i], one)) || (!second && has_knee(cells[j], other))) continue;
        if (!first && !second) continue;
        if (first && second && second->low < kLeastFactor * first->high &&
            first->low < kLeastFactor * second->high)
          continue;
        const std::string nowhere = fmt::format("nowhere up to {}", one.points.back().cores);
        claims.push_back({.sentence = fmt::format(
                              "{}, {} {} instead of {}: {} does less than half of what the best does {}, "
                              "instead of {}",
                              plan.cells[i].scenario.workload, key, after, before, one.name,
                              second ? from(*second) : nowhere, first ? from(*first) : nowhere),
                          .cores = static_cast<std::uint32_t>((first ? *first : *second).median)});
      }
    }
  }
  return claims;
}

}  // namespace baton::simulate
