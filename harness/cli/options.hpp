// Options that several commands share.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/net/address.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/setting.hpp"
#include "harness/trial/workload.hpp"

namespace baton::cli {

// "a|b", "0..16": what an option's value may be, in short for its help.
std::string short_valid(const trial::Setting& setting);
// The value of the option's text. Throws BadInput that names the option.
trial::Value value_given(const trial::Setting& setting, const std::string& text);
// Adds an option for the setting; what is given goes into `config`, whose value is the default.
void add_setting(CLI::App& command, trial::TrialConfig& config, const trial::Setting& setting);

// Settings as they were given, for commands whose defaults are known later: a workload's.
using GivenSettings = std::vector<std::pair<const trial::Setting*, trial::Value>>;
// The help shows the default of `defaults`, if there is one.
void add_setting(CLI::App& command, GivenSettings& given, const trial::Setting& setting,
                 const std::optional<trial::TrialConfig>& defaults = std::nullopt);
void apply(const GivenSettings& given, trial::TrialConfig& config);
// The workload with what is given. Throws BadInput if a setting that it sweeps is not given: one is needed,
// of those that `matter` to the command.
trial::TrialConfig single_config(
    const trial::Workload& workload, const GivenSettings& given,
    bool (*matters)(const trial::Setting&) = [](const trial::Setting&) { return true; });

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
