// A comparison as the console shows it.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// What is different besides the figures, a line each.
std::vector<std::string> remarks_of(const json& comparison) {
  std::vector<std::string> lines;
  if (comparison.at("differences").empty())
    lines.emplace_back("Environment, build and configuration: no difference.");
  for (const json& one : comparison.at("differences")) {
    lines.push_back(fmt::format("{} differs: {}: {} -> {}", one.at("where").get<std::string>(),
                                one.at("what").get<std::string>(), one.at("old").dump(),
                                one.at("new").dump()));
  }
  for (const auto& [key, name] : {std::pair("only_in_old", "old"), std::pair("only_in_new", "new")}) {
    for (const json& cell : comparison.at(key))
      lines.push_back(fmt::format("only in the {} run: {}", name, cell.get<std::string>()));
  }
  for (const json& warning : comparison.at("warnings"))
    lines.push_back(fmt::format("Warning: {}.", warning.get<std::string>()));
  return lines;
}

std::string outcome_of(const json& comparison) {
  const double threshold = comparison.at("threshold").get<double>() * 100;
  const auto regressions = comparison.at("regressions").get<std::size_t>();
  const auto undecided = comparison.at("undecided").get<std::size_t>();
  std::string text = regressions != 0 ? fmt::format("{} regressions beyond {:.3g} %", regressions, threshold)
                                      : fmt::format("no regression beyond {:.3g} % was found", threshold);
  if (undecided != 0)
    text += fmt::format("; {} comparisons are undecided: more rounds would tell", undecided);
  return text;
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += letter;
    }
  }
  return safe;
}

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;color:#1d1d1f;background:#fff;max-width:76rem;margin:0 "
    "auto;padding:1rem}h1{font-size:1.3rem;overflow-wrap:anywhere}h2{font-size:1.1rem}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums}"
    "th,td{padding:.25rem .6rem;text-align:right;border-bottom:1px solid "
    "#d9dbe0;white-space:nowrap}th:first-child{text-align:left}.bad{color:#a3320b;font-weight:700}.good{"
    "color:#0b6b3a}li{overflow-wrap:anywhere}";

}  // namespace

std::string text_of(const json& comparison) {
  std::string text;
  for (const std::string& line : remarks_of(comparison)) text += line + "\n";
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
  return text + "\n" + outcome_of(comparison) + "\n";
}

std::string markdown_of(const json& comparison) {
  std::string text = fmt::format(
      "### Baton: {} beside {}\n\n**{}.**\n", comparison.at("new").at("directory").get<std::string>(),
      comparison.at("old").at("directory").get<std::string>(), outcome_of(comparison));
  for (const std::string& line : remarks_of(comparison)) text += fmt::format("\n- {}", line);
  text += "\n";
  std::string metric;
  for (const json& one : comparison.at("comparisons")) {
    if (const std::string name = one.at("metric"); name != metric) {
      metric = name;
      text += fmt::format(
          "\n| {} | rounds | new / old | beside the baseline's | answer |\n|---|---|---|---|---|\n", metric);
    }
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", one.at("cell_id").get<std::string>(),
                        one.at("rounds").get<std::size_t>(), decided_text(one, "absolute"),
                        decided_text(one, "relative"),
                        one.at("regression").get<bool>() ? "**REGRESSION**" : answer_text(one));
  }
  return text;
}

std::string html_of(const json& comparison) {
  const std::string title =
      fmt::format("{} beside {}", escaped(comparison.at("new").at("directory").get<std::string>()),
                  escaped(comparison.at("old").at("directory").get<std::string>()));
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n"
      "<title>Baton: {}</title>\n<link rel=\"icon\" "
      "href=\"data:,\">\n<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n<p "
      "class=\"{}\"><strong>{}.</strong></p>\n",
      title, kStyle, title, comparison.at("regressions") == 0 ? "good" : "bad",
      escaped(outcome_of(comparison)));
  if (const std::vector<std::string> remarks = remarks_of(comparison); !remarks.empty()) {
    text += "<h2>Differences and warnings</h2>\n<ul>\n";
    for (const std::string& line : remarks) text += fmt::format("<li>{}</li>\n", escaped(line));
    text += "</ul>\n";
  }
  std::string metric;
  for (const json& one : comparison.at("comparisons")) {
    if (const std::string name = one.at("metric"); name != metric) {
      text += metric.empty() ? "" : "</tbody></table></div>\n";
      metric = name;
      text += fmt::format(
          "<h2>{0}</h2>\n<div class=\"wide\" role=\"region\" aria-label=\"{0}\" "
          "tabindex=\"0\"><table><thead><tr><th scope=\"col\">cell</th><th scope=\"col\">rounds</th><th "
          "scope=\"col\">new / old</th><th scope=\"col\">beside the baseline's</th><th "
          "scope=\"col\">answer</th></tr></thead>\n<tbody>\n",
          escaped(metric));
    }
    text += fmt::format(
        "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td class=\"{}\">{}</td></tr>\n",
        escaped(one.at("cell_id").get<std::string>()), one.at("rounds").get<std::size_t>(),
        decided_text(one, "absolute"), decided_text(one, "relative"),
        one.at("regression").get<bool>() ? "bad" : "", escaped(answer_text(one)));
  }
  text += metric.empty() ? "" : "</tbody></table></div>\n";
  return text +
         "<p>In brackets: intervals that hold the truth for all comparisons of one metric together. A "
         "machine drifts between two runs, so a cell is compared by its ratio to the "
         "baseline of its own run, where there is one.</p>\n</body>\n</html>\n";
}

}  // namespace baton::suite
