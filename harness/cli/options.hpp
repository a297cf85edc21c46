// Options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/net/address.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/setting.hpp"

namespace baton::cli {

// "a|b", "0..16": what an option's value may be, in short for its help.
std::string short_valid(const trial::Setting& setting);
// The value of the option's text. Throws BadInput that names the option.
trial::Value value_given(const trial::Setting& setting, const std::string& text);
// Adds an option for the setting; what is given goes into `config`, whose value is the default.
void add_setting(CLI::App& command, trial::TrialConfig& config, const trial::Setting& setting);

// Adds an option for a number that is no setting; `value` is the default. What is no integer from `least` to
// `most` is BadInput that names the option.
CLI::Option* add_number(CLI::App& command, const std::string& option, std::uint64_t& value,
                        const std::string& help, std::uint64_t least, std::uint64_t most);

// Throws BadInput with the valid ones and the nearest.
const trial::Instance& strategy_named(std::string_view name);
// Throws BadInput; `option` says where it came from.
net::Address address_given(std::string_view option, const std::string& text);
// Throws BadInput if the option was not given (after unknown flags have been told, so that a misspelt one is
// named first).
void require(std::string_view option, const std::string& value, std::string_view example);

}  // namespace baton::cli
