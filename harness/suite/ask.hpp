// Questions of a team to a run: "is p99 of two_cache below 200 us at 4,000 requests/s?", answered yes, no or
// cannot tell.
//
//   [[question]]
//   ask = "Is p99 of two_cache below 400 us at 4,000 requests/s with every response handed off?"
//   strategy = "two_cache"
//   workload = "handoff_ratio"
//   where = { "load.rate" = 4000.0 }          # settings as in a suite; may be missing
//   needs = [
//     { metric = "intended_p99", at_most = "400us" },
//     { metric = "throughput", beside = "heap", at_least = 0.98 },   # a ratio
//     { counted = "locks", at_most = 0.01 },                         # a request, as the checked trial
//     counted
//   ]
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/evidence.hpp"
#include "harness/trial/setting.hpp"

namespace baton::suite {

struct Need {
  std::string metric;
  std::string counted;                      // or instead, of the ledger (strategies/ledger.hpp): per request
  std::string beside;                       // a strategy: of the ratio to it; empty: of the figure itself
  std::optional<double> at_least, at_most;  // in the metric's unit, or a ratio
  std::string bound;                        // as it was written: "at most 400us"
};

using Where = std::pair<const trial::Setting*, trial::Value>;

struct AskedQuestion {
  std::string ask, strategy, workload;
  std::vector<Where> where;
  std::vector<Need> needs;
  std::string place;  // "FILE:LINE"
};

// Throws BadInput that names file and line, what was given and what is valid.
std::vector<AskedQuestion> read_questions(const std::filesystem::path& file);

// "400us", "8 MiB", "1.5k"; of a metric in that unit (ns, us, bytes, requests/s). Throws BadInput ("is ...;
// valid is ...").
double amount_in(std::string_view unit, std::string_view text);

// For each question {"question", "answer": "yes", "no" or "cannot tell", "because", "needs": [...]}. A figure
// answers by the interval of its median (of three or four trials by a wide one, from their range), a ratio by
// the one that is corrected for all comparisons; in two regimes both have to say so, unless one was met by
// the way. Throws BadInput for a question that no cell of the run, or more than one, is meant by, and for a
// ratio that was not compared.
nlohmann::json answer_questions(const std::vector<AskedQuestion>& questions, const Evidence& evidence,
                                const nlohmann::json& summary);

// Whether all needs are met in a cell: {"answer", "because", "needs"}, as above; a ratio that was not
// compared cannot tell.
nlohmann::json answer_of(const std::vector<Need>& needs, const CellEvidence& meant,
                         const nlohmann::json& summary);

bool is_where(const std::vector<Where>& where, const trial::TrialConfig& config);
// Of "section.key" and a value as on the command line. Throws BadInput ("unknown setting ...", "is ...").
Where where_from(const std::string& name, std::string_view value);

// "yes: Is ...? because ..." a line each.
std::string questions_text(const nlohmann::json& answers);

// 0: every answer is yes. 1: one is no. 3: none is no, and one cannot be told.
int exit_code_of(const nlohmann::json& answers);

}  // namespace baton::suite
