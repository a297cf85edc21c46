#include "harness/trial/workload.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "harness/trial/bad_input.hpp"
#include "harness/trial/check.hpp"
#include "harness/trial/nearest.hpp"
#include "harness/trial/setting.hpp"

namespace baton::trial {
namespace {

namespace fs = std::filesystem;

// Reads one file, and knows where in it everything stood, for the messages.
class Reader {
 public:
  explicit Reader(fs::path file) : file_(std::move(file)) {}

  Workload read() {
    const toml::table table = parse();
    Workload workload{
        .name = {}, .title = {}, .question = {}, .source = {}, .metrics = {}, .file = file_, .config = {}};
    for (const auto& [key, node] : table) {
      if (key == "name") {
        workload.name = text(key, node);
      } else if (key == "title") {
        workload.title = text(key, node);
      } else if (key == "question" || key == "source") {
        (key == "question" ? workload.question : workload.source) = text(key, node);
      } else if (key == "metrics") {
        workload.metrics = texts(key, node);
      } else if (key == "expect") {
        if (!node.is_array_of_tables())
          fail(&node, "expect is not a list of tables; write [[expect]] and its keys below it");
      } else {
        read_section(key.str(), node, workload);
      }
    }
    const std::string stem = file_.stem().string();
    if (workload.name != stem) {
      fail(table.get("name"),
           workload.name.empty()
               ? fmt::format("name is missing; valid is \"{}\"", stem)
               : fmt::format("name is \"{}\"; valid is \"{}\", as the file", workload.name, stem));
    }
    if (workload.title.empty()) {
      fail(table.get("title"), "title is missing; one line that says what happens");
    }
    workload.config.workload = workload.name;
    if (!workload.config.load.trace.empty()) {  // which lies where the file says, seen from the file
      workload.config.load.trace = (file_.parent_path() / workload.config.load.trace).lexically_normal();
    }
    refuse_contradiction(table, workload.config);
    for (const Sweep& sweep : workload.sweeps) {
      TrialConfig config = workload.config;
      for (const Value& value : sweep.values) {
        accept(*sweep.setting, config, value);
        refuse_contradiction(table, config);
      }
    }
    return workload;
  }

 private:
  [[noreturn]] void fail(std::size_t line, const std::string& what) const {
    throw BadInput(line == 0 ? fmt::format("{}: {}", file_.string(), what)
                             : fmt::format("{}:{}: {}", file_.string(), line, what));
  }
  [[noreturn]] void fail(const toml::node* node, const std::string& what) const {
    fail(node == nullptr ? 0 : node->source().begin.line, what);
  }

  void refuse_contradiction(const toml::table& table, const TrialConfig& config) const {
    if (const auto found = find_contradiction(config)) {
      fail(place_of(table, found->section, found->key),
           fmt::format("{}.{} {}", found->section, found->key, found->what));
    }
  }

  toml::table parse() const {
    try {
      return toml::parse_file(file_.string());
    } catch (const toml::parse_error& error) {
      fail(error.source().begin.line, std::string(error.description()));
    }
  }

  std::string text(const toml::key& key, const toml::node& node) const {
    const auto value = node.value_exact<std::string>();
    if (!value) {
      fail(&node, fmt::format("{} is not a text in quotes", key.str()));
    }
    return *value;
  }

  std::vector<std::string> texts(const toml::key& key, const toml::node& node) const {
    std::vector<std::string> list;
    const toml::array* const array = node.as_array();
    if (array == nullptr || array->empty())
      fail(&node, fmt::format("{} is not a list of texts in quotes", key.str()));
    for (const toml::node& one : *array) list.push_back(text(key, one));
    return list;
  }

  void read_section(std::string_view section, const toml::node& node, Workload& workload) const {
    std::vector<std::string_view> sections = {"name", "title", "question", "source", "metrics", "expect"};
    for (const Setting& setting : settings()) {
      if (sections.back() != setting.section) {
        sections.push_back(setting.section);
      }
    }
    if (std::ranges::find(sections, section) == sections.end()) {
      fail(&node, unknown_name(node.is_table() ? "section" : "key", section, sections));
    }
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      fail(&node, fmt::format("{} is a section; write [{}] and its keys below it", section, section));
    }
    for (const auto& [key, value] : *table) {
      read_key(section, key.str(), value, workload);
    }
  }

  void read_key(std::string_view section, std::string_view key, const toml::node& node,
                Workload& workload) const {
    const Setting* setting = find_setting(section, key);
    if (setting == nullptr) {
      std::vector<std::string_view> keys;
      for (const Setting& valid : settings()) {
        if (valid.section == section) {
          keys.push_back(valid.key);
        }
      }
      fail(&node, unknown_name(fmt::format("key of [{}]", section), key, keys));
    }
    try {
      if (const toml::array* values = sweep_of(*setting, node)) {
        read_sweep(*setting, *values, workload);
      } else {
        accept(*setting, workload.config, value_of(*setting, node));
      }
    } catch (const BadInput& error) {
      fail(&node, fmt::format("{}.{} {}", section, key, error.what()));
    }
  }

  // A list, where the setting is not one itself; or a list of lists. nullptr: a value.
  static const toml::array* sweep_of(const Setting& setting, const toml::node& node) {
    const toml::array* const array = node.as_array();
    const bool is_value = array != nullptr && setting.kind == Setting::Kind::integers &&
                          (array->empty() || !array->front().is_array());
    return is_value ? nullptr : array;
  }
  static void read_sweep(const Setting& setting, const toml::array& values, Workload& workload) {
    Sweep sweep{.setting = &setting, .values = {}};
    TrialConfig scratch;
    for (const toml::node& node : values) {
      const Value value = value_of(setting, node);
      accept(setting, scratch, value);
      if (std::ranges::find(sweep.values, setting.get(scratch)) != sweep.values.end()) {
        throw BadInput(fmt::format("has {} twice; valid is each value once", to_text(value)));
      }
      sweep.values.push_back(setting.get(scratch));
    }
    if (sweep.values.size() < 2) {
      throw BadInput("is a list of fewer than two values; valid is one value, or a list of two or more");
    }
    accept(setting, workload.config, sweep.values.front());
    workload.sweeps.push_back(std::move(sweep));
  }

  static Value value_of(const Setting& setting, const toml::node& node) {
    if (const toml::array* array = node.as_array();
        array != nullptr && setting.kind == Setting::Kind::integers) {
      Integers list;
      for (const toml::node& element : *array) {
        const Value one = value_of(setting, element);
        const auto* integer = std::get_if<std::uint64_t>(&one);
        if (integer == nullptr) {
          return one;  // which accept refuses
        }
        list.push_back(*integer);
      }
      return list;
    }
    if (const auto boolean = node.value_exact<bool>()) {
      return *boolean;
    }
    if (const auto integer = node.value_exact<std::int64_t>()) {
      return *integer < 0 ? Value(static_cast<double>(*integer))
                          : Value(static_cast<std::uint64_t>(*integer));
    }
    if (const auto real = node.value_exact<double>()) {
      return *real;
    }
    if (const auto word = node.value_exact<std::string>()) {
      return *word;
    }
    throw BadInput(fmt::format("has the wrong type; valid is {}", valid_values(setting)));
  }

  // The key if the file sets it, else its section, else nothing.
  static const toml::node* place_of(const toml::table& table, std::string_view section,
                                    std::string_view key) {
    const toml::node* part = table.get(section);
    const toml::node* node = part == nullptr ? nullptr : part->as_table()->get(key);
    return node != nullptr ? node : part;
  }

  fs::path file_;
};

}  // namespace

fs::path workload_directory(const std::string& given) {
  if (!given.empty()) {
    if (!fs::is_directory(given)) {
      throw BadInput(fmt::format("--workloads {}: there is no such directory", given));
    }
    return given;
  }
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  const std::vector<fs::path> places = {BATON_WORKLOADS, program / "../../workloads",
                                        program / "../share/baton/workloads"};
  std::string tried;
  for (const fs::path& place : places) {
    if (fs::is_directory(place, ignored)) {
      return place.lexically_normal();
    }
    tried += fmt::format("{}{}", tried.empty() ? "" : ", ", place.lexically_normal().string());
  }
  throw BadInput(fmt::format("no directory of workload files; tried {}. Name it with --workloads", tried));
}

std::vector<Workload> read_workloads(const fs::path& directory) {
  std::vector<Workload> workloads;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
    if (entry.is_regular_file() && entry.path().extension() == ".toml") {
      workloads.push_back(read_workload(entry.path()));
    }
  }
  std::ranges::sort(workloads, {}, &Workload::name);
  return workloads;
}

Workload read_workload(const fs::path& file) { return Reader(file).read(); }

const Workload& find_workload(const std::vector<Workload>& workloads, std::string_view name) {
  const auto found = std::ranges::find(workloads, name, &Workload::name);
  if (found != workloads.end()) {
    return *found;
  }
  std::vector<std::string_view> valid;
  for (const Workload& workload : workloads) {
    valid.push_back(workload.name);
  }
  throw BadInput(unknown_name("workload", name, valid));
}

}  // namespace baton::trial
