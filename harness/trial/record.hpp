// A trial's record, as results/schema.json describes it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "harness/trial/outcome.hpp"
#include "harness/trial/trial.hpp"

namespace baton::trial {

inline constexpr int kSchemaVersion = 2;

// With so many decimal digits: all seventeen of a number that stands in a column are more than was measured.
double to_digits(double value, int digits);

// Now in UTC, RFC 3339 with milliseconds.
std::string timestamp();

nlohmann::json make_record(const TrialSpec& spec, const std::string& started_at, const Outcome& outcome);

}  // namespace baton::trial
