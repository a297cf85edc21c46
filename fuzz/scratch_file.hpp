// A file in a directory of its own that a target may write again and again; gone when the program ends.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "fuzz/target.hpp"

namespace baton::fuzz {

class ScratchFile {
 public:
  explicit ScratchFile(std::string_view name) {
    std::string directory = (std::filesystem::temp_directory_path() / "baton-fuzz-XXXXXX").string();
    require(::mkdtemp(directory.data()) != nullptr, "a temporary directory can be made");
    path_ = std::filesystem::path(directory) / name;
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove_all(path_.parent_path(), ignored);
  }

  const std::filesystem::path& with(std::string_view bytes) const {
    std::ofstream out(path_, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    require(out.good(), "the temporary file can be written");
    return path_;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace baton::fuzz
