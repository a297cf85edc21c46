#include "harness/suite/prediction.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <tuple>

#include "harness/stats/order.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

struct CostNow {
  double ns = 0, low = 0, high = 0;
};

constexpr double kSameDistance = 1.35;  // a factor: round trips within it are of one regime

// The median of what the sessions and rounds of the run measured.
std::optional<CostNow> cost_of(const std::vector<json>& costs, std::string_view name) {
  std::vector<double> ns, low, high;
  for (const json& one : costs) {
    const auto found = one.find(name);
    if (found == one.end()) continue;
    ns.push_back(found->at("ns"));
    low.push_back(found->at("low"));
    high.push_back(found->at("high"));
  }
  if (ns.empty()) return std::nullopt;
  return CostNow{*stats::median(ns), *stats::median(low), *stats::median(high)};
}

// "line.near" or "line.far": of the nearest distance that the machine has, which is where threads are pinned.
std::string nearest(const std::vector<json>& costs, const std::string& kind) {
  for (const char* distance : {"sibling", "near", "far", "other_socket"}) {
    const std::string name = kind + "." + distance;
    if (!costs.empty() && costs.front().contains(name)) return name;
  }
  return kind;
}

double total_of(const json& counts, const char* what) { return counts.at("ledger").at(what).at("total"); }

struct Step {
  std::string_view name;
  std::function<double(const json&)> count;
  std::function<std::optional<CostNow>(const std::vector<json>&)> cost;
};

std::optional<CostNow> difference(std::optional<CostNow> more, std::optional<CostNow> less) {
  if (!more || !less) return std::nullopt;
  return CostNow{more->ns - less->ns, more->low - less->high, more->high - less->low};
}

std::optional<CostNow> scaled(std::optional<CostNow> cost, double by) {
  if (cost) *cost = {cost->ns * by, cost->low * by, cost->high * by};
  return cost;
}

const std::vector<Step>& steps() {
  const auto called = [](const char* name) {
    return [name](const std::vector<json>& costs) { return cost_of(costs, name); };
  };
  const auto ledger = [](const char* name) {
    return [name](const json& counts) { return total_of(counts, name); };
  };
  constexpr double kCopied = 4096;
  static const std::vector<Step> all = {
      {"instruction",
       [](const json& counts) {
         const json& of = counts.at("instructions_of");
         return of.at("strategy").get<double>() + of.at("other").get<double>();
       },
       called("instruction")},
      {"lock", ledger("locks"), called("lock")},
      {"exchange", ledger("atomic_rmw"), called("exchange")},
      {"free_elsewhere", [](const json& counts) { return counts.at("freed_elsewhere").get<double>(); },
       [](const std::vector<json>& costs) {
         return difference(cost_of(costs, "malloc_free_across"), cost_of(costs, "malloc_free"));
       }},
      {"copy", ledger("bytes_copied"),
       [](const std::vector<json>& costs) { return scaled(cost_of(costs, "copy_4k"), 1 / kCopied); }},
      {"line", [](const json& counts) { return counts.at("lines_waited_for").get<double>(); },
       [](const std::vector<json>& costs) { return cost_of(costs, nearest(costs, "line")); }},
      {"lines", [](const json& counts) { return counts.at("lines").value("buffer storage", 0.0); },
       [](const std::vector<json>& costs) { return cost_of(costs, nearest(costs, "lines")); }},
  };
  return all;
}

double sum_of(const std::vector<Term>& terms, double Term::*part) {
  return std::accumulate(terms.begin(), terms.end(), 0.0,
                         [part](double sum, const Term& term) { return sum + term.*part; });
}

}  // namespace

double Difference::ns() const { return sum_of(terms, &Term::ns); }
double Difference::low() const { return sum_of(terms, &Term::low); }
double Difference::high() const { return sum_of(terms, &Term::high); }

Difference difference_of(const json& candidate, const json& baseline, const std::vector<json>& costs) {
  Difference found;
  for (const Step& step : steps()) {
    Term term{.name = step.name, .more = step.count(candidate) - step.count(baseline)};
    if (term.more == 0) continue;
    if (const auto cost = step.cost(costs)) {
      term.ns = term.more * cost->ns;
      std::tie(term.low, term.high) = std::minmax({term.more * cost->low, term.more * cost->high});
    } else {
      found.complete = false;
    }
    found.terms.push_back(term);
  }
  return found;
}

std::vector<json> costs_at(const json& all, std::optional<double> round_trip_ns) {
  std::vector<json> found;
  for (const json& costs : all) {
    const auto line = costs.find(nearest({costs}, "line"));
    if (!round_trip_ns || line == costs.end() ||
        std::fabs(std::log(2 * line->at("ns").get<double>() / *round_trip_ns)) < std::log(kSameDistance)) {
      found.push_back(costs);
    }
  }
  return found;
}

Sharing sharing_of(const json& configuration, const json& counts) {
  const double clients = configuration.at("client_workers");
  const double fetchers =
      counts.at("handed_off").get<double>() > 0 ? configuration.at("fetch_workers").get<double>() : 0;
  return {.least = clients, .most = clients + fetchers};
}

std::optional<Rescaled> rescaled_to(const Difference& difference, double measured_ns) {
  std::optional<Rescaled> found;
  const double missing = measured_ns - difference.ns();
  for (const Term& term : difference.terms) {
    const double factor = term.ns == 0 ? 0 : (term.ns + missing) / term.ns;
    if (factor <= 0) continue;
    if (!found || std::fabs(std::log(factor)) < std::fabs(std::log(found->factor))) {
      found = Rescaled{.term = term.name, .factor = factor};
    }
  }
  return found;
}

std::optional<Predicted> predict(const Difference& difference, double request_ns, const Sharing& sharing) {
  if (!difference.complete) return std::nullopt;
  const auto ratio = [&](double ns, double threads) {
    return request_ns / std::max(request_ns + ns / threads, request_ns / 100);
  };
  const std::array corners = {ratio(difference.low(), sharing.least), ratio(difference.low(), sharing.most),
                              ratio(difference.high(), sharing.least),
                              ratio(difference.high(), sharing.most)};
  const auto [low, high] = std::ranges::minmax(corners);
  const double threads = (sharing.least + sharing.most) / 2;
  return Predicted{.ratio = ratio(difference.ns(), threads), .low = low, .high = high, .threads = threads};
}

}  // namespace baton::suite
