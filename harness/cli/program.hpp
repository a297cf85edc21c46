// The program `baton`: its commands, what it says about wrong ones, and its exit codes.
#pragma once

namespace baton::cli {

// 0 good; 1 an invalid trial or "no"; 2 bad input, explained on standard error.
int run_program(int argc, char** argv);

}  // namespace baton::cli
