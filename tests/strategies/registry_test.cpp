// The registry against the files, and the files against the rules that no compiler checks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "baton/registry.hpp"
#include "strategies/contract.hpp"

namespace baton::test {
namespace {

namespace fs = std::filesystem;

fs::path strategies_folder() {
  return fs::path(__FILE__).parent_path().parent_path().parent_path() / "strategies";
}

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}
// Without comments and string literals.
std::string code_of(const fs::path& file) {
  return std::regex_replace(text_of(file), std::regex(R"(//[^\n]*|"[^"\n]*")"), "");
}
bool is_platform_or_checked(const fs::path& file) {
  const std::string name = file.filename();
  return name == "platform.hpp" || name == "counting_platform.hpp" || name == "ledger.hpp" ||
         name == "checked.hpp" || name == "ownership.hpp";
}

struct Listed {
  std::string_view registry_name;
  const Promises* promises;
};
#define BATON_LISTED(name, Class) Listed{#name, &Class<>::kPromises},
const std::vector<Listed> kListed{BATON_FOR_EACH_STRATEGY(BATON_LISTED)};
#undef BATON_LISTED

TEST(Registry, NamesOfRegistryFilePromisesAgree) {
  for (const auto& [name, promises] : kListed) {
    EXPECT_EQ(promises->name, name);
    EXPECT_TRUE(fs::exists(strategies_folder() / (std::string(name) + ".hpp"))) << name;
  }
}

TEST(Registry, PromisesAreFilledIn) {
  for (const auto& [name, promises] : kListed) {
    EXPECT_FALSE(promises->summary.empty()) << name;
    EXPECT_FALSE(promises->source.empty()) << name;
    EXPECT_FALSE(promises->memory_bound.empty()) << name;
  }
}

TEST(Registry, EveryStrategyInTheFolderIsListed) {
  std::vector<std::string> listed;
  for (const auto& entry : kListed) {
    listed.emplace_back(entry.registry_name);
  }
  std::size_t found = 0;
  for (const auto& file : fs::directory_iterator(strategies_folder())) {
    if (file.path().extension() == ".hpp" &&
        code_of(file.path()).find("static_assert(Strategy<") != std::string::npos) {
      EXPECT_THAT(listed, ::testing::Contains(file.path().stem().string()));
      ++found;
    }
  }
  EXPECT_EQ(found, listed.size());
}

TEST(StrategySources, ReachTheMachineOnlyThroughThePlatform) {
  const std::regex forbidden(
      R"(std::atomic<(?!std::uint64_t>::is_always_lock_free)|std::atomic_|std::mutex|thread_local|std::malloc|std::free\(|std::chrono|std::random|std::thread|_fence)");
  for (const auto& file : fs::recursive_directory_iterator(strategies_folder())) {
    if (file.path().extension() == ".hpp" && !is_platform_or_checked(file.path())) {
      std::smatch match;
      const std::string code = code_of(file.path());
      EXPECT_FALSE(std::regex_search(code, match, forbidden)) << file.path() << " uses " << match.str();
    }
  }
}

TEST(StrategySources, IncludeNothingButTheStandardLibraryAndEachOther) {
  const std::regex foreign(R"(#include\s+"(?!strategies/)[^"]*"|#include\s+<[^>]*/[^>]*>)");
  for (const auto& file : fs::recursive_directory_iterator(strategies_folder())) {
    if (file.path().extension() == ".hpp" &&
        file.path().filename() != "canary.hpp") {  // asks AddressSanitizer
      const std::string text = text_of(file.path());
      std::smatch match;
      EXPECT_FALSE(std::regex_search(text, match, foreign)) << file.path() << ": " << match.str();
    }
  }
}

TEST(StrategySources, GiveAReasonForEveryMemoryOrder) {
  // A reason stands on the line, or in the comment above the statement: within the four lines before it.
  const std::regex order("memory_order_(relaxed|acquire|release|acq_rel|seq_cst)");
  for (const auto& file : fs::recursive_directory_iterator(strategies_folder())) {
    if (file.path().extension() != ".hpp" || is_platform_or_checked(file.path())) {
      continue;
    }
    std::vector<std::string> lines;
    std::ifstream stream(file.path());
    for (std::string line; std::getline(stream, line);) {
      lines.push_back(line);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!std::regex_search(lines[i], order)) {
        continue;
      }
      bool reason = false;
      for (std::size_t j = i < 4 ? 0 : i - 4; j <= i; ++j) {
        reason = reason || std::regex_search(lines[j], std::regex("//.*(relaxed|acquire|release|\\(\\d\\))"));
      }
      EXPECT_TRUE(reason) << file.path() << ":" << i + 1 << ": " << lines[i];
    }
  }
}

}  // namespace
}  // namespace baton::test
