#include "harness/suite/suite_file.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "harness/suite/metrics.hpp"
#include "harness/suite/strategy_names.hpp"
#include "harness/suite/toml_reader.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::suite {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 15> kKeys = {
    "name",    "title",    "counts", "trials",    "seed",       "budget_s", "patience_s", "again",
    "include", "baseline", "set",    "precision", "quarantine", "cells",    "exclude"};
constexpr std::array<std::string_view, 8> kCellKeys = {"strategies", "exclude", "workloads", "threads",
                                                       "allocators", "trials",  "asks",      "set"};
constexpr std::array<std::string_view, 3> kExcludeKeys = {"strategies", "workloads", "set"};
constexpr std::array<std::string_view, 3> kPrecisionKeys = {"half_width", "metrics", "most_rounds"};

class SuiteReader {
 public:
  SuiteReader(const fs::path& file, const std::vector<trial::Workload>& workloads, MachineFit& fit)
      : toml_(file), workloads_(workloads), fit_(fit) {}

  RunRequest read(std::vector<fs::path>& including) {
    const fs::path itself = fs::weakly_canonical(toml_.file());
    const toml::table table = toml_.parse();
    toml_.refuse_unknown(table, "key", kKeys);
    RunRequest request;
    request.suite = table["name"].value_or<std::string>("");
    if (const std::string stem = toml_.file().stem().string(); request.suite != stem) {
      toml_.fail(table.get("name"),
                 fmt::format(R"(name is "{}"; valid is "{}", as the file)", request.suite, stem));
    }
    if (table["title"].value_or<std::string>("").empty()) {
      toml_.fail(table.get("title"), "title is missing; one line that says what the suite answers");
    }
    request.trials = static_cast<std::uint32_t>(toml_.integer(table, "trials", 3, 1, 10'000));
    request.seed = static_cast<std::uint64_t>(
        toml_.integer(table, "seed", 1, 0, std::numeric_limits<std::int64_t>::max()));
    read_policy(table, request.policy);
    including.push_back(itself);
    for (const std::string& other : toml_.names(table, "include")) {
      include(table, other, including, request.cells);
    }
    including.pop_back();
    const toml::table* common = toml_.table(table, "set");
    for (const toml::table* block : toml_.tables(table, "cells")) read_block(*block, common, request.cells);
    for (const toml::table* block : toml_.tables(table, "exclude")) leave_out(*block, request.cells);
    if (request.cells.empty()) {
      toml_.fail(table.get("cells"),
                 "there are no cells; valid is at least one [[cells]] that is not excluded");
    }
    return request;
  }

 private:
  void read_policy(const toml::table& table, Policy& policy) const {
    policy.budget_s = toml_.number(table, "budget_s", 0, 0, 1e9);
    policy.patience_s = toml_.number(table, "patience_s", policy.patience_s, 0, 86'400);
    policy.again = toml_.boolean(table, "again", true);
    policy.counts = toml_.boolean(table, "counts", false);
    if (const toml::table* baselines = toml_.table(table, "baseline")) {
      for (const auto& [key, node] : *baselines) {
        at(node, [&, name = std::string(key.str()), value = &node] {
          policy.baselines.push_back(baseline_named(name, toml_.text_of(*value)));
        });
      }
      // The first one is what tables show, and what A/A is made of.
      std::stable_partition(policy.baselines.begin(), policy.baselines.end(),
                            [](const Baseline& one) { return one.axis == "/strategy"; });
    }
    if (const toml::table* rules = toml_.table(table, "quarantine")) {
      for (const auto& [key, node] : *rules) {
        if (!node.is_number()) toml_.fail(&node, fmt::format("{} is not a number", key.str()));
        at(node, [&, name = std::string(key.str()), value = *node.value<double>()] {
          set_rule(policy.quarantine, name, value);
        });
      }
    }
    if (const toml::table* precision = toml_.table(table, "precision")) {
      toml_.refuse_unknown(*precision, "key of [precision]", kPrecisionKeys);
      policy.precision.half_width = toml_.number(*precision, "half_width", 0, 0.0001, 1);
      policy.precision.most_rounds =
          static_cast<std::uint32_t>(toml_.integer(*precision, "most_rounds", 60, 2, 10'000));
      if (precision->contains("metrics")) policy.precision.metrics = metrics_of(*precision, "metrics");
    }
  }

  [[nodiscard]] std::vector<std::string> metrics_of(const toml::table& table, std::string_view key) const {
    std::vector<std::string> names = toml_.names(table, key);
    for (const std::string& name : names) {
      if (find_metric(name) != metrics().size()) continue;
      std::vector<std::string_view> valid;
      for (const Metric& metric : metrics()) valid.push_back(metric.name);
      toml_.fail(table.get(key), unknown_name("metric", name, valid));
    }
    return names;
  }

  void include(const toml::table& table, const std::string& other, std::vector<fs::path>& including,
               std::vector<AskedCell>& cells) const {
    const fs::path file = toml_.file().parent_path() / other;
    if (std::ranges::find(including, fs::weakly_canonical(file)) != including.end()) {
      toml_.fail(table.get("include"), fmt::format("{} includes itself", other));
    }
    if (!fs::exists(file)) {
      toml_.fail(table.get("include"), fmt::format("there is no file {} beside this one", other));
    }
    SuiteReader reader(file, workloads_, fit_);
    for (AskedCell& cell : reader.read(including).cells) cells.push_back(std::move(cell));
  }

  // Errors of readers that know no files get the node's line.
  template <class Do>
  void at(const toml::node& node, Do&& act) const {
    try {
      act();
    } catch (const BadInput& error) {
      toml_.fail(&node, error.what());
    }
  }

  void read_block(const toml::table& block, const toml::table* common, std::vector<AskedCell>& cells) const {
    toml_.refuse_unknown(block, "key of [[cells]]", kCellKeys);
    const std::vector<trial::Workload> workloads = workloads_of(block);
    const std::vector<std::string> strategies = strategies_of(block);
    if (workloads.empty() || strategies.empty())
      toml_.fail(&block, "[[cells]] needs strategies and workloads");
    const auto trials = static_cast<std::uint32_t>(toml_.integer(block, "trials", 0, 1, 10'000));
    const std::vector<std::string> asks = metrics_of(block, "asks");
    at(block, [&] {
      for (AskedCell& cell : make_cells(strategies, workloads, axes_of(block, common), &fit_)) {
        cell.trials = trials;
        if (!asks.empty()) cell.asks = asks;
        cells.push_back(std::move(cell));
      }
    });
  }

  void leave_out(const toml::table& block, std::vector<AskedCell>& cells) const {
    toml_.refuse_unknown(block, "key of [[exclude]]", kExcludeKeys);
    const std::vector<std::string> strategies = strategies_of(block);
    const std::vector<trial::Workload> workloads = workloads_of(block);
    std::vector<Axis> axes;
    if (const toml::table* set = toml_.table(block, "set")) {
      for (const auto& [key, value] : *set) axes.push_back(axis_of(key.str(), value));
    }
    const auto before = cells.size();
    std::erase_if(cells, [&](const AskedCell& asked) {
      const trial::TrialConfig& cell = asked.config;
      const bool strategy =
          strategies.empty() || std::ranges::find(strategies, cell.strategy) != strategies.end();
      const bool workload = workloads.empty() || std::ranges::find(workloads, cell.workload,
                                                                   &trial::Workload::name) != workloads.end();
      return strategy && workload && std::ranges::all_of(axes, [&](const Axis& axis) {
               return std::ranges::any_of(axis.values, [&](const trial::Value& value) {
                 trial::TrialConfig wanted = cell;
                 trial::accept(*axis.setting, wanted, value);
                 return axis.setting->get(wanted) == axis.setting->get(cell);
               });
             });
    });
    if (cells.size() == before)
      toml_.fail(&block, "[[exclude]] leaves out no cell; what it names is not there");
  }

  [[nodiscard]] std::vector<trial::Workload> workloads_of(const toml::table& block) const {
    std::vector<trial::Workload> chosen;
    for (const std::string& name : toml_.names(block, "workloads")) {
      if (name == "all") {
        chosen = workloads_;
        continue;
      }
      at(*block.get("workloads"), [&] { chosen.push_back(trial::find_workload(workloads_, name)); });
    }
    return chosen;
  }

  [[nodiscard]] std::vector<std::string> strategies_of(const toml::table& block) const {
    const std::vector<std::string_view> single = trial::strategy_names();
    std::vector<std::string> chosen = strategies_at(toml_, block, "strategies");
    for (const std::string& name : toml_.names(block, "exclude")) {
      if (std::ranges::find(single, name) == single.end()) {
        toml_.fail(block.get("exclude"), unknown_name("strategy", name, single));
      }
      std::erase(chosen, name);
    }
    return chosen;
  }

  std::vector<Axis> axes_of(const toml::table& block, const toml::table* common) const {
    const toml::table* own = toml_.table(block, "set");
    std::vector<Axis> axes;
    if (const toml::node* threads = block.get("threads")) {
      axes.push_back(axis_of("pipeline.client_workers", *threads));
      axes.back().together = trial::find_setting("pipeline", "fetch_workers");
    }
    if (const toml::node* allocators = block.get("allocators")) {
      axes.push_back(axis_of("process.allocator", *allocators));
    }
    for (const toml::table* set : {common, own}) {
      if (set == nullptr) continue;
      for (const auto& [key, value] : *set) {
        const bool overridden = set == common && own != nullptr && own->contains(key.str());
        if (!overridden) axes.push_back(axis_of(key.str(), value));
      }
    }
    return axes;
  }

  [[nodiscard]] Axis axis_of(std::string_view name, const toml::node& node) const {
    const trial::Setting* setting = nullptr;
    std::vector<std::string> valid;
    for (const trial::Setting& candidate : trial::settings()) {
      valid.push_back(fmt::format("{}.{}", candidate.section, candidate.key));
      if (valid.back() == name) setting = &candidate;
    }
    if (setting == nullptr) {
      const std::vector<std::string_view> views(valid.begin(), valid.end());
      toml_.fail(&node, unknown_name("setting", name, views));
    }
    Axis axis{.setting = setting, .values = {}};
    try {
      trial::TrialConfig scratch;
      for (const std::string& text : toml_.texts_of(node)) {
        axis.values.push_back(trial::parse_value(*setting, text));
        accept(*setting, scratch, axis.values.back());  // here its line is known
      }
    } catch (const BadInput& error) {
      toml_.fail(&node, fmt::format("{} {}", name, error.what()));
    }
    if (axis.values.empty()) toml_.fail(&node, fmt::format("{} has no values", name));
    return axis;
  }

  TomlReader toml_;
  const std::vector<trial::Workload>& workloads_;
  MachineFit& fit_;
};

}  // namespace

RunRequest read_suite(const fs::path& file, const std::vector<trial::Workload>& workloads,
                      const Machine& machine) {
  std::vector<fs::path> including;
  MachineFit fit(machine);
  RunRequest request = SuiteReader(file, workloads, fit).read(including);
  request.fallbacks = fit.sentences();
  return request;
}

fs::path find_suite(const std::string& given, const std::string& workload_directory) {
  if (fs::exists(given) || given.find_first_of("/.") != std::string::npos) {
    return given;
  }
  const fs::path suites = fs::path(trial::workload_directory(workload_directory)) / "suites";
  if (fs::path named = suites / (given + ".toml"); fs::exists(named)) {
    return named;
  }
  std::vector<std::string> names;
  if (fs::is_directory(suites)) {
    for (const auto& entry : fs::directory_iterator(suites)) {
      names.push_back(entry.path().stem().string());
    }
  }
  std::ranges::sort(names);
  const std::vector<std::string_view> valid(names.begin(), names.end());
  throw BadInput(unknown_name("suite", given, valid));
}

}  // namespace baton::suite
