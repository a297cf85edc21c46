#include "harness/cli/program.hpp"

int main(int argc, char** argv) { return baton::cli::run_program(argc, argv); }
