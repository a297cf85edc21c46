// Reading TOML with errors that name file, line and what is valid.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

namespace baton::suite {

class TomlReader {
 public:
  explicit TomlReader(std::filesystem::path file) : file_(std::move(file)) {}

  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }
  [[nodiscard]] toml::table parse() const;

  // Everything below throws BadInput: "FILE:LINE: what is wrong; what is valid".
  [[noreturn]] void fail(const toml::node* node, const std::string& what) const;
  void refuse_unknown(const toml::table& table, std::string_view kind,
                      std::span<const std::string_view> valid) const;
  // `otherwise` if there is no such key.
  [[nodiscard]] std::int64_t integer(const toml::table& table, std::string_view key, std::int64_t otherwise,
                                     std::int64_t least, std::int64_t most) const;
  [[nodiscard]] double number(const toml::table& table, std::string_view key, double otherwise, double least,
                              double most) const;
  [[nodiscard]] bool boolean(const toml::table& table, std::string_view key, bool otherwise) const;
  [[nodiscard]] std::vector<std::string> names(const toml::table& table, std::string_view key) const;
  // nullptr if there is none.
  [[nodiscard]] const toml::table* table(const toml::table& table, std::string_view key) const;
  [[nodiscard]] std::vector<const toml::table*> tables(const toml::table& table, std::string_view key) const;
  // A value as on the command line, so that there is one reader of values; a list inside a list is joined by
  // '+'.
  [[nodiscard]] std::string text_of(const toml::node& node) const;
  [[nodiscard]] std::vector<std::string> texts_of(const toml::node& node) const;  // one, or a list of them

 private:
  std::filesystem::path file_;
};

}  // namespace baton::suite
