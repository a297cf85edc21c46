// Runs a plan: a process for each trial, a record for each process, and a table at the end.
#pragma once

#include <filesystem>

#include "harness/suite/plan.hpp"
#include "harness/suite/run_directory.hpp"

namespace baton::suite {

enum class Verbosity : std::uint8_t { quiet, lines };

// Returns the program's exit code: 0 if every trial was valid, 1 otherwise or when it was interrupted. Throws
// BadInput before anything is written, std::system_error if the directory cannot be written to any more
// (finished trials are kept).
int run(const RunRequest& request, Verbosity verbosity);
int resume(const std::filesystem::path& directory, Verbosity verbosity);

}  // namespace baton::suite
