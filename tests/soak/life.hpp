// One life of a live pipeline: started, sent random faults from both sides while its buffers change size,
// stopped.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/pipeline/counters.hpp"
#include "harness/trial/instance.hpp"
#include "tests/soak/client.hpp"

namespace baton::soak {

struct LifeResult {
  ClientCounts clients;
  pipeline::Totals totals;
  std::uint64_t resizes = 0;
  std::vector<std::string> faults;  // what must not be, one sentence each
};

// Everything random follows from `seed`, but for what the scheduler does. `checked`: under the contract's
// checks, which abort with a sentence. `upstream` obeys the query of load::Origin; one life in four has an
// origin of its own instead, which speaks nonsense.
LifeResult live(const trial::Instance& strategy, const net::Address& upstream, std::uint64_t seed,
                bool checked, std::uint32_t milliseconds);

}  // namespace baton::soak
