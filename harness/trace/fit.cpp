#include "harness/trace/fit.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/trace/sessions.hpp"

namespace baton::trace {
namespace {

constexpr std::uint64_t kMostHead = 64 * 1024;  // what load.head_quantiles may say

// Keeps all values, or of more than kMostKept a random sample.
class Values {
 public:
  void add(std::uint64_t value) {
    ++seen_;
    if (kept_.size() < kMostKept) {
      kept_.push_back(value);
    } else if (const std::uint64_t at = random_() % seen_; at < kMostKept) {
      kept_[at] = value;
    }
  }
  [[nodiscard]] std::vector<std::uint64_t> table() && { return table_of(std::move(kept_)); }

 private:
  std::vector<std::uint64_t> kept_;
  std::uint64_t seen_ = 0;
  std::mt19937_64 random_{1};
};

}  // namespace

std::vector<std::uint64_t> table_of(std::vector<std::uint64_t> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  if (values.front() == values.back()) return {values.front()};
  constexpr auto kSteps = static_cast<double>(kTableSteps);
  std::vector<std::uint64_t> table(kTableSteps + 1);
  for (std::size_t i = 0; i <= kTableSteps; ++i) {
    const double place = static_cast<double>(i) / kSteps * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto low = static_cast<double>(values[below]);
    const auto high = static_cast<double>(values[std::min(below + 1, values.size() - 1)]);
    table[i] =
        static_cast<std::uint64_t>(std::llround(low + (high - low) * (place - static_cast<double>(below))));
  }
  // The mean of the lines is (first / 2 + all between + last / 2) / steps.
  double sum = 0, between = static_cast<double>(table.front()) / 2;
  for (const std::uint64_t value : values) sum += static_cast<double>(value);
  for (std::size_t i = 1; i < kTableSteps; ++i) between += static_cast<double>(table[i]);
  const double last = 2 * (sum / static_cast<double>(values.size()) * kSteps - between);
  const auto least = static_cast<double>(table[kTableSteps - 1]);
  table.back() =
      static_cast<std::uint64_t>(std::llround(std::clamp(last, least, static_cast<double>(values.back()))));
  return table;
}

Fit fit(TraceReader& trace) {
  Fit told;
  Values bodies, heads, gaps, thinks, lengths;
  Sessions sessions;
  std::uint64_t only_heads = 0, first_us = 0, last_us = 0;
  for (Request request; trace.next(request);) {
    if (told.requests++ == 0) {
      first_us = request.arrival_us;
    } else {
      gaps.add(request.arrival_us - last_us);
    }
    last_us = request.arrival_us;
    bodies.add(request.body_bytes);
    heads.add(std::min<std::uint64_t>(request.head_bytes, kMostHead));
    only_heads += request.method == Method::head ? 1 : 0;
    const Sessions::Step step = sessions.add(request);
    if (step.think_us) thinks.add(*step.think_us);
    if (step.ended != 0) lengths.add(step.ended);
  }
  if (told.requests < 2)
    throw std::runtime_error("the trace has fewer than two requests; there is nothing to fit");
  sessions.end([&](std::uint64_t length) { lengths.add(length); });
  told.clients = sessions.clients();
  told.sessions = sessions.sessions();
  told.seconds = static_cast<double>(last_us - first_us) * 1e-6;
  told.head_share = static_cast<double>(only_heads) / static_cast<double>(told.requests);
  told.body_bytes = std::move(bodies).table();
  told.head_bytes = std::move(heads).table();
  told.gaps_us = std::move(gaps).table();
  told.think_us = std::move(thinks).table();
  told.requests_of_a_session = std::move(lengths).table();
  return told;
}

std::string workload_of(const Fit& fit, const std::string& name, bool closed) {
  // A line of the file holds a dozen numbers.
  const auto table = [](const std::vector<std::uint64_t>& values) {
    constexpr std::size_t kInALine = 14;
    std::string text = "[";
    for (std::size_t i = 0; i < values.size(); ++i)
      text += fmt::format("{}{}", i == 0 ? "" : i % kInALine == 0 ? ",\n  " : ", ", values[i]);
    return text + "]";
  };
  std::string text = fmt::format(
      "# Written by `baton trace fit` from {} requests of {} clients in {:.0f} s. Tables have {} values at "
      "equal steps of\n"
      "# probability, the least first; between them the distribution is a straight line.\n"
      "name = \"{}\"\n"
      "title = \"traffic with the quantiles of a trace of {} requests, {}\"\n"
      "question = \"What does ownership cost in traffic of this shape?\"\n\n[load]\n",
      fit.requests, fit.clients, fit.seconds, kTableSteps + 1, name, fit.requests,
      closed ? "clients who think between two requests" : "arriving as they did");
  const auto line = [&](std::string_view key, const std::vector<std::uint64_t>& values) {
    if (!values.empty() && values.back() != 0) text += fmt::format("{} = {}\n", key, table(values));
  };
  if (closed) {
    text += "connections = 64\n";
    line("think_us", fit.think_us);
    line("requests_per_connection", fit.requests_of_a_session);
  } else {
    text += "connections = 64\nloop = \"open\"\n";
    line("gaps_us", fit.gaps_us);
  }
  line("head_quantiles", fit.head_bytes);
  if (fit.head_share > 0 && fit.body_bytes.back() != 0)
    text += fmt::format("head_share = {:.6g}\n", fit.head_share);
  text += "\n[body]\n";
  if (fit.body_bytes.back() == 0) {
    text += "bytes = 0\n";
  } else {
    line("quantiles", fit.body_bytes);
  }
  return text + "\n[handoff]\nratio = 0.5\n";
}

}  // namespace baton::trace
