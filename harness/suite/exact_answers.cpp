#include "harness/suite/exact_answers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/suite/words.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

// What a term (prediction.hpp) is called, one and several.
struct TermName {
  std::string_view term, one, several;
};
constexpr std::array kTermNames = {
    TermName{"lock", "lock", "locks"},
    TermName{"exchange", "atomic exchange", "atomic exchanges"},
    TermName{"free_elsewhere", "free on another thread", "frees on another thread"},
    TermName{"copy", "byte copied", "bytes copied"},
    TermName{"line", "line from another thread", "lines from another thread"},
    TermName{"lines", "payload line from another thread", "payload lines from another thread"},
    TermName{"instruction", "instruction", "instructions"},
};
constexpr double kTooFew = 0.005;  // per request

std::string_view name_of(const std::string& term) {
  const auto* const found = std::ranges::find(kTermNames, term, &TermName::term);
  return found == kTermNames.end() ? std::string_view(term) : found->several;
}

std::string number(double count) {
  return fmt::format("{:.{}f}", count, count < 10 ? count == std::round(count) ? 0 : 1 : 0);
}

// "2 allocations fewer, 12 instructions of its own more".
std::string counted_text(const json& counted) {
  std::string text;
  for (const TermName& name : kTermNames) {
    const double more = counted.value(std::string(name.term), 0.0);
    if (std::fabs(more) < kTooFew) continue;
    const std::string count = number(std::fabs(more));
    text += fmt::format("{}{} {} {}", text.empty() ? "" : ", ", count, count == "1" ? name.one : name.several,
                        more > 0 ? "more" : "fewer");
  }
  return text.empty() ? "the same counts" : text;
}

const json* member(const json& said, const char* name) {
  const auto found = said.find(name);
  return found == said.end() || found->is_null() ? nullptr : &*found;
}

std::string foretold_text(const json& predicted) {
  return fmt::format("{:+.1f} % [{:.1f}, {:.1f}]", percent(predicted.at("ratio")),
                     percent(predicted.at("interval").at("low")),
                     percent(predicted.at("interval").at("high")));
}

}  // namespace

std::vector<std::string> exact_sentences(const std::vector<Placed>& compared) {
  std::vector<std::pair<double, std::string>> found;
  for (const Placed& one : compared) {
    const json& said = *one.said;
    const json* const counted = member(said, "counted");
    if (counted == nullptr || said.at("answer") != "undecided") continue;
    std::string text =
        fmt::format("{}: {} beside {}: {} [exact]", one.where, strategy_of(said.at("candidate")),
                    strategy_of(said.at("baseline")), counted_text(*counted));
    double size = 0;
    if (const json* const predicted = member(said, "predicted")) {
      text += fmt::format("; that would be {} here", foretold_text(*predicted));
      size = std::fabs(percent(predicted->at("ratio")));
      if (const json* const resolution = member(said, "resolution")) {
        const double least = std::max(percent(*resolution), percent(said.value("placement", json(1.0))));
        text += fmt::format(", and this run resolves {:.1f} %", least);
      }
    }
    found.emplace_back(size, text + ".");
  }
  std::ranges::stable_sort(found, std::greater<>{}, &std::pair<double, std::string>::first);
  std::vector<std::string> sentences;
  for (auto& [size, text] : found) sentences.push_back(std::move(text));
  return sentences;
}

std::string explained_sentence(const std::vector<Placed>& compared) {
  std::size_t decided = 0, explained = 0;
  const Placed* least = nullptr;
  double distance = 0;
  for (const Placed& one : compared) {
    const json* const predicted = member(*one.said, "predicted");
    if (predicted == nullptr || predicted->at("agrees").is_null() || one.said->at("answer") == "undecided")
      continue;
    ++decided;
    if (predicted->at("agrees") == json(true)) {
      ++explained;
      continue;
    }
    const double off =
        std::fabs(std::log(predicted->at("ratio").get<double>() / one.said->at("ratio").get<double>()));
    if (least == nullptr || off > distance) {
      least = &one;
      distance = off;
    }
  }
  if (decided == 0) return {};
  std::string text = fmt::format("Counts times costs explain {} of these {} ratios", explained, decided);
  if (least != nullptr) {
    const json& predicted = *member(*least->said, "predicted");
    text += fmt::format(", and least of all {}, {}: {:+.1f} % measured, {} foretold", least->where,
                        strategy_of(least->said->at("candidate")), percent(least->said->at("ratio")),
                        foretold_text(predicted));
    if (const json* const unexplained = member(predicted, "unexplained")) {
      text += fmt::format(" ({} at {:.1f} times their cost would explain it)",
                          name_of(unexplained->at("term").get<std::string>()),
                          unexplained->at("factor").get<double>());
    }
    text += "; no cause is claimed there";
  }
  return text + ".";
}

}  // namespace baton::suite
