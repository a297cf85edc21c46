// A pipeline over connections in memory, run for a number of requests.
#pragma once

#include <cstdint>
#include <string_view>

#include "harness/load/memory_script.hpp"
#include "harness/pipeline/counters.hpp"
#include "harness/pipeline/settings.hpp"

namespace baton::pipeline {

struct MemoryOutcome {
  std::uint64_t completed = 0;
  std::uint64_t wrong = 0;
  std::uint64_t failed = 0;
  std::uint64_t hung_up = 0;
  std::uint64_t hit = 0;
  std::uint64_t recovered = 0;
  Totals totals;
};

// Runs until the workers have counted `requests`, drains, and expects that every buffer came back.
MemoryOutcome run_in_memory(std::string_view strategy, const Settings& settings,
                            const load::MemoryScript& script, std::uint64_t requests);

}  // namespace baton::pipeline
