#include "harness/suite/suite_file.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "harness/trial/bad_input.hpp"
#include "harness/trial/check.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::suite {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 5> kKeys = {"name", "title", "trials", "seed", "cells"};
constexpr std::array<std::string_view, 5> kCellKeys = {"strategies", "exclude", "workloads", "allocators",
                                                       "set"};

class Reader {
 public:
  Reader(const fs::path& file, const std::vector<trial::Workload>& workloads)
      : file_(file), workloads_(workloads) {}

  RunRequest read() {
    toml::table table;
    try {
      table = toml::parse_file(file_.string());
    } catch (const toml::parse_error& error) {
      throw BadInput(
          fmt::format("{}:{}: {}", file_.string(), error.source().begin.line, error.description()));
    }
    refuse_unknown(table, "key", kKeys);
    RunRequest request;
    request.suite = table["name"].value_or<std::string>("");
    if (request.suite != file_.stem().string()) {
      fail(table["name"].node(),
           fmt::format("name is \"{}\"; valid is \"{}\", as the file", request.suite, file_.stem().string()));
    }
    if (table["title"].value_or<std::string>("").empty()) {
      fail(table["title"].node(), "title is missing; one line that says what the suite answers");
    }
    request.trials = static_cast<std::uint32_t>(integer(table, "trials", 3, 1, 10'000));
    request.seed =
        static_cast<std::uint64_t>(integer(table, "seed", 1, 0, std::numeric_limits<std::int64_t>::max()));
    const toml::array* blocks = table["cells"].as_array();
    if (blocks == nullptr || blocks->empty()) {
      fail(table["cells"].node(), "there are no cells; valid is at least one [[cells]]");
    }
    for (const toml::node& block : *blocks) {
      if (block.as_table() == nullptr) {
        fail(&block, "cells are tables; write [[cells]] and their keys below it");
      }
      read_block(*block.as_table(), request.cells);
    }
    return request;
  }

 private:
  [[noreturn]] void fail(const toml::node* node, const std::string& what) const {
    throw BadInput(node == nullptr
                       ? fmt::format("{}: {}", file_.string(), what)
                       : fmt::format("{}:{}: {}", file_.string(), node->source().begin.line, what));
  }
  void refuse_unknown(const toml::table& table, std::string_view kind,
                      std::span<const std::string_view> valid) const {
    for (const auto& [key, node] : table) {
      if (std::ranges::find(valid, key.str()) == valid.end()) {
        fail(&node, unknown_name(kind, key.str(), valid));
      }
    }
  }
  std::int64_t integer(const toml::table& table, std::string_view key, std::int64_t otherwise,
                       std::int64_t least, std::int64_t most) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      return otherwise;
    }
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < least || *value > most) {
      fail(node, fmt::format("{} is not valid; valid is a whole number from {} to {}", key, least, most));
    }
    return *value;
  }
  std::vector<std::string> names(const toml::table& table, std::string_view key) const {
    std::vector<std::string> list;
    const toml::node* node = table.get(key);
    if (node == nullptr) {
      return list;
    }
    const toml::array* array = node->as_array();
    if (array == nullptr) {
      fail(node, fmt::format("{} is not a list of names; write {} = [\"...\"]", key, key));
    }
    for (const toml::node& element : *array) {
      const auto name = element.value_exact<std::string>();
      if (!name) {
        fail(&element, fmt::format("{} is a list of names in quotes", key));
      }
      list.push_back(*name);
    }
    return list;
  }

  void read_block(const toml::table& block, std::vector<trial::TrialConfig>& cells) const {
    refuse_unknown(block, "key of [[cells]]", kCellKeys);
    std::vector<trial::Workload> workloads;
    for (const std::string& name : names(block, "workloads")) {
      try {
        workloads.push_back(trial::find_workload(workloads_, name));
      } catch (const BadInput& error) {
        fail(block.get("workloads"), error.what());
      }
    }
    const std::vector<std::string> strategies = strategies_of(block);
    if (workloads.empty() || strategies.empty()) {
      fail(&block, "[[cells]] needs strategies and workloads");
    }
    try {
      for (trial::TrialConfig& cell : make_cells(strategies, workloads, axes_of(block))) {
        cells.push_back(std::move(cell));
      }
    } catch (const BadInput& error) {
      fail(&block, error.what());
    }
  }

  std::vector<std::string> strategies_of(const toml::table& block) const {
    std::vector<std::string_view> valid = {"all"};
    for (const trial::Instance& instance : trial::instances()) {
      valid.push_back(instance.name());
    }
    std::vector<std::string> chosen;
    for (const std::string& name : names(block, "strategies")) {
      if (std::ranges::find(valid, name) == valid.end()) {
        fail(block.get("strategies"), unknown_name("strategy", name, valid));
      }
      if (name == "all") {
        chosen.assign(valid.begin() + 1, valid.end());
      } else {
        chosen.push_back(name);
      }
    }
    for (const std::string& name : names(block, "exclude")) {
      if (std::ranges::find(valid, name) == valid.end() || name == "all") {
        fail(block.get("exclude"), unknown_name("strategy", name, std::span(valid).subspan(1)));
      }
      std::erase(chosen, name);
    }
    return chosen;
  }

  std::vector<Axis> axes_of(const toml::table& block) const {
    std::vector<Axis> axes;
    if (const toml::node* allocators = block.get("allocators")) {
      if (allocators->as_array() == nullptr) {
        fail(allocators, "allocators is not a list of names; write allocators = [\"...\"]");
      }
      axes.push_back(axis_of("process.allocator", *allocators));
    }
    const toml::node* node = block.get("set");
    if (node == nullptr) {
      return axes;
    }
    const toml::table* table = node->as_table();
    if (table == nullptr) {
      fail(node, "set is a table: \"section.key\" = value, or a list of values");
    }
    for (const auto& [key, value] : *table) {
      axes.push_back(axis_of(key.str(), value));
    }
    return axes;
  }

  Axis axis_of(std::string_view name, const toml::node& node) const {
    const trial::Setting* setting = nullptr;
    std::vector<std::string> valid;
    for (const trial::Setting& candidate : trial::settings()) {
      valid.push_back(fmt::format("{}.{}", candidate.section, candidate.key));
      if (valid.back() == name) {
        setting = &candidate;
      }
    }
    if (setting == nullptr) {
      const std::vector<std::string_view> views(valid.begin(), valid.end());
      fail(&node, unknown_name("setting", name, views));
    }
    Axis axis{.setting = setting, .values = {}};
    try {
      if (const toml::array* list = node.as_array()) {
        for (const toml::node& element : *list) {
          axis.values.push_back(trial::parse_value(*setting, text_of(element)));
        }
      } else {
        axis.values.push_back(trial::parse_value(*setting, text_of(node)));
      }
      trial::TrialConfig scratch;
      for (const trial::Value& value : axis.values) {
        accept(*setting, scratch, value);  // here its line is known
      }
    } catch (const BadInput& error) {
      fail(&node, fmt::format("{} {}", name, error.what()));
    }
    if (axis.values.empty()) {
      fail(&node, fmt::format("{} has no values", name));
    }
    return axis;
  }

  // As on the command line, so that there is one reader of values; a list inside a list is joined by '+'.
  std::string text_of(const toml::node& node) const {
    if (const auto boolean = node.value_exact<bool>()) {
      return *boolean ? "true" : "false";
    }
    if (const auto integer = node.value_exact<std::int64_t>()) {
      return fmt::format("{}", *integer);
    }
    if (const auto real = node.value_exact<double>()) {
      return fmt::format("{}", *real);
    }
    if (const auto word = node.value_exact<std::string>()) {
      return *word;
    }
    if (const toml::array* list = node.as_array()) {
      std::string joined;
      for (const toml::node& element : *list) {
        joined.append(joined.empty() ? "" : "+").append(text_of(element));
      }
      return joined;
    }
    fail(&node, "is neither a number, a word, true or false, nor a list of those");
  }

  const fs::path& file_;
  const std::vector<trial::Workload>& workloads_;
};

}  // namespace

std::vector<trial::TrialConfig> make_cells(const std::vector<std::string>& strategies,
                                           const std::vector<trial::Workload>& workloads,
                                           const std::vector<Axis>& axes) {
  std::vector<trial::TrialConfig> cells;
  for (const trial::Workload& workload : workloads) {
    std::vector<trial::TrialConfig> variants = {workload.config};
    for (const Axis& axis : axes) {
      std::vector<trial::TrialConfig> more;
      for (const trial::TrialConfig& variant : variants) {
        for (const trial::Value& value : axis.values) {
          more.push_back(variant);
          trial::accept(*axis.setting, more.back(), value);
        }
      }
      variants = std::move(more);
    }
    for (trial::TrialConfig& variant : variants) {
      for (const std::string& strategy : strategies) {
        variant.strategy = strategy;
        trial::check(variant);
        cells.push_back(variant);
      }
    }
  }
  return cells;
}

RunRequest read_suite(const fs::path& file, const std::vector<trial::Workload>& workloads) {
  if (!fs::exists(file)) {
    throw BadInput(fmt::format("{}: there is no such file; suites lie in workloads/suites", file.string()));
  }
  return Reader(file, workloads).read();
}

}  // namespace baton::suite
