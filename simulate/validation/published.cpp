#include "simulate/validation/published.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "simulate/study.hpp"
#include "simulate/validation/schemes.hpp"

namespace baton::simulate {
namespace {

Machine uniform(std::string name, std::uint32_t cores, double line, double hit, double exchange) {
  return {.name = std::move(name),
          .source = {},
          .cores = cores,
          .line = {line, line, line, line},
          .hit = hit,
          .exchange = exchange};
}

Unknowns with_tenure(double tenure) {
  Unknowns unknowns;
  unknowns.tenure = tenure;
  return unknowns;
}

// A scheme's increments on so many threads.
Series increments(std::string name, std::string_view scheme, const Machine& machine, const Unknowns& unknowns,
                  std::string source, const std::vector<std::pair<std::uint32_t, double>>& points) {
  Series series{.name = std::move(name),
                .unit = "ns an increment of one thread, by threads",
                .source = std::move(source),
                .assumed = {},
                .known_miss = {},
                .points = {},
                .simulate = {}};
  std::vector<std::uint32_t> threads;
  for (const auto& [n, ns] : points) {
    series.points.push_back({std::to_string(n), ns});
    threads.push_back(n);
  }
  series.simulate = [=](std::size_t i) { return ns_per_increment(scheme, machine, unknowns, threads[i]); };
  return series;
}

constexpr std::string_view kPerfbook = "perfbook, CodeSamples/count/data @4c69e89";
constexpr std::string_view kDowns =
    "T. Downs, concurrency-hierarchy-bench, results/g2-16/combined.csv (Unlicense)";

void add_counters(std::vector<Series>& all) {
  Machine milan{.name = "perfbook's Milan",
                .source = {},
                .clusters = 11,
                .cores = 16,
                .line = {18, 18, 100, 100},
                .hit = 1,
                .exchange = 2.5};
  Series series = increments(
      "contended addition, 166 virtual CPUs of a Milan", "atomic_add", milan,
      with_tenure(fitted_tenure(milan, 11.2)), std::string(kPerfbook) + ", 2024-09-22",
      {{2, 11.2}, {4, 24.9}, {8, 51.7}, {16, 116}, {32, 268}, {64, 584}, {128, 1605}, {160, 2672}});
  series.assumed = "clusters of 16, 18 and 100 ns: the virtual machine hides them";
  series.known_miss = "up to 3 times too fast beyond 100 threads: the queues of the fabric are not simulated";
  series.tolerance = 2;
  all.push_back(std::move(series));
  Machine xeon{.name = "perfbook's Xeon 8176",
               .source = {},
               .sockets = 8,
               .cores = 28,
               .line = {47.5, 47.5, 47.5, 148.8},
               .hit = 1,
               .exchange = 4.8};
  series = increments("contended addition, eight Xeon 8176", "atomic_add", xeon,
                      with_tenure(fitted_tenure(xeon, 63.9)), std::string(kPerfbook) + ", 2019-10-23",
                      {{2, 63.9}, {8, 203}, {28, 624}, {56, 1325}, {112, 3206}, {224, 7064}});
  series.tolerance = 2;
  all.push_back(std::move(series));
}

void add_schemes(std::vector<Series>& all) {
  constexpr std::array<const char*, 7> kSchemes = {"tls_add", "cas_multi", "atomic_add", "cas_add",
                                                   "mutex",   "spin",      "ticket"};
  constexpr std::array<std::uint32_t, 4> kThreads = {2, 4, 8, 16};
  constexpr std::array<std::array<double, 4>, 7> kNs = {{{3.2, 3.2, 3.2, 3.2},
                                                         {8.5, 8.5, 8.5, 8.5},
                                                         {17, 35, 76, 150},
                                                         {52, 116, 323, 639},
                                                         {427, 551, 983, 1670},
                                                         {102, 330, 1028, 3169},
                                                         {266, 682, 1996, 6841}}};
  const Machine graviton = uniform("Graviton 2", 64, 47, 1.1, 4.5);
  const Unknowns unknowns = with_tenure(fitted_tenure(graviton, 17));
  for (std::size_t scheme = 2; scheme < kSchemes.size(); ++scheme) {
    std::vector<std::pair<std::uint32_t, double>> points;
    for (std::size_t i = 0; i < kThreads.size(); ++i) points.emplace_back(kThreads[i], kNs[scheme][i]);
    Series series = increments(fmt::format("{}, Graviton 2", kSchemes[scheme]), kSchemes[scheme], graviton,
                               unknowns, std::string(kDowns), points);
    const std::string_view name = kSchemes[scheme];
    if (name == "mutex")
      series.known_miss = "sleeping and waking cost what we guess: too fast, seven times on two threads";
    if (name == "ticket")
      series.known_miss =
          "up to six times too fast: who polls takes the line from who passes it on more often";
    if (name == "cas_add") series.known_miss = "three times too fast: fewer exchanges fail than do";
    all.push_back(std::move(series));
  }
  for (std::size_t i = 0; i < kThreads.size(); ++i) {
    Series series{.name = fmt::format("seven schemes on {} threads, Graviton 2", kThreads[i]),
                  .unit = "ns an increment of one thread",
                  .source = std::string(kDowns),
                  .assumed = {},
                  .known_miss = {},
                  .points = {},
                  .simulate = {}};
    for (std::size_t scheme = 0; scheme < kSchemes.size(); ++scheme)
      series.points.push_back({kSchemes[scheme], kNs[scheme][i]});
    series.simulate = [=, n = kThreads[i]](std::size_t scheme) {
      return ns_per_increment(kSchemes[scheme], graviton, unknowns, n);
    };
    all.push_back(std::move(series));
  }
}

void add_pools(std::vector<Series>& all) {
  const Machine altra = uniform("Altra", 80, 47, 1.1, 4.5);
  const Unknowns unknowns = with_tenure(fitted_tenure(altra, 17));
  constexpr std::array<std::uint32_t, 5> kBuckets = {1, 8, 16, 32, 64};
  Series buckets{
      .name = "a shared pool in buckets, 80 threads",
      .unit = "requests per second, by buckets",
      .source = "HAProxy 7bf829ace",
      .assumed =
          "ten gets and puts in a request of 11.9 us, which gives the 6.7 million a second that were "
          "measured without a pool; latencies and tenure of Graviton 2",
      .known_miss = {},
      .points = {{"1", 368e3}, {"8", 3.5e6}, {"16", 4.0e6}, {"32", 4.7e6}, {"64", 5.5e6}},
      .simulate =
          [=](std::size_t i) { return requests_per_s({.buckets = kBuckets[i]}, altra, unknowns, 80); },
      .tolerance = 2};
  all.push_back(std::move(buckets));
  Series counter{
      .name = "one counter, or one for each thread, 80 threads",
      .unit = "requests per second",
      .source = "HAProxy 9e5eb586b",
      .assumed = "as above, 64 buckets",
      .known_miss =
          "sizes of both, two and a half times in the middle: what else those requests did is not known",
      .points = {{"one", 812e3}, {"one each", 1.5e6}},
      .simulate = [=](std::size_t i) {
        return requests_per_s({.buckets = 64, .shared_counter = i == 0}, altra, unknowns, 80);
      }};
  all.push_back(std::move(counter));
  const Machine milan{
      .name = "EPYC 74F3", .source = {}, .clusters = 8, .cores = 3, .line = {10, 23, 108, 198}};
  constexpr std::array<std::uint32_t, 4> kCores = {3, 6, 12, 24};
  Series ring{
      .name = "a ring across clusters of three cores",
      .unit = "messages per second, by cores",
      .source = "HAProxy 04f1e3f3d",
      .assumed =
          "400 ns of work a message, from three cores; latencies of an EPYC 7R13; exponential back-off",
      .known_miss = {},
      .points = {{"3", 6.39e6}, {"6", 2.90e6}, {"12", 2.14e6}, {"24", 1.75e6}},
      .simulate = [=](std::size_t i) { return messages_per_s(true, 400, milan, Unknowns{}, kCores[i]); },
      .tolerance = 2};
  all.push_back(std::move(ring));
  Series back_off{.name = "a free list without and with exponential back-off, 56 threads",
                  .unit = "requests per second",
                  .source = "HAProxy feeda4132",
                  .assumed = "one get and put in 1 us of work, in one list without a lock",
                  .known_miss =
                      "sizes, and what is gained: where requests for a line are served one by one, a loop of "
                      "exchanges starves as it does not in hardware",
                  .points = {{"without", 1.1e6}, {"with", 2.1e6}},
                  .simulate = [=](std::size_t i) {
                    return requests_per_s(
                        {.pairs = 1, .work_ns = 1'000, .lockfree = true, .backs_off = i == 1}, altra,
                        unknowns, 56);
                  }};
  all.push_back(std::move(back_off));
  Series stack{.name = "a stack with a lock, and without, 16 threads",
               .unit = "requests per second, of the one without as 1",
               .source = "DPDK e75bc77f: 0.6 to 3.5 times, on average more than 1",
               .assumed = "2 in the middle; nothing but gets and puts",
               .known_miss = {},
               .points = {{"without", 1}, {"with", 2}},
               .simulate = [=](std::size_t i) {
                 const PoolRun run{.pairs = 1, .work_ns = 20, .lockfree = i == 0};
                 return requests_per_s(run, altra, unknowns, 16);
               }};
  all.push_back(std::move(stack));
}

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> rank(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t j = i; j < end; ++j) rank[order[j]] = static_cast<double>(i + end - 1) / 2;
    i = end;
  }
  return rank;
}

}  // namespace

double spearman(const std::vector<double>& one, const std::vector<double>& other) {
  const std::vector<double> a = ranks(one), b = ranks(other);
  const double mean = static_cast<double>(a.size() - 1) / 2;
  double both = 0, of_a = 0, of_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += (a[i] - mean) * (b[i] - mean);
    of_a += (a[i] - mean) * (a[i] - mean);
    of_b += (b[i] - mean) * (b[i] - mean);
  }
  return both / std::sqrt(of_a * of_b);
}

double fitted_tenure(const Machine& machine, double ns_at_two) {
  double low = 0.02, high = 0.98;
  constexpr int kSteps = 24;
  for (int step = 0; step < kSteps; ++step) {  // longer tenure: more additions while the line is here
    const double middle = (low + high) / 2;
    (ns_per_increment("atomic_add", machine, with_tenure(middle), 2) > ns_at_two ? low : high) = middle;
  }
  return (low + high) / 2;
}

std::vector<Series> published() {
  std::vector<Series> all;
  add_counters(all);
  add_schemes(all);
  add_pools(all);
  return all;
}

Validated validate(Series series) {
  Validated validated;
  std::vector<double> measured, folds;
  for (std::size_t i = 0; i < series.points.size(); ++i) {
    measured.push_back(series.points[i].value);
    validated.simulated.push_back(series.simulate(i));
  }
  // Where the source tells a ratio only, so do we.
  if (series.unit.ends_with("as 1"))
    for (std::size_t i = series.points.size(); i-- > 0;)
      validated.simulated[i] /= validated.simulated.front();
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const double ratio = validated.simulated[i] / measured[i];
    folds.push_back(std::max(ratio, 1 / ratio));
  }
  validated.rank = spearman(measured, validated.simulated);
  validated.worst_fold = *std::ranges::max_element(folds);
  validated.median_fold = band_of(folds).median;
  validated.series = std::move(series);
  return validated;
}

nlohmann::json to_json(const std::vector<Validated>& all) {
  nlohmann::json told = nlohmann::json::array();
  for (const Validated& one : all) {
    nlohmann::json points = nlohmann::json::array();
    for (std::size_t i = 0; i < one.simulated.size(); ++i)
      points.push_back({{"at", one.series.points[i].at},
                        {"measured", one.series.points[i].value},
                        {"simulated", one.simulated[i]}});
    told.push_back({{"name", one.series.name},
                    {"unit", one.series.unit},
                    {"source", one.series.source},
                    {"assumed", one.series.assumed},
                    {"known_miss", one.series.known_miss},
                    {"points", std::move(points)},
                    {"rank", one.rank},
                    {"median_fold", one.median_fold},
                    {"worst_fold", one.worst_fold}});
  }
  return told;
}

std::string text_of(const std::vector<Validated>& all) {
  std::string text = "Published, and simulated (fitted on two threads only)\n";
  for (const Validated& one : all) {
    text += fmt::format("\n{} ({}; {})\n", one.series.name, one.series.unit, one.series.source);
    for (std::size_t i = 0; i < one.simulated.size(); ++i)
      text += fmt::format("  {:<10} {:>10.4g} measured {:>10.4g} simulated\n", one.series.points[i].at,
                          one.series.points[i].value, one.simulated[i]);
    text += fmt::format("  rank agreement {:.2f}; sizes off {:.2f} times in the middle, {:.2f} at worst\n",
                        one.rank, one.median_fold, one.worst_fold);
    if (!one.series.assumed.empty()) text += fmt::format("  assumed: {}\n", one.series.assumed);
    if (!one.series.known_miss.empty()) text += fmt::format("  known miss: {}\n", one.series.known_miss);
  }
  return text;
}

}  // namespace baton::simulate
