// A comparison as the console shows it.
#include <fmt/format.h>

#include "harness/suite/compare.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

std::string percent(const json& ratio) { return fmt::format("{:+.1f}", (ratio.get<double>() - 1) * 100); }

std::string interval_text(const json& entry) {
  if (entry.is_null()) return "-";
  return fmt::format("{} % [{}, {}]", percent(entry.at("ratio")), percent(entry.at("low")),
                     percent(entry.at("high")));
}

// With the interval that the answer was made from: corrected for the number of comparisons.
std::string decided_text(const json& one, const char* by) {
  if (one.at("decided_by") != by || !one.contains("simultaneous") || one.at(by).is_null())
    return interval_text(one.at(by));
  return fmt::format("{} % [{}, {}]", percent(one.at(by).at("ratio")),
                     percent(one.at("simultaneous").at("low")), percent(one.at("simultaneous").at("high")));
}

std::string answer_text(const json& one) {
  if (one.at("answer").is_null()) return "(moves with the machine; --absolute decides by it)";
  const std::string answer = one.at("answer");
  return one.at("regression").get<bool>() ? "REGRESSION" : answer;
}

}  // namespace

std::string text_of(const json& comparison) {
  std::string text;
  if (comparison.at("differences").empty()) text += "Environment, build and configuration: no difference.\n";
  for (const json& one : comparison.at("differences")) {
    text += fmt::format("{} differs: {}: {} -> {}\n", one.at("where").get<std::string>(),
                        one.at("what").get<std::string>(), one.at("old").dump(), one.at("new").dump());
  }
  for (const auto& [key, name] : {std::pair("only_in_old", "old"), std::pair("only_in_new", "new")}) {
    for (const json& cell : comparison.at(key)) {
      text += fmt::format("only in the {} run: {}\n", name, cell.get<std::string>());
    }
  }
  for (const json& warning : comparison.at("warnings"))
    text += fmt::format("Warning: {}.\n", warning.get<std::string>());
  std::string metric;
  for (const json& one : comparison.at("comparisons")) {
    if (const std::string name = one.at("metric"); name != metric) {
      metric = name;
      text += fmt::format("\n{}\n{:<48} {:>6} {:>27} {:>27}  {}\n", metric, "cell", "rounds", "new / old",
                          "beside the baseline's", "answer");
    }
    text += fmt::format("{:<48} {:>6} {:>27} {:>27}  {}\n", one.at("cell_id").get<std::string>(),
                        one.at("rounds").get<std::size_t>(), decided_text(one, "absolute"),
                        decided_text(one, "relative"), answer_text(one));
  }
  const double threshold = comparison.at("threshold").get<double>() * 100;
  const auto regressions = comparison.at("regressions").get<std::size_t>();
  const auto undecided = comparison.at("undecided").get<std::size_t>();
  if (regressions != 0) {
    text += fmt::format("\n{} regressions beyond {:.3g} %", regressions, threshold);
  } else {
    text += fmt::format("\nno regression beyond {:.3g} % was found", threshold);
  }
  if (undecided != 0)
    text += fmt::format("; {} comparisons are undecided: more rounds would tell", undecided);
  return text + "\n";
}

}  // namespace baton::suite
