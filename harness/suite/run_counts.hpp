// Exact counts of a run's cells (counts.hpp), in its counts.json: what the answers rest on that time cannot
// tell.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/plan.hpp"

namespace baton::suite {

// Cells of which something is counted: connections in memory, requests as fast as they go, asked for their
// throughput. Not second names.
std::vector<PlannedCell> cells_to_count(const Plan& plan);

// `cells`: by cell_id, a member of counts.json's (results/counts-schema.json) `strategies`. What could not be
// counted is under `not_counted`, with why. As many at a time as there are CPUs, so nothing is to be timed
// meanwhile. Throws BadInput where nothing can be counted (no valgrind). `stop` is asked before each.
nlohmann::json count_cells(const std::vector<PlannedCell>& cells, const std::function<bool()>& stop);

}  // namespace baton::suite
