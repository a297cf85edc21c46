#include "harness/cli/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "harness/trial/bad_input.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::cli {

std::string short_valid(const trial::Setting& setting) {
  using Kind = trial::Setting::Kind;
  switch (setting.kind) {
    case Kind::boolean:
      return "true|false";
    case Kind::name:
      return fmt::format("{}", fmt::join(setting.names, "|"));
    case Kind::integer:
    case Kind::real:
      return fmt::format("{:.15g}..{:.15g}", setting.least, setting.most);
    case Kind::integers:
      return "N[+N...]";
    case Kind::text:
      return "NAME[=PATH][:OPTION=VALUE+...]";  // the only text is an allocator
  }
  return "";
}

trial::Value value_given(const trial::Setting& setting, const std::string& text) {
  try {
    const trial::Value value = parse_value(setting, text);
    trial::TrialConfig scratch;
    accept(setting, scratch, value);
    return value;
  } catch (const BadInput& error) {
    throw BadInput(fmt::format("--{} {}", setting.option, error.what()));
  }
}

void add_setting(CLI::App& command, trial::TrialConfig& config, const trial::Setting& setting) {
  const auto set = [&setting, &config](const std::string& text) {
    accept(setting, config, value_given(setting, text));
  };
  command
      .add_option_function<std::string>(fmt::format("--{}", setting.option), set, std::string(setting.help))
      ->type_name(fmt::format("{} [{}]", short_valid(setting), trial::to_text(setting.get(config))))
      ->group(std::string(setting.section));
}

void add_setting(CLI::App& command, GivenSettings& given, const trial::Setting& setting,
                 const std::optional<trial::TrialConfig>& defaults) {
  const auto set = [&setting, &given](const std::string& text) {
    given.emplace_back(&setting, value_given(setting, text));
  };
  command
      .add_option_function<std::string>(fmt::format("--{}", setting.option), set, std::string(setting.help))
      ->type_name(defaults
                      ? fmt::format("{} [{}]", short_valid(setting), trial::to_text(setting.get(*defaults)))
                      : short_valid(setting))
      ->group(std::string(setting.section));
}

void apply(const GivenSettings& given, trial::TrialConfig& config) {
  for (const auto& [setting, value] : given) trial::accept(*setting, config, value);
}

trial::TrialConfig single_config(const trial::Workload& workload, const GivenSettings& given,
                                 bool (*matters)(const trial::Setting&)) {
  for (const trial::Sweep& sweep : workload.sweeps) {
    if (matters(*sweep.setting) &&
        std::ranges::none_of(given, [&](const auto& set) { return set.first == sweep.setting; }))
      throw BadInput(fmt::format("{} takes several values of {}.{}, and one is needed; say which: --{} {}",
                                 workload.name, sweep.setting->section, sweep.setting->key,
                                 sweep.setting->option, trial::to_text(sweep.values.back())));
  }
  trial::TrialConfig config = workload.config;
  apply(given, config);
  return config;
}

CLI::Option* add_number(CLI::App& command, const std::string& option, std::uint64_t& value,
                        const std::string& help, std::uint64_t least, std::uint64_t most) {
  const auto set = [option, &value, least, most](const std::string& text) {
    std::uint64_t given = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), given);
    if (error != std::errc() || end != text.data() + text.size() || given < least || given > most) {
      throw BadInput(fmt::format("{} is '{}'; valid is an integer from {} to {}", option, text, least, most));
    }
    value = given;
  };
  return command.add_option_function<std::string>(option, set, help)
      ->type_name(fmt::format("{}..{} [{}]", least, most, value));
}

const trial::Instance& strategy_named(std::string_view name) {
  if (const trial::Instance* instance = trial::find_instance(name)) {
    return *instance;
  }
  throw BadInput(unknown_name("strategy", name, trial::strategy_names()));
}

net::Address address_given(std::string_view option, const std::string& text) {
  try {
    return net::Address::parse(text);
  } catch (const std::invalid_argument& error) {
    throw BadInput(fmt::format("{}: {}", option, error.what()));
  }
}

void require(std::string_view option, const std::string& value, std::string_view example) {
  if (value.empty()) {
    throw BadInput(fmt::format("{} is missing, for example {}", option, example));
  }
}

}  // namespace baton::cli
