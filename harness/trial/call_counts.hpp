// What the contract's calls of a request cost, counted and not timed.
//
// The calls are those that the pipeline makes (tests/trial/call_script_test.cpp compares them), but one at a
// time: each is over before the next begins, in an order that never changes. Two runs give the same counts to
// the last digit. What only happens when threads meet, a lock that is taken or an exchange that fails, is not
// in them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "harness/trial/config.hpp"
#include "strategies/ledger.hpp"

namespace baton::trial {

// housekeep counts housekeep_locked() too.
enum class Call : std::uint8_t { acquire, give, take, release, idle, housekeep };
inline constexpr std::array<std::string_view, 6> kCallNames = {"acquire", "give", "take",
                                                               "release", "idle", "housekeep"};

struct CallCounts {
  std::uint64_t requests = 0;
  std::uint64_t handoffs = 0;  // responses that were handed off
  std::array<std::uint64_t, kCallNames.size()> calls{};
  std::array<std::uint64_t, kCallNames.size()>
      instructions{};  // zero unless ScriptLength::instructions tells
  // Without the counting platform all of these are zero.
  std::array<Ledger, kCallNames.size()> ledgers{};  // by call
  std::map<std::string, std::uint64_t> lines;  // that went from one thread to another, by what lies there
  std::uint64_t lines_waited_for = 0;          // of these, but for storage: by a load, an exchange or a lock
  std::uint64_t freed_elsewhere = 0;           // allocations that another thread freed than made them
};

// How many instructions the calling thread has executed (harness/measure/instruction_meter.hpp).
using InstructionsSoFar = std::uint64_t (*)() noexcept;

struct ScriptLength {
  std::uint64_t warm_up = 0;                 // requests before anything is counted
  std::uint64_t requests = 0;                // that are counted
  InstructionsSoFar instructions = nullptr;  // asked before and after each call; nullptr: nobody is
};

// Makes the calls of so many requests of a configuration whose connections are in memory. Starts a thread for
// each worker. Throws std::runtime_error if a strategy gives no buffer.
using RunScript = CallCounts (*)(const TrialConfig& config, const ScriptLength& length);

// One line of the registry, compiled (cmake/script_unit.cpp.in).
struct ScriptInstance {
  std::string_view name;
  RunScript native;    // as it is timed
  RunScript counting;  // on the counting platform
};
// Of strategies and adapters. nullptr if there is none of that name.
const ScriptInstance* find_script(std::string_view name);

// What callgrind is told to count in: functions with this in their names (counted_calls.hpp).
inline constexpr std::string_view kCountedFunctions = "baton::counted::";
inline constexpr std::string_view kCountedPattern = "*baton::counted::*<baton::counted::ThisOne*";

}  // namespace baton::trial
