// baton list: what there is to compare.
#include <fmt/format.h>

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
  const auto* const found = std::ranges::find(kEvidence, strategy, &Evidence::strategy);
  return found == std::end(kEvidence) ? Evidence{strategy, "nothing yet", "everything"} : *found;
}

nlohmann::json strategies_json() {
  nlohmann::json list = nlohmann::json::array();
  for (const trial::Instance& instance : trial::instances()) {
    const Promises& promises = *instance.promises;
    const Evidence evidence = evidence_of(promises.name);
    list.push_back({{"name", promises.name},
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

std::string_view text(const nlohmann::json& object, const char* key) {
  return object.at(key).get_ref<const std::string&>();
}
void print_strategies(const nlohmann::json& list) {
  fmt::print("strategies\n");
  for (const nlohmann::json& one : list) {
    fmt::print("  {:<22} {}\n", text(one, "name"), text(one, "summary"));
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

struct Options {
  std::string kind = "all";
  std::string workloads;
  bool json = false;
};

int list(const Options& options) {
  constexpr std::array<std::string_view, 4> kKinds = {"all", "strategies", "workloads", "transports"};
  if (std::ranges::find(kKinds, options.kind) == kKinds.end()) {
    throw BadInput(unknown_name("kind", options.kind, kKinds));
  }
  const auto wanted = [&](std::string_view kind) { return options.kind == "all" || options.kind == kind; };
  nlohmann::json all = nlohmann::json::object();
  if (wanted("strategies")) {
    all["strategies"] = strategies_json();
  }
  if (wanted("workloads")) {
    all["workloads"] = workloads_json(options.workloads);
  }
  if (wanted("transports")) {
    all["transports"] = transports_json();
  }
  if (options.json) {
    fmt::print("{}\n", all.dump(2));
    return kGood;
  }
  if (all.contains("strategies")) {
    print_strategies(all["strategies"]);
  }
  if (all.contains("workloads")) {
    print_named("workloads", all["workloads"], "title");
  }
  if (all.contains("transports")) {
    print_named("transports", all["transports"], "summary");
  }
  return kGood;
}

}  // namespace

Command add_list(CLI::App& program) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = program.add_subcommand("list", "Strategies with their promises, workloads, transports");
  app->add_option("kind", options->kind, "strategies, workloads, transports or all")->capture_default_str();
  app->add_option("--workloads", options->workloads, "Directory of workload files");
  app->add_flag("--json", options->json,
                "For programs: {\"strategies\": [...], \"workloads\": [...], \"transports\": [...]}");
  app->footer(
      "Examples:\n"
      "  baton list\n"
      "  baton list strategies --json");
  return {app, [options] { return list(*options); }};
}

}  // namespace baton::cli
