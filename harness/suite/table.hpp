// What the console shows of records: a view, nothing that is not in them.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace baton::suite {

// One line about one trial, for progress.
std::string line_of(const nlohmann::json& record);

// A row per cell, cells grouped by workload: medians over the valid timed trials (and their range), the
// ledger of the cell's verification trial; then a line for each trial that is not valid.
std::string table(const std::vector<nlohmann::json>& records);

}  // namespace baton::suite
