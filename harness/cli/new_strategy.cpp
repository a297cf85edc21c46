// baton new-strategy: the start of a strategy of one's own.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/cli/command.hpp"
#include "harness/cli/options.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/instance.hpp"

namespace baton::cli {
namespace {

namespace fs = std::filesystem;

bool is_name(const std::string& name) {
  return !name.empty() && std::islower(static_cast<unsigned char>(name.front())) != 0 &&
         std::ranges::all_of(name, [](unsigned char letter) {
           return std::islower(letter) != 0 || std::isdigit(letter) != 0 || letter == '_';
         });
}
// my_pool: MyPool
std::string class_of(const std::string& name) {
  std::string words;
  bool begins = true;
  for (const char letter : name) {
    if (letter != '_')
      words += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(letter))) : letter;
    begins = letter == '_';
  }
  return words;
}
std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

fs::path templates() {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const fs::path& folder : {fs::path(BATON_EXAMPLES), program / "../share/baton/examples"}) {
    if (fs::is_directory(folder / "new_strategy", ignored)) return folder / "new_strategy";
  }
  throw std::runtime_error(
      fmt::format("examples/new_strategy is neither in {} nor beside the program", BATON_EXAMPLES));
}

int new_strategy(const std::string& name, const std::string& out) {
  if (!is_name(name)) {
    throw BadInput(fmt::format(
        "the name is '{}'; valid are lower case letters, digits and '_', a letter in front, as in my_pool",
        name));
  }
  if (trial::find_instance(name) != nullptr) {
    throw BadInput(fmt::format("there is a strategy {} already; give it another name", name));
  }
  const fs::path folder = out.empty() ? fs::path(name) : fs::path(out);
  if (fs::exists(folder)) {
    throw BadInput(fmt::format("{} is there already; nothing is overwritten. Give another place with --out",
                               folder.string()));
  }
  const fs::path from = templates();
  std::error_code failed;
  fs::create_directories(folder, failed);
  for (const auto& [file, as] : {std::pair{"new_strategy.hpp", name + ".hpp"},
                                 std::pair{"CMakeLists.txt", std::string("CMakeLists.txt")}}) {
    std::ifstream in(from / file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::ofstream written(folder / as);
    written << replaced(replaced(text, "new_strategy", name), "NewStrategy", class_of(name));
    if (!in || !written.flush()) {
      throw BadInput(fmt::format("cannot write {}; give another place with --out", (folder / as).string()));
    }
  }
  fmt::print(
      "{}/{}.hpp    the strategy: it compiles, and asks what it is to do\n{}/CMakeLists.txt    says how to "
      "build, test and run it\n",
      folder.string(), name, folder.string());
  return kGood;
}

}  // namespace

Command add_new_strategy(CLI::App& program) {
  CLI::App* const command =
      program.add_subcommand("new-strategy", "Writes the start of a strategy of your own");
  const auto name = std::make_shared<std::string>();
  const auto out = std::make_shared<std::string>();
  command->add_option("name", *name, "The strategy's name, and its file's")->type_name("NAME");
  command->add_option("--out", *out, "The folder that is made (default: NAME)");
  command->footer("Examples:\n  baton new-strategy my_pool\n  baton new-strategy my_pool --out work/my_pool");
  return {.app = command, .run = [name, out]() -> int {
            require("NAME", *name, "baton new-strategy my_pool");
            return new_strategy(*name, *out);
          }};
}

}  // namespace baton::cli
