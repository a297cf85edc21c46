// baton simulate: the program that simulates is one of its own (simulate/), since its operator new is, too.
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::cli {

Command add_simulate(CLI::App& program) {
  CLI::App* const command = program.add_subcommand(
      "simulate",
      "The strategies on up to 256 simulated cores: who collapses, where, and because of which line");
  command->prefix_command();  // what follows is the other program's
  command->set_help_flag();
  return {.app = command, .run = [command]() -> int {
            const std::filesystem::path other =
                std::filesystem::read_symlink("/proc/self/exe").parent_path() / "baton_simulate";
            if (!std::filesystem::exists(other))
              throw BadInput(
                  fmt::format("{} is not there: a build with a sanitizer has no simulation; build the "
                              "preset release",
                              other.string()));
            std::vector<std::string> words{other.string()};
            for (const std::string& word : command->remaining()) words.push_back(word);
            std::vector<char*> arguments;
            for (std::string& word : words) arguments.push_back(word.data());
            arguments.push_back(nullptr);
            ::execv(other.c_str(), arguments.data());
            throw BadInput(fmt::format("{} cannot be started: {}", other.string(), std::strerror(errno)));
          }};
}

}  // namespace baton::cli
