// The settings of a trial, a row each: what a setting is called in workload files, in records and on the
// command line, what it may be, and where it lies in TrialConfig. Everything that reads, writes or lists
// settings walks this one table.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/trial/config.hpp"

namespace baton::trial {

using Integers = std::vector<std::uint64_t>;
using Value = std::variant<bool, std::uint64_t, double, std::string, Integers>;

struct Setting {
  enum class Kind : std::uint8_t { boolean, integer, real, name, integers, text };

  std::string_view section;  // of a workload file
  std::string_view key;      // in that section
  std::string_view option;   // on the command line, behind "--"
  const char* json;          // a JSON pointer into a record's configuration
  std::string_view help;     // with the unit

  Kind kind;
  double least = 0;  // of integers and reals
  double most = 0;
  std::span<const std::string_view> names;  // kind == name: the valid ones
  std::string_view form;                    // kind == text: what is valid
  void (*verify)(std::string_view);         // kind == text: throws BadInput ("is ...")

  Value (*get)(const TrialConfig& config);
  void (*put)(TrialConfig& config, const Value& value);  // of this kind and in range, see accept
};

// In the order of the sections and of the help.
std::span<const Setting> settings();
// nullptr if there is none.
const Setting* find_setting(std::string_view section, std::string_view key);

// "1 to 4096", "block or spin", "true or false".
std::string valid_values(const Setting& setting);
// Puts the value into its place. Throws BadInput if its type or range is not valid: "is 0; valid is 1 to
// 4096".
void accept(const Setting& setting, TrialConfig& config, const Value& value);

// As text on the command line; several integers of one value are joined by '+'.
std::string to_text(const Value& value);
// Throws BadInput, as accept does.
Value parse_value(const Setting& setting, std::string_view text);

}  // namespace baton::trial
