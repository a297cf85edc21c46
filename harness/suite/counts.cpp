#include "harness/suite/counts.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "harness/measure/build_info.hpp"
#include "harness/measure/instruction_meter.hpp"
#include "harness/suite/callgrind.hpp"
#include "harness/suite/process.hpp"
#include "harness/trial/allocator_choice.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/check.hpp"
#include "harness/trial/config_json.hpp"
#include "harness/trial/record.hpp"
#include "harness/trial/traffic.hpp"

namespace baton::suite {

using nlohmann::json;
using trial::kCallNames;

namespace {

constexpr int kCountsVersion = 2;

// Which memcpy the C library takes depends on the processor, and so would the count. (Unknown names are
// ignored: other architectures have others.)
constexpr const char* kOneMemcpy =
    "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-AVX512F,-AVX512VL,-AVX512BW,-ERMS,-FSRM,-"
    "AVX_Fast_Unaligned_Load,-Prefer_ERMS";

// By how much the processor's count may be off: what surrounds a call, and what interrupts add.
constexpr double kCallsOff = 4;  // instructions a call
constexpr double kShareOff = 0.02;

constexpr std::chrono::minutes kPatience{2};  // for a script that nobody counts the instructions of

// What a script is asked for besides the calls: nothing, if callgrind counts; a ledger; or the processor's
// counter.
enum class AskedFor : std::uint8_t { nothing, ledger, processor };

// What a script is told, and what it answers.
json script_input(const CountRequest& request, AskedFor asked) {
  return {{"config", trial::to_json(request.config)},
          {"warm_up", request.length.warm_up},
          {"requests", request.length.requests},
          {"asked", asked}};
}
json script_output(const trial::CallCounts& counts) {
  json ledgers = json::object();
  for (const auto& field : kLedgerFields) {
    for (const Ledger& ledger : counts.ledgers)
      ledgers[std::string(field.name)].push_back(ledger.*field.count);
  }
  return {{"requests", counts.requests},
          {"handoffs", counts.handoffs},
          {"calls", counts.calls},
          {"instructions", counts.instructions},
          {"ledgers", ledgers},
          {"lines", counts.lines},
          {"lines_waited_for", counts.lines_waited_for},
          {"freed_elsewhere", counts.freed_elsewhere}};
}
trial::CallCounts counts_from(const json& told) {
  trial::CallCounts counts{.requests = told.at("requests"),
                           .handoffs = told.at("handoffs"),
                           .calls = told.at("calls"),
                           .instructions = told.at("instructions"),
                           .ledgers = {},
                           .lines = told.at("lines"),
                           .lines_waited_for = told.at("lines_waited_for"),
                           .freed_elsewhere = told.at("freed_elsewhere")};
  for (const auto& field : kLedgerFields) {
    const json& by_call = told.at("ledgers").at(std::string(field.name));
    for (std::size_t i = 0; i < counts.ledgers.size(); ++i) counts.ledgers[i].*field.count = by_call.at(i);
  }
  return counts;
}

// "baton::ConnBuffer* baton::counted::acquire<...>(...)" is acquire's; a locked housekeeping is one.
std::size_t call_of(std::string_view function) {
  const std::size_t begin = function.find(trial::kCountedFunctions) + trial::kCountedFunctions.size();
  std::string_view name = function.substr(begin, function.find('<', begin) - begin);
  if (name == "housekeep_locked") name = "housekeep";
  const auto found = std::ranges::find(kCallNames, name);
  if (found == kCallNames.end()) throw std::runtime_error(fmt::format("no call is named '{}'", name));
  return static_cast<std::size_t>(found - kCallNames.begin());
}

json per_request(const std::array<std::uint64_t, kCallNames.size()>& counts, std::uint64_t requests) {
  json told = json::object();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    told[std::string(kCallNames[i])] = static_cast<double>(counts[i]) / static_cast<double>(requests);
  }
  told["total"] = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})) /
                  static_cast<double>(requests);
  return told;
}

json ledger_json(const trial::CallCounts& counts) {
  json told = json::object();
  for (const auto& field : kLedgerFields) {
    std::array<std::uint64_t, kCallNames.size()> by_call{};
    for (std::size_t i = 0; i < by_call.size(); ++i) by_call[i] = counts.ledgers[i].*field.count;
    told[std::string(field.name)] = per_request(by_call, counts.requests);
  }
  return told;
}

json lines_json(const trial::CallCounts& counts) {
  json told = json::object();
  std::uint64_t total = 0;
  for (const auto& [what, lines] : counts.lines) {
    told[what] = static_cast<double>(lines) / static_cast<double>(counts.requests);
    total += lines;
  }
  told["total"] = static_cast<double>(total) / static_cast<double>(counts.requests);
  return told;
}

// Whose code it was: the strategy's (the program's), that of mutexes and copies in the C library, or other
// libraries' (the allocator's).
std::string_view owner_of(const std::string& object, const std::string& function,
                          const std::string& program) {
  if (object == program) return "strategy";
  if (function.find("mutex") != std::string::npos || function.find("lll_") != std::string::npos)
    return "mutexes";
  if (function.find("memcpy") != std::string::npos || function.find("memmove") != std::string::npos)
    return "copies";
  return "other";
}

json by_owner_json(const CallgrindCosts& costs, const std::string& program, std::uint64_t requests) {
  std::map<std::string, std::uint64_t, std::less<>> sums{
      {"strategy", 0}, {"mutexes", 0}, {"copies", 0}, {"other", 0}};
  for (const auto& [place, cost] : costs.own)
    sums.find(owner_of(place.first, place.second, program))->second += cost;
  json told = json::object();
  for (const auto& [owner, sum] : sums)
    told[owner] = static_cast<double>(sum) / static_cast<double>(requests);
  return told;
}

std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

std::vector<std::string> script_environment(const CountRequest& request) {
  const char* const nothing = nullptr;
  std::vector<std::string> environment =
      trial::environment_with(trial::parse_allocator(request.config.allocator), &nothing);
  environment.emplace_back(kOneMemcpy);
  return environment;
}

// Without callgrind, in a process of its own: what lies where, and so what shares a line, is then the same
// every time.
json run_script(const CountRequest& request, AskedFor asked) {
  const ProcessResult process = run_process({this_program(), "script"}, script_environment(request),
                                            script_input(request, asked).dump(), kPatience);
  if (!process.in_time || !WIFEXITED(process.status) || WEXITSTATUS(process.status) != 0) {
    throw std::runtime_error(fmt::format("counting failed: {}",
                                         process.in_time ? process.messages : "it took more than 2 minutes"));
  }
  return json::parse(process.output);
}

// The strategy's own, checked.
CountRequest countable(CountRequest request) {
  request.config.strategy = request.strategy;
  const trial::TrialConfig& config = request.config;
  if (config.transport != trial::TransportKind::memory) {
    throw BadInput(
        "counts are made with connections in memory, and pipeline.transport is tcp; valid is memory");
  }
  if (config.load.idle_connections != 0) {
    throw BadInput("counts are of requests, and load.idle_connections is not 0");
  }
  trial::check(config);
  request.config.body.bytes = trial::sizes_of(config);
  if (trial::find_script(request.strategy) == nullptr) {
    throw BadInput(fmt::format("there is no strategy '{}'", request.strategy));
  }
  return request;
}

}  // namespace

json count_calls(const CountRequest& request) {
  const CountRequest own = countable(request);
  const std::string program = this_program();
  const Counted counted =
      count_instructions({program, "script"}, script_environment(own),
                         script_input(own, AskedFor::nothing).dump(), trial::kCountedPattern);
  const trial::CallCounts made = counts_from(json::parse(counted.output));
  std::array<std::uint64_t, kCallNames.size()> instructions{};
  for (const auto& [function, cost] : counted.instructions.inclusive) {
    if (function.find(trial::kCountedFunctions) != std::string::npos) {
      instructions[call_of(function)] += cost;
    }
  }
  const trial::CallCounts counts = counts_from(run_script(own, AskedFor::ledger));
  if (made.calls != counts.calls) {
    throw std::runtime_error(
        "the calls that were counted by instructions and by the ledger are not the same");
  }
  const auto each_request = [&](std::uint64_t count) {
    return static_cast<double>(count) / static_cast<double>(counts.requests);
  };
  return {{"strategy", request.strategy},
          {"handed_off", static_cast<double>(counts.handoffs) / static_cast<double>(counts.requests)},
          {"calls", per_request(counts.calls, counts.requests)},
          {"instructions", per_request(instructions, counts.requests)},
          {"instructions_of", by_owner_json(counted.instructions, program, counts.requests)},
          {"ledger", ledger_json(counts)},
          {"freed_elsewhere", each_request(counts.freed_elsewhere)},
          {"lines_waited_for", each_request(counts.lines_waited_for)},
          {"lines", lines_json(counts)}};
}

json ask_processor(const CountRequest& request) {
  const json told = run_script(countable(request), AskedFor::processor);
  if (const std::string why = told.at("no_counter"); !why.empty()) return {{"unavailable", why}};
  const trial::CallCounts counts = counts_from(told);
  return {{"instructions", per_request(counts.instructions, counts.requests)}};
}

bool processor_agrees(const json& counts) {
  const json& processor = counts.at("processor");
  if (processor.contains("unavailable")) return true;
  const auto of = [](const json& table) { return table.at("total").get<double>(); };
  const double counted = of(counts.at("instructions"));
  const double off = std::abs(of(processor.at("instructions")) - counted);
  return off <= kCallsOff * of(counts.at("calls")) + kShareOff * counted;
}

json counts_json(const CountRequest& common, std::vector<json> strategies) {
  json configuration = trial::recorded(common.config);
  configuration.erase("strategy");
  configuration.erase("oversubscribed");  // nobody runs at once
  return {{"schema_version", kCountsVersion},   {"kind", "counts"},
          {"workload", common.config.workload}, {"configuration", std::move(configuration)},
          {"warm_up", common.length.warm_up},   {"requests", common.length.requests},
          {"build", to_json(build_info())},     {"strategies", std::move(strategies)}};
}

int serve_as_script() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
  const json told = json::parse(input);
  const trial::TrialConfig config = trial::config_from_json(told.at("config"));
  const trial::AllocatorProof proof = trial::prove_allocator(trial::parse_allocator(config.allocator));
  if (!proof.faults.empty()) {
    std::cerr << proof.faults.front() << '\n';
    return 1;
  }
  const trial::ScriptInstance* script = trial::find_script(config.strategy);
  if (script == nullptr) throw std::runtime_error("there is no strategy " + config.strategy);
  const auto asked = told.at("asked").get<AskedFor>();
  trial::ScriptLength length{.warm_up = told.at("warm_up"), .requests = told.at("requests")};
  if (asked == AskedFor::processor) length.instructions = thread_instructions;
  const trial::RunScript run = asked == AskedFor::ledger ? script->counting : script->native;
  json output = script_output(run(config, length));
  if (asked == AskedFor::processor) output["no_counter"] = no_instruction_counter();
  std::cout << output << std::endl;
  return 0;
}

}  // namespace baton::suite
