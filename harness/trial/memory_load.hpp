// A trial's configuration as the script of its in-memory clients and origin, and what they saw.
#pragma once

#include "harness/load/memory_script.hpp"
#include "harness/trial/config.hpp"
#include "harness/trial/memory_transport.hpp"
#include "harness/trial/outcome.hpp"

namespace baton::trial {

load::MemoryScript memory_script(const TrialConfig& config);
// After the workers have ended.
void take_clients(MemoryTransport& transport, Outcome& outcome);

}  // namespace baton::trial
