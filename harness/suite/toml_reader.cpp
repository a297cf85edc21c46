#include "harness/suite/toml_reader.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "harness/trial/bad_input.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::suite {

toml::table TomlReader::parse() const {
  if (!std::filesystem::exists(file_)) {
    throw BadInput(fmt::format("{}: there is no such file; suites lie in workloads/suites", file_.string()));
  }
  try {
    return toml::parse_file(file_.string());
  } catch (const toml::parse_error& error) {
    throw BadInput(fmt::format("{}:{}: {}", file_.string(), error.source().begin.line, error.description()));
  }
}

void TomlReader::fail(const toml::node* node, const std::string& what) const {
  throw BadInput(node == nullptr ? fmt::format("{}: {}", file_.string(), what)
                                 : fmt::format("{}:{}: {}", file_.string(), node->source().begin.line, what));
}

void TomlReader::refuse_unknown(const toml::table& table, std::string_view kind,
                                std::span<const std::string_view> valid) const {
  for (const auto& [key, node] : table) {
    if (std::ranges::find(valid, key.str()) == valid.end()) fail(&node, unknown_name(kind, key.str(), valid));
  }
}

std::int64_t TomlReader::integer(const toml::table& table, std::string_view key, std::int64_t otherwise,
                                 std::int64_t least, std::int64_t most) const {
  const toml::node* node = table.get(key);
  if (node == nullptr) return otherwise;
  const auto value = node->value_exact<std::int64_t>();
  if (!value || *value < least || *value > most) {
    fail(node, fmt::format("{} is not valid; valid is a whole number from {} to {}", key, least, most));
  }
  return *value;
}

double TomlReader::number(const toml::table& table, std::string_view key, double otherwise, double least,
                          double most) const {
  const toml::node* node = table.get(key);
  if (node == nullptr) return otherwise;
  const auto value = node->is_number() ? node->value<double>() : std::nullopt;
  if (!value || !(*value >= least && *value <= most)) {
    fail(node, fmt::format("{} is not valid; valid is a number from {} to {}", key, least, most));
  }
  return *value;
}

bool TomlReader::boolean(const toml::table& table, std::string_view key, bool otherwise) const {
  const toml::node* node = table.get(key);
  if (node == nullptr) return otherwise;
  const auto value = node->value_exact<bool>();
  if (!value) fail(node, fmt::format("{} is not valid; valid is true or false", key));
  return *value;
}

std::vector<std::string> TomlReader::names(const toml::table& table, std::string_view key) const {
  std::vector<std::string> list;
  const toml::node* node = table.get(key);
  if (node == nullptr) return list;
  const toml::array* array = node->as_array();
  if (array == nullptr) fail(node, fmt::format("{} is not a list of names; write {} = [\"...\"]", key, key));
  for (const toml::node& element : *array) {
    const auto name = element.value_exact<std::string>();
    if (!name) fail(&element, fmt::format("{} is a list of names in quotes", key));
    list.push_back(*name);
  }
  return list;
}

const toml::table* TomlReader::table(const toml::table& table, std::string_view key) const {
  const toml::node* node = table.get(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table())
    fail(node, fmt::format("{} is not a table; write [{}] and its keys below it", key, key));
  return node->as_table();
}

std::vector<const toml::table*> TomlReader::tables(const toml::table& table, std::string_view key) const {
  std::vector<const toml::table*> list;
  const toml::node* node = table.get(key);
  if (node == nullptr) return list;
  const toml::array* array = node->as_array();
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) list.push_back((*array)[i].as_table());
  if (list.empty() || std::ranges::count(list, nullptr) != 0) {
    fail(node, fmt::format("{} are tables; write [[{}]] and their keys below it", key, key));
  }
  return list;
}

std::string TomlReader::text_of(const toml::node& node) const {
  if (const auto boolean = node.value_exact<bool>()) return *boolean ? "true" : "false";
  if (const auto integer = node.value_exact<std::int64_t>()) return fmt::format("{}", *integer);
  if (const auto real = node.value_exact<double>()) return fmt::format("{}", *real);
  if (const auto word = node.value_exact<std::string>()) return *word;
  if (const toml::array* list = node.as_array()) {
    std::string joined;
    for (const toml::node& element : *list) joined.append(joined.empty() ? "" : "+").append(text_of(element));
    return joined;
  }
  fail(&node, "is neither a number, a word, true or false, nor a list of those");
}

std::vector<std::string> TomlReader::texts_of(const toml::node& node) const {
  std::vector<std::string> texts;
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& element : *list) texts.push_back(text_of(element));
  } else {
    texts.push_back(text_of(node));
  }
  return texts;
}

}  // namespace baton::suite
