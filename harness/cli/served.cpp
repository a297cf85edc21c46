#include "harness/cli/served.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace baton::cli {

void print_totals(const pipeline::Totals& totals, const pipeline::TcpTransport& transport) {
  const std::pair<std::string_view, std::uint64_t> rows[] = {
      {"requests", totals.requests},
      {"body bytes sent", totals.body_bytes},
      {"error answers", totals.error_answers},
      {"answers cut off by the origin", totals.broken_answers},
      {"clients that hung up", totals.client_hangups},
      {"buffers exhausted", totals.exhausted},
      {"refused without a worker", transport.refused.load(std::memory_order_relaxed)},  // a count
      {"accepting failed", transport.accept_failures.load(std::memory_order_relaxed)},  // likewise
      {"handoffs offered", totals.handoffs_offered},
      {"handoffs taken", totals.handoffs_taken},
      {"handoffs refused", totals.handoffs_refused},
      {"handoffs returned", totals.handoffs_returned},
      {"hops", totals.hops},
      {"requests sent again", totals.retries},
      {"origin connections opened", totals.connects},
      {"ties", totals.ties},
      {"tie time, us", totals.tie_ns / 1000},
  };
  for (const auto& [name, count] : rows) {
    fmt::print("{:<30} {:>15}\n", name, count);
  }
}

void print_ledger(const Ledger& ledger, std::uint64_t requests) {
  fmt::print("{:<30} {:>15} {:>15}\n", "ledger", "count", "per request");
  for (const LedgerField& field : kLedgerFields) {
    const std::uint64_t count = ledger.*field.count;
    const std::string per_request =
        requests == 0 ? "-"
                      : fmt::format("{:.3f}", static_cast<double>(count) / static_cast<double>(requests));
    fmt::print("{:<30} {:>15} {:>15}\n", field.name, count, per_request);
  }
}

void print_footprint(const Footprint& footprint) {
  const std::pair<std::string_view, Holding> rows[] = {
      {"created", footprint.created},        {"destroyed", footprint.destroyed},
      {"with workers", footprint.supplies},  {"on shared lists", footprint.shared},
      {"with sessions", footprint.sessions}, {"in transfer", footprint.in_transfer},
  };
  fmt::print("{:<30} {:>15} {:>15}\n", "footprint", "buffers", "bytes");
  for (const auto& [holder, holding] : rows) {
    fmt::print("{:<30} {:>15} {:>15}\n", holder, holding.buffers, holding.bytes);
  }
}

bool print_conservation(const Footprint& footprint) {
  const Holding alive = footprint.alive();
  const Holding parked = footprint.parked();
  if (footprint.conserved(0)) {
    fmt::print("conservation held\n");
    return true;
  }
  fmt::print(
      "conservation VIOLATED: {} buffers and {} bytes are alive, {} buffers and {} bytes are accounted for\n",
      alive.buffers, alive.bytes, parked.buffers, parked.bytes);
  return false;
}

}  // namespace baton::cli
