// What a run's exact counts say on a terminal (answers.hpp): where time is open, and whether they explain
// what was measured.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace baton::suite {

// A comparison of a summary and the conditions it was made under, as sentences have them.
struct Placed {
  std::string where;
  const nlohmann::json* said = nullptr;
};

// A sentence for each that is open and has counts: what the candidate takes more and less of, what that would
// be here, and what the run resolves. The largest prediction first.
std::vector<std::string> exact_sentences(const std::vector<Placed>& compared);

// How many of the decided ratios counts times costs explain, and the one they explain least; empty without
// any.
std::string explained_sentence(const std::vector<Placed>& compared);

}  // namespace baton::suite
