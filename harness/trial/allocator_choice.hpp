// The allocator a trial is planned with, as a text that stands in plans, suites and on the command line:
//
//   glibc                                   the C library's own
//   jemalloc                                as Debian packages it
//   jemalloc:dirty_decay_ms=0+retain=false  with options of its own, joined by '+'
//   mine=/opt/lib/libmine.so                any library that supplies malloc
//   mine=/opt/lib/libmine.so:MINE_DEBUG=1   its options are environment variables
//   jemalloc=/opt/lib/libjemalloc.so.2      a known one from elsewhere
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/measure/allocator.hpp"
#include "harness/measure/allocator_table.hpp"

namespace baton::trial {

inline constexpr std::string_view kAllocatorForm =
    "glibc, jemalloc, mimalloc, tcmalloc, tbbmalloc or NAME=PATH, each with or without :OPTION=VALUE[+...]";

struct AllocatorChoice {
  std::string name;
  std::string path;  // empty: where the system has it
  AllocatorOptions options;

  [[nodiscard]] const KnownAllocator* known() const noexcept { return find_known_allocator(name); }
};

// Throws BadInput ("is 'jemaloc': unknown allocator ..."). Whether the library is there is not asked.
AllocatorChoice parse_allocator(std::string_view text);

// The library to preload; empty for glibc. Throws BadInput if it is not installed, with the command that
// installs it, or cannot be loaded by this program.
std::string library_of(const AllocatorChoice& choice);

// Why a trial with that allocator cannot be run here, a phrase; nullopt if it can.
std::optional<std::string> why_not_here(std::string_view allocator);

// The environment ("NAME=value" each) of a trial's process: `inherited` without any allocator's variables,
// with those of the choice, and with its library before other preloaded ones.
std::vector<std::string> environment_with(const AllocatorChoice& choice, const char* const* inherited);

// In the trial's process: what it was found to run with. Faults are sentences; one means that nothing may be
// measured.
struct AllocatorProof {
  AllocatorInfo found;
  nlohmann::json effective;  // options by name, "unavailable" where it cannot be asked
  std::vector<std::string> faults;
};
AllocatorProof prove_allocator(const AllocatorChoice& choice);

// A record's `allocator`. Without a proof (a process that left none) the name is the planned one.
nlohmann::json allocator_json(const std::string& planned, const std::optional<AllocatorProof>& proof);

}  // namespace baton::trial
