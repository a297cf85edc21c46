// What the console shows: views of records and of a summary, nothing that is not in them.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace baton::suite {

// One line about one trial, for progress.
std::string line_of(const nlohmann::json& record);

// A row per cell, cells grouped by workload: medians of clean trials with their intervals, the ratio to the
// baseline and what it means, the ledger of the cell's verification trial. Then resolution, warnings, and
// what is not valid.
std::string table_of(const nlohmann::json& summary);

}  // namespace baton::suite
