// What `baton serve` prints about a pipeline.
#pragma once

#include <cstdint>

#include "harness/pipeline/counters.hpp"
#include "harness/pipeline/tcp_transport.hpp"
#include "strategies/ledger.hpp"
#include "strategies/parameters.hpp"

namespace baton::cli {

void print_totals(const pipeline::Totals& totals, const pipeline::TcpTransport& transport);
void print_ledger(const Ledger& ledger, std::uint64_t requests);
void print_footprint(const Footprint& footprint);
// Of a drained pipeline: nothing may be in use. False if the sums differ.
bool print_conservation(const Footprint& footprint);

}  // namespace baton::cli
