// Runs a plan: a process for each trial, a record for each process, and a summary at the end.
#pragma once

#include <filesystem>

#include "harness/suite/plan.hpp"
#include "harness/suite/progress.hpp"

namespace baton::suite {

// Returns the program's exit code: 0 if every trial was valid, 1 otherwise or when it was interrupted. Throws
// BadInput before anything is written, std::runtime_error if the directory cannot be written to any more
// (finished trials are kept, and the message says how to go on).
int run(const RunRequest& request, Output output);
int resume(const std::filesystem::path& directory, Output output);

}  // namespace baton::suite
