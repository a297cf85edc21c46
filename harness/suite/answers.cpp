#include "harness/suite/answers.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/suite/exact_answers.hpp"
#include "harness/suite/expectations.hpp"
#include "harness/suite/words.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

constexpr std::string_view kMetric = "throughput";
constexpr std::size_t kMostOfExact = 7;      // lines
constexpr std::size_t kMostOfExplained = 4;  // likewise
constexpr std::size_t kMostOfOpen = 4;       // likewise
constexpr std::size_t kMostOfWarnings = 4;   // likewise
constexpr std::size_t kMostOfExpectations = 4;

using Lines = std::vector<std::string>;

// A sentence: begins with a capital, breaks at spaces, and what follows the first line is indented.
void wrap(std::string sentence, Lines& lines) {
  sentence = capitalised(std::move(sentence));
  std::string_view text = sentence;
  constexpr std::string_view kIndent = "    ";
  std::string line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.size() + 1 + word.size() > kAnswerColumns) {
      lines.push_back(line);
      line = kIndent;
      line += word;
    } else {
      line += line.empty() || line == kIndent ? "" : " ";
      line += word;
    }
    if (line.size() > kAnswerColumns) line.resize(kAnswerColumns);  // one word as long as that
  }
  if (!line.empty()) lines.push_back(line);
}

// Comparisons that one sentence tells: the same conditions and the same answer.
struct Told {
  std::string where;
  std::string answer;
  std::string baseline;
  std::vector<const json*> members;
  double sure = 0;
};

std::string sentence(const Told& told) {
  std::string text = told.where + ": ";
  if (told.answer == "no difference") {
    double within = 0;
    for (const json* one : told.members) {
      within = std::max({within, percent(one->at("resolution")), percent(one->value("margin", json(1.0))),
                         percent(one->value("placement", json(1.0)))});
    }
    text += fmt::format("the same as {} within {:.1f} %: ", told.baseline, within);
  } else {
    text += fmt::format("{} requests/s than {}: ", told.answer == "better" ? "more" : "fewer", told.baseline);
  }
  for (std::size_t i = 0; i < told.members.size(); ++i) {
    const json& one = *told.members[i];
    text += (i == 0 ? "" : ", ") +
            (told.answer == "no difference" ? strategy_of(one.at("candidate")) : finding_text(one));
  }
  return text + ".";
}

// Of `sentences` as many as `most` lines hold, whole ones. Returns how many are left out.
std::size_t add_sentences(const std::vector<std::string>& sentences, std::size_t most, Lines& lines) {
  const std::size_t end = lines.size() + most;
  std::size_t told = 0;
  for (; told < sentences.size(); ++told) {
    Lines own;
    wrap(sentences[told], own);
    const std::size_t for_the_rest = told + 1 < sentences.size() ? 1 : 0;  // how many there are
    if (lines.size() + own.size() + for_the_rest > end) break;
    lines.insert(lines.end(), own.begin(), own.end());
  }
  return sentences.size() - told;
}

void add_answers(std::vector<Told>& told, std::size_t most, Lines& lines) {
  std::erase_if(told, [](const Told& one) { return one.answer == "undecided"; });
  std::ranges::stable_sort(told, std::greater<>{}, &Told::sure);
  std::vector<std::string> sentences;
  for (const Told& one : told) sentences.push_back(sentence(one));
  const std::size_t left_out = add_sentences(sentences, most, lines);
  if (told.empty()) lines.emplace_back("Nothing could be told apart or called equal.");
  if (left_out != 0)
    lines.push_back(fmt::format("... and {} sentences more of that kind, less sure.", left_out));
}

// Where time is open, what the counts say; and whether they explain what was decided.
void add_exact(const std::vector<Placed>& compared, Lines& lines) {
  const std::size_t left_out = add_sentences(exact_sentences(compared), kMostOfExact, lines);
  if (left_out != 0)
    lines.push_back(fmt::format("... and {} more of the open ratios have such counts.", left_out));
  Lines own;
  wrap(explained_sentence(compared), own);
  if (own.size() > kMostOfExplained) own.resize(kMostOfExplained);
  lines.insert(lines.end(), own.begin(), own.end());
}

void add_open(const std::vector<Told>& told, std::size_t asked, std::size_t most_rounds, Lines& lines) {
  std::size_t open = 0;
  std::size_t least = 0, most = 0, unknown = 0;
  std::string where;
  for (const Told& one : told) {
    if (one.answer != "undecided") continue;
    where += fmt::format("{}{} ({})", where.empty() ? "" : ", ", one.where, one.members.size());
    for (const json* said : one.members) {
      ++open;
      const json& needed = said->at("rounds_needed");
      if (needed.is_null()) {
        ++unknown;
        continue;
      }
      const auto rounds = needed.get<std::size_t>();
      least = least == 0 ? rounds : std::min(least, rounds);
      most = std::max(most, rounds);
    }
  }
  if (open == 0) return;
  std::string text = fmt::format("Open: {} of {} ratios, of {}. ", open, asked, where);
  if (most != 0) {
    text += fmt::format("Deciding them takes {} rounds in all, where this run had up to {}",
                        least == most ? std::to_string(least) : fmt::format("{} to {}", least, most),
                        most_rounds);
    text += unknown == 0 ? "." : fmt::format("; of {} nobody can say.", unknown);
  }
  Lines own;
  wrap(text, own);
  if (own.size() > kMostOfOpen) {
    own.resize(kMostOfOpen);
    own.back().resize(std::min(own.back().size(), kAnswerColumns - 4));
    own.back() += " ...";
  }
  lines.insert(lines.end(), own.begin(), own.end());
}

void add_expectations(const json& summary, Lines& lines) {
  Lines own;
  for (const std::string& sentence : sentences_of(summary.value("expectations", json::array())))
    wrap(sentence, own);
  if (own.size() > kMostOfExpectations) {
    own.resize(kMostOfExpectations - 1);
    own.emplace_back("... and more of these, in summary.json and the report.");
  }
  lines.insert(lines.end(), own.begin(), own.end());
}

void add_warnings(const json& summary, Lines& lines) {
  Lines own;
  for (const json& warning : summary.at("warnings"))
    wrap("Warning: " + warning.get<std::string>() + ".", own);
  if (const std::size_t invalid = summary.at("invalid").size(); invalid != 0) {
    const json& first = summary.at("invalid").front();
    wrap(fmt::format("NOT VALID: {}: {}", first.at("cell_id").get<std::string>(),
                     first.at("reasons").front().get<std::string>()),
         own);
  }
  if (own.size() > kMostOfWarnings) {
    const std::size_t more = own.size() - kMostOfWarnings + 1;
    own.resize(kMostOfWarnings - 1);
    own.push_back(fmt::format("... and {} lines more of warnings.", more));
  }
  lines.insert(lines.end(), own.begin(), own.end());
}

// What A/A pairs leave open in both of the times that were taken, and which of the two resolves better where.
std::string resolution_text(const json& summary) {
  using Pair = std::pair<std::string, std::string>;
  const auto of = [&](std::string_view metric) {
    std::map<Pair, double> open;
    for (const json& one : summary.at("resolution")) {
      if (one.at("metric") == metric)
        open[Pair(one.at("cell_id"), one.at("regime"))] = percent(one.at("ratio"));
    }
    return open;
  };
  const std::map<Pair, double> wall = of(kMetric), cpu = of("cpu");
  if (wall.empty()) return {};
  const auto by_width = [](const auto& one, const auto& other) { return one.second < other.second; };
  const auto range = [&](const std::map<Pair, double>& open) {
    const auto [least, most] = std::ranges::minmax_element(open, by_width);
    return fmt::format("{:.1f} to {:.1f} %", least->second, most->second);
  };
  double placement = 1;
  for (const json& one : summary.at("comparisons")) {
    if (one.at("metric") == kMetric) placement = std::max(placement, one.value("placement", 1.0));
  }
  const std::string at_least =
      placement > 1 ? fmt::format(", nor is less than {:.1f} %", percent(placement)) : std::string();
  std::string text = fmt::format("Equal cells under two names (A/A) leave {} open; less is called nothing{}.",
                                 range(wall), at_least);
  std::size_t both = 0, better = 0;
  for (const auto& [pair, open] : wall) {
    const auto other = cpu.find(pair);
    if (other == cpu.end()) continue;
    ++both;
    if (other->second < open) ++better;
  }
  if (both == 0) return text;
  text += fmt::format(" In CPU time it is {}, less in {} of {}", range(cpu), better, both);
  return text + ".";
}

}  // namespace

std::string answers_of(const json& summary, std::string_view directory) {
  Lines lines{"Who should own a connection's read buffer while it passes between threads?"};
  const json& baselines = summary.at("baselines");
  std::map<std::tuple<std::string, std::string>, std::size_t> index;
  std::vector<Told> told;
  std::vector<Placed> compared;
  std::size_t asked = 0, most_rounds = 0;
  std::map<std::string, std::string> conditions;
  for (const json& cell : summary.at("cells")) conditions[cell.at("cell_id")] = cell.at("conditions");
  for (const json& said : summary.at("comparisons")) {
    if (said.at("metric") != kMetric || baselines.empty() || said.at("axis") != baselines.front().at("axis"))
      continue;
    ++asked;
    most_rounds = std::max(most_rounds, said.at("rounds").get<std::size_t>());
    std::string where = conditions.at(said.at("baseline"));
    if (summary.at("regimes").size() > 1)
      where += fmt::format(", cores {}", said.at("regime").get<std::string>());
    if (said.at("oversubscribed").get<bool>()) where += ", oversubscribed";
    compared.push_back({.where = where, .said = &said});
    const auto [found, added] =
        index.emplace(std::tuple(where, said.at("answer").get<std::string>()), told.size());
    if (added)
      told.push_back({.where = where,
                      .answer = said.at("answer"),
                      .baseline = strategy_of(said.at("baseline")),
                      .members = {},
                      .sure = 0});
    Told& group = told[found->second];
    group.members.push_back(&said);
    if (!said.at("ratio").is_null()) group.sure = std::max(group.sure, sureness_of(said));
  }
  if (asked == 0) lines.emplace_back("Nothing was compared: one cell, or no baseline among them.");
  Lines rest;
  add_open(told, asked, most_rounds, rest);
  add_exact(compared, rest);
  if (const std::string text = resolution_text(summary); !text.empty()) wrap(text, rest);
  add_expectations(summary, rest);
  add_warnings(summary, rest);
  rest.emplace_back("In brackets: 95 % for all such ratios together. Every figure:");
  rest.push_back(fmt::format("baton summarize {} --table", directory));
  if (asked != 0) add_answers(told, kAnswerLines - lines.size() - rest.size(), lines);
  lines.insert(lines.end(), rest.begin(), rest.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace baton::suite
