#include "harness/trial/setting.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "harness/trial/bad_input.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::trial {
namespace {

using Kind = Setting::Kind;

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

std::string number_text(double number) {
  return number == std::floor(number) && std::abs(number) < 1e18 ? fmt::format("{:.0f}", number)
                                                                 : fmt::format("{}", number);
}

[[noreturn]] void refuse(const Setting& setting, std::string_view given) {
  throw BadInput(fmt::format("is {}; valid is {}", given, valid_values(setting)));
}

bool in_range(const Setting& setting, double number) {
  return number >= setting.least && number <= setting.most;
}

// An integer is a real number too; nothing else is converted.
Value converted(const Setting& setting, const Value& value) {
  if (const auto* integer = std::get_if<std::uint64_t>(&value)) {
    if (setting.kind == Kind::real) {
      return static_cast<double>(*integer);
    }
    if (setting.kind == Kind::integers) {
      return Integers{*integer};
    }
  }
  return value;
}

bool is_valid(const Setting& setting, const Value& value) {
  switch (setting.kind) {
    case Kind::boolean:
      return std::holds_alternative<bool>(value);
    case Kind::integer: {
      const auto* integer = std::get_if<std::uint64_t>(&value);
      return integer != nullptr && in_range(setting, static_cast<double>(*integer));
    }
    case Kind::real: {
      const auto* real = std::get_if<double>(&value);
      return real != nullptr && in_range(setting, *real);  // not so for a NaN
    }
    case Kind::name: {
      const auto* name = std::get_if<std::string>(&value);
      return name != nullptr && std::ranges::find(setting.names, *name) != setting.names.end();
    }
    case Kind::integers: {
      const auto* list = std::get_if<Integers>(&value);
      return list != nullptr && !list->empty() && std::ranges::all_of(*list, [&](std::uint64_t integer) {
               return in_range(setting, static_cast<double>(integer));
             });
    }
    case Kind::text:
      return std::holds_alternative<std::string>(value);
  }
  return false;
}

}  // namespace

const Setting* find_setting(std::string_view section, std::string_view key) {
  const auto all = settings();
  const auto found = std::ranges::find_if(
      all, [&](const Setting& setting) { return setting.section == section && setting.key == key; });
  return found == all.end() ? nullptr : &*found;
}

std::string valid_values(const Setting& setting) {
  switch (setting.kind) {
    case Kind::boolean:
      return "true or false";
    case Kind::name:
      return fmt::format("{}", fmt::join(setting.names, " or "));
    case Kind::integer:
      return fmt::format("an integer from {} to {}", number_text(setting.least), number_text(setting.most));
    case Kind::real:
      return fmt::format("a number from {} to {}", number_text(setting.least), number_text(setting.most));
    case Kind::text:
      return std::string(setting.form);
    case Kind::integers:
      return fmt::format("one or more integers from {} to {}", number_text(setting.least),
                         number_text(setting.most));
  }
  return "";
}

void accept(const Setting& setting, TrialConfig& config, const Value& value) {
  const Value wanted = converted(setting, value);
  if (is_valid(setting, wanted)) {
    if (setting.kind == Kind::text) {
      setting.verify(std::get<std::string>(wanted));
    }
    setting.put(config, wanted);
    return;
  }
  const auto* name = std::get_if<std::string>(&wanted);
  if (name == nullptr) {
    refuse(setting, to_text(value));
  }
  const std::string_view close =
      setting.kind == Kind::name ? nearest(*name, setting.names) : std::string_view();
  refuse(setting,
         close.empty() ? fmt::format("'{}'", *name) : fmt::format("'{}' (did you mean '{}'?)", *name, close));
}

std::string to_text(const Value& value) {
  struct Printer {
    std::string operator()(bool given) const { return given ? "true" : "false"; }
    std::string operator()(std::uint64_t given) const { return fmt::format("{}", given); }
    std::string operator()(double given) const { return fmt::format("{}", given); }
    std::string operator()(const std::string& given) const { return given; }
    std::string operator()(const Integers& given) const { return fmt::format("{}", fmt::join(given, "+")); }
  };
  return std::visit(Printer{}, value);
}

Value parse_value(const Setting& setting, std::string_view text) {
  const auto integer = [&](std::string_view digits) {
    const auto parsed = parse_number<std::uint64_t>(digits);
    if (!parsed) {
      refuse(setting, fmt::format("'{}'", text));
    }
    return *parsed;
  };
  switch (setting.kind) {
    case Kind::boolean:
      if (text == "true" || text == "false") {
        return text == "true";
      }
      break;
    case Kind::integer:
      return integer(text);
    case Kind::real:
      if (const auto parsed = parse_number<double>(text)) {
        return *parsed;
      }
      break;
    case Kind::name:
    case Kind::text:
      return std::string(text);
    case Kind::integers: {
      Integers list;
      for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('+', begin), text.size());
        list.push_back(integer(text.substr(begin, end - begin)));
        begin = end + 1;
      }
      return list;
    }
  }
  refuse(setting, fmt::format("'{}'", text));
}

}  // namespace baton::trial
