// Runs a fuzz target on every file of the directories given, for compilers without libFuzzer and for the test
// suite.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/target.hpp"

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

int replay(const std::vector<fs::path>& places) {
  std::vector<fs::path> files;
  for (const fs::path& place : places) {
    if (!fs::is_directory(place)) {
      files.push_back(place);
      continue;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(place)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    if (!fs::is_regular_file(file)) {
      std::fprintf(stderr, "%s: there is no such file\n", file.c_str());
      return 2;
    }
    std::fprintf(stderr, "%s\n", file.c_str());  // the last one named is the one that failed
    const std::string bytes = read(file);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  std::fprintf(stderr, "%zu inputs replayed\n", files.size());
  return files.empty() ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<fs::path> places(argv + 1, argv + argc);
  if (places.empty()) {
    std::fprintf(stderr, "Usage: %s FILE_OR_DIRECTORY...\nReplays inputs of a fuzz target.\n", argv[0]);
    return 2;
  }
  try {
    return replay(places);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "nothing may get out of a target, but this did: %s\n", error.what());
    return 1;
  }
}
