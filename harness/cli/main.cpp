#include "harness/cli/program.hpp"
#include "harness/trial/code_copies.hpp"

int main(int argc, char** argv) {
  baton::trial::use_code_copies(baton::trial::linked_code_copies());
  return baton::cli::run_program(argc, argv);
}
