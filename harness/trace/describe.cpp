#include "harness/trace/describe.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace baton::trace {
namespace {

constexpr std::uint64_t kSecond = 1'000'000;  // microseconds
constexpr std::uint64_t kNever = ~std::uint64_t{0};

// What is known of a client while the trace goes by.
struct Client {
  std::uint64_t last_us = kNever;
  std::uint64_t requests = 0;  // of its session
};

std::string quantiles(std::string_view what, const Histogram& values, double unit, std::string_view name) {
  const auto at = [&](double percent) { return static_cast<double>(values.percentile(percent)) / unit; };
  return fmt::format("{:<28} {:>10.6g} {:>10.6g} {:>10.6g} {:>10.6g} {:>10.6g}  {}\n", what, at(10), at(50),
                     at(90), at(99), static_cast<double>(values.max()) / unit, name);
}

}  // namespace

Description describe(TraceReader& trace) {
  Description told;
  std::vector<Client> clients;
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
    last_us = request.arrival_us;
    if (request.arrival_us / kSecond != second) {
      end_second();
      second = request.arrival_us / kSecond;
    }
    ++in_second;
    if (request.client >= clients.size()) clients.resize(request.client + std::size_t{1});
    Client& client = clients[request.client];
    if (client.last_us == kNever || request.arrival_us - client.last_us > kSessionGapS * kSecond) {
      told.clients += client.last_us == kNever ? 1 : 0;
      ++told.sessions;
      if (client.requests != 0) told.in_a_session.record(client.requests);
      client.requests = 0;
    } else {
      told.think_us.record(request.arrival_us - client.last_us);
    }
    client.last_us = request.arrival_us;
    ++client.requests;
  }
  end_second();
  for (const Client& client : clients) {
    if (client.requests != 0) told.in_a_session.record(client.requests);
  }
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
  return text;
}

}  // namespace baton::trace
