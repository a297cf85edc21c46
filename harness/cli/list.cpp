// baton list: what there is to compare.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "baton/evidence.hpp"
#include "harness/cli/command.hpp"
#include "harness/measure/allocator_table.hpp"
#include "harness/measure/elf_library.hpp"
#include "harness/measure/unavailable.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/nearest.hpp"
#include "harness/trial/workload.hpp"

namespace baton::cli {
namespace {

struct Transport {
  std::string_view name, summary;
};
constexpr std::array kTransports = {
    Transport{"memory", "scripted byte streams within the process, without a system call"},
    Transport{"tcp", "sockets on loopback, with an origin and clients in processes of their own"},
};

// What the model checker explored, from its kept result file.
struct Evidence {
  std::string_view strategy, explored, not_covered;
};
constexpr Evidence kEvidence[] = {BATON_EVIDENCE};
Evidence evidence_of(std::string_view strategy) {
  if (trial::find_instance(strategy)->promises->opaque) {
    return {strategy, "no: it reaches past the platform", "everything"};
  }
  const auto* const found = std::ranges::find(kEvidence, strategy, &Evidence::strategy);
  return found == std::end(kEvidence) ? Evidence{strategy, "nothing yet", "everything"} : *found;
}

nlohmann::json strategies_json(std::span<const trial::Instance> instances) {
  nlohmann::json list = nlohmann::json::array();
  for (const trial::Instance& instance : instances) {
    const Promises& promises = *instance.promises;
    const Evidence evidence = evidence_of(promises.name);
    list.push_back({{"name", promises.name},
                    {"group", trial::group_of(promises.name)},
                    {"opaque", promises.opaque},
                    {"model_checked", evidence.explored},
                    {"model_not_covered", evidence.not_covered},
                    {"summary", promises.summary},
                    {"source", promises.source},
                    {"progress", to_string(promises.progress)},
                    {"client_bytes", to_string(promises.client_bytes)},
                    {"backend_bytes", to_string(promises.backend_bytes)},
                    {"receiver_depends_on_giver", promises.receiver_depends_on_giver},
                    {"memory_bound", promises.memory_bound},
                    {"housekeeps_under_pool_lock", promises.housekeeps_under_pool_lock},
                    {"needs_guard", promises.needs_guard}});
  }
  return list;
}
nlohmann::json workloads_json(const std::string& directory) {
  nlohmann::json list = nlohmann::json::array();
  for (const trial::Workload& workload : trial::read_workloads(trial::workload_directory(directory))) {
    list.push_back({{"name", workload.name}, {"title", workload.title}, {"file", workload.file.string()}});
  }
  return list;
}
nlohmann::json transports_json() {
  nlohmann::json list = nlohmann::json::array();
  for (const Transport& transport : kTransports) {
    list.push_back({{"name", transport.name}, {"summary", transport.summary}});
  }
  return list;
}

// Where it is, and whether a trial could be given it. Its version is what a trial's process finds out.
nlohmann::json allocators_json() {
  nlohmann::json list = nlohmann::json::array();
  for (const KnownAllocator& known : known_allocators()) {
    const auto library = find_library(known);
    const bool comes_along = known.libraries.empty();
    const auto unfit = library ? why_not_loadable(*library) : std::nullopt;
    const bool installed = comes_along || (library && !unfit);
    list.push_back({{"name", known.name},
                    {"summary", known.summary},
                    {"installed", installed},
                    {"path", comes_along ? nlohmann::json(nullptr) : or_unavailable(library)},
                    {"file_version", or_unavailable(library ? version_in_name(*library) : std::nullopt)},
                    {"package", comes_along ? nlohmann::json(nullptr) : nlohmann::json(known.package)},
                    {"install", installed ? nlohmann::json(nullptr)
                                          : nlohmann::json(fmt::format("apt-get install {}", known.package))},
                    {"options", known.options}});
  }
  return list;
}

std::string_view text(const nlohmann::json& object, const char* key) {
  return object.at(key).get_ref<const std::string&>();
}
void print_strategies(std::string_view title, const nlohmann::json& list) {
  fmt::print("{}\n", title);
  for (const nlohmann::json& one : list) {
    fmt::print("  {:<22} {}\n", text(one, "name"), text(one, "summary"));
    if (!text(one, "group").empty()) {
      fmt::print("  {:<22} group: {}\n", "", text(one, "group"));
    }
    fmt::print("  {:<22} {}; client bytes: {}, backend bytes: {}; {}\n", "", text(one, "progress"),
               text(one, "client_bytes"), text(one, "backend_bytes"),
               one.at("receiver_depends_on_giver").get<bool>() ? "the receiver depends on the giver"
                                                               : "the receiver does not depend on the giver");
    fmt::print("  {:<22} memory: {}\n  {:<22} source: {}\n", "", text(one, "memory_bound"), "",
               text(one, "source"));
    fmt::print("  {:<22} model-checked: {}\n", "", text(one, "model_checked"));
  }
}
void print_named(std::string_view title, const nlohmann::json& list, const char* what) {
  fmt::print("{}\n", title);
  for (const nlohmann::json& one : list) {
    fmt::print("  {:<22} {}\n", text(one, "name"), text(one, what));
  }
}

void print_allocators(const nlohmann::json& list) {
  fmt::print("allocators (--allocator NAME[:OPTION=VALUE+...], or NAME=PATH for any other library)\n");
  for (const nlohmann::json& one : list) {
    fmt::print("  {:<22} {}\n", text(one, "name"), text(one, "summary"));
    if (one.at("install").is_string()) {
      fmt::print("  {:<22} not installed: {}\n", "", text(one, "install"));
    } else if (one.at("path").is_string()) {
      fmt::print("  {:<22} {} (file version {})\n", "", text(one, "path"), text(one, "file_version"));
    }
    fmt::print("  {:<22} options: {}\n", "",
               fmt::join(one.at("options").get<std::vector<std::string>>(), ", "));
  }
}

struct ListArguments {
  std::string kind = "all";
  std::string workloads;
  bool json = false;
};

int list(const ListArguments& options) {
  constexpr std::array<std::string_view, 5> kKinds = {"all", "strategies", "workloads", "transports",
                                                      "allocators"};
  if (std::ranges::find(kKinds, options.kind) == kKinds.end()) {
    throw BadInput(unknown_name("kind", options.kind, kKinds));
  }
  const auto wanted = [&](std::string_view kind) { return options.kind == "all" || options.kind == kind; };
  nlohmann::json all = nlohmann::json::object();
  if (wanted("strategies")) {
    all["strategies"] = strategies_json(trial::instances());
    all["adapters"] = strategies_json(trial::adapters());
  }
  if (wanted("workloads")) {
    all["workloads"] = workloads_json(options.workloads);
  }
  if (wanted("transports")) {
    all["transports"] = transports_json();
  }
  if (wanted("allocators")) {
    all["allocators"] = allocators_json();
  }
  if (options.json) {
    fmt::print("{}\n", all.dump(2));
    return kGood;
  }
  if (all.contains("strategies")) {
    print_strategies("strategies", all["strategies"]);
    if (!all["adapters"].empty()) {
      print_strategies("adapters to libraries (\"all\" leaves them out)", all["adapters"]);
    }
  }
  if (all.contains("workloads")) {
    print_named("workloads", all["workloads"], "title");
  }
  if (all.contains("transports")) {
    print_named("transports", all["transports"], "summary");
  }
  if (all.contains("allocators")) {
    print_allocators(all["allocators"]);
  }
  return kGood;
}

}  // namespace

Command add_list(CLI::App& program) {
  const auto options = std::make_shared<ListArguments>();
  CLI::App* app =
      program.add_subcommand("list", "Strategies with their promises, workloads, transports, allocators");
  app->add_option("kind", options->kind, "strategies, workloads, transports, allocators or all")
      ->capture_default_str();
  app->add_option("--workloads", options->workloads, "Directory of workload files");
  app->add_flag("--json", options->json, "For programs: an object with a list for each kind");
  app->footer(
      "Examples:\n"
      "  baton list\n"
      "  baton list strategies --json\n"
      "  baton list allocators");
  return {app, [options] { return list(*options); }};
}

}  // namespace baton::cli
