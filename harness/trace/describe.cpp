#include "harness/trace/describe.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/measure/summary.hpp"

namespace baton::trace {
namespace {

constexpr std::uint64_t kSecond = 1'000'000;  // microseconds

std::string quantiles(std::string_view what, const Histogram& values, double unit, std::string_view name) {
  const auto at = [&](double percent) { return static_cast<double>(values.percentile(percent)) / unit; };
  return fmt::format("{:<28} {:>10.6g} {:>10.6g} {:>10.6g} {:>10.6g} {:>10.6g}  {}\n", what, at(10), at(50),
                     at(90), at(99), static_cast<double>(values.max()) / unit, name);
}

// Bars of eight heights, the greatest value as high as a line.
std::string bars(std::span<const double> values) {
  constexpr std::array<std::string_view, 9> kBars = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const double most = std::ranges::max(values);
  std::string text;
  for (const double value : values) {
    const double height = most > 0 ? value / most * (kBars.size() - 1) : 0;
    text += kBars[static_cast<std::size_t>(std::ceil(height))];
  }
  return text;
}

// The parts that the trace reaches.
std::span<const double> reached(const TimeLine& line, double seconds) {
  const auto parts =
      static_cast<std::size_t>(std::ceil(seconds * kSecond / static_cast<double>(line.part_us())));
  return std::span(line.amounts()).first(std::clamp<std::size_t>(parts, 1, TimeLine::kParts));
}

// Of sizes, by powers of two up to the greatest.
std::string size_bars(const Histogram& sizes) {
  const auto parts = static_cast<std::size_t>(std::bit_width(sizes.max())) + 1;
  std::vector<double> counts(parts);
  for (std::size_t i = 0; i < sizes.counts().size(); ++i) {
    if (sizes.counts()[i] != 0)
      counts[static_cast<std::size_t>(std::bit_width(Histogram::lowest(i)))] +=
          static_cast<double>(sizes.counts()[i]);
  }
  return bars(counts);
}

nlohmann::json drawn(const TimeLine& line, double seconds, double unit) {
  nlohmann::json values = nlohmann::json::array();
  for (const double amount : reached(line, seconds)) values.push_back(amount / unit);
  return {{"part_s", static_cast<double>(line.part_us()) / kSecond}, {"values", std::move(values)}};
}

}  // namespace

Description describe(TraceReader& trace) {
  Description told;
  Sessions sessions;
  std::uint64_t second = 0, in_second = 0, last_us = 0;
  const auto end_second = [&] {
    if (in_second != 0) told.in_a_second.record(in_second);
    told.busiest = std::max(told.busiest, in_second);
    in_second = 0;
  };
  for (Request request; trace.next(request);) {
    ++told.requests;
    ++told.methods[static_cast<std::size_t>(request.method)];
    told.head_bytes.record(request.head_bytes);
    told.body_bytes.record(request.body_bytes);
    told.arrivals.add(request.arrival_us, 1);
    last_us = request.arrival_us;
    if (request.arrival_us / kSecond != second) {
      end_second();
      second = request.arrival_us / kSecond;
    }
    ++in_second;
    const Sessions::Step step = sessions.add(request);
    if (step.ended != 0) told.in_a_session.record(step.ended);
    if (step.think_us) {
      told.think_us.record(*step.think_us);
      told.under_way.add_span(request.arrival_us - *step.think_us, request.arrival_us);
    }
  }
  end_second();
  sessions.end([&](std::uint64_t length) { told.in_a_session.record(length); });
  told.clients = sessions.clients();
  told.sessions = sessions.sessions();
  told.seconds = told.requests == 0 ? 0 : static_cast<double>(last_us / kSecond + 1);
  return told;
}

std::string text_of(const Description& told) {
  const double seconds = std::max(told.seconds, 1.0);
  std::string text = fmt::format(
      "{} requests of {} clients in {:.0f} s: {:.4g} per second, {} in the busiest\n"
      "{} sessions (a client's requests that are never {} s apart)\n",
      told.requests, told.clients, told.seconds, static_cast<double>(told.requests) / seconds, told.busiest,
      told.sessions, kSessionGapS);
  for (std::size_t i = 0; i < kMethodNames.size(); ++i) {
    if (told.methods[i] != 0)
      text += fmt::format("{:<8} {:>12}  {:.3g} %\n", kMethodNames[i], told.methods[i],
                          100 * static_cast<double>(told.methods[i]) / static_cast<double>(told.requests));
  }
  constexpr double kMicrosecondsInASecond = 1e6;
  text += fmt::format("\n{:<28} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "", "10 %", "50 %", "90 %", "99 %",
                      "most");
  text += quantiles("response body", told.body_bytes, 1, "bytes");
  text += quantiles("request head", told.head_bytes, 1, "bytes");
  text += quantiles("a second with requests has", told.in_a_second, 1, "requests");
  text += quantiles("a session has", told.in_a_session, 1, "requests");
  text += quantiles("between two of a session", told.think_us, kMicrosecondsInASecond, "s");
  const auto part_s = [](const TimeLine& line) { return static_cast<double>(line.part_us()) / kSecond; };
  const auto arrivals = reached(told.arrivals, told.seconds);
  const auto under_way = reached(told.under_way, told.seconds);
  text +=
      fmt::format("\nrequests over time, at most {:.4g} a second in parts of {:.4g} s\n|{}|\n",
                  std::ranges::max(arrivals) / part_s(told.arrivals), part_s(told.arrivals), bars(arrivals));
  text += fmt::format("sessions at once, at most {:.4g} on average in parts of {:.4g} s\n|{}|\n",
                      std::ranges::max(under_way) / static_cast<double>(told.under_way.part_us()),
                      part_s(told.under_way), bars(under_way));
  text += fmt::format("response bodies, by powers of two: none, 1 byte, 2, 4, ... up to {} bytes\n|{}|\n",
                      told.body_bytes.max(), size_bars(told.body_bytes));
  return text;
}

nlohmann::json to_json(const Description& told) {
  nlohmann::json methods;
  for (std::size_t i = 0; i < kMethodNames.size(); ++i)
    methods[std::string(kMethodNames[i])] = told.methods[i];
  return {{"requests", told.requests},
          {"clients", told.clients},
          {"seconds", told.seconds},
          {"requests_in_the_busiest_second", told.busiest},
          {"sessions", told.sessions},
          {"session_gap_s", kSessionGapS},
          {"methods", std::move(methods)},
          {"head_bytes", latency_summary(told.head_bytes)},
          {"body_bytes", latency_summary(told.body_bytes)},
          {"requests_in_a_second", latency_summary(told.in_a_second)},
          {"requests_in_a_session", latency_summary(told.in_a_session)},
          {"think_us", latency_summary(told.think_us)},
          {"requests_over_time", drawn(told.arrivals, told.seconds, 1)},
          {"sessions_over_time",
           drawn(told.under_way, told.seconds, static_cast<double>(told.under_way.part_us()))}};
}

}  // namespace baton::trace
