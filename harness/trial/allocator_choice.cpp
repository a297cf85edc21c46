#include "harness/trial/allocator_choice.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "harness/measure/build_info.hpp"
#include "harness/measure/elf_library.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::trial {
namespace {

constexpr std::string_view kPreload = "LD_PRELOAD=";

std::vector<std::string_view> known_names() {
  std::vector<std::string_view> names;
  for (const KnownAllocator& known : known_allocators()) {
    names.push_back(known.name);
  }
  return names;
}

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw BadInput(fmt::format("is '{}': {}", text, why));
}

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '_' || letter == '-' || letter == '.';
  });
}

AllocatorOptions parse_options(std::string_view text, std::string_view list) {
  AllocatorOptions options;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find('+', begin), list.size());
    const std::string_view one = list.substr(begin, end - begin);
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos || !is_name(one.substr(0, equals)) || equals + 1 == one.size()) {
      refuse(text, fmt::format("'{}' is not an option; valid is OPTION=VALUE, joined by '+'", one));
    }
    options.emplace_back(one.substr(0, equals), one.substr(equals + 1));
    begin = end + 1;
  }
  return options;
}

}  // namespace

AllocatorChoice parse_allocator(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view head = text.substr(0, colon);
  const std::size_t equals = std::min(head.find('='), head.size());
  AllocatorChoice choice{.name = std::string(head.substr(0, equals)), .path = {}, .options = {}};
  if (!is_name(choice.name)) {
    refuse(text, fmt::format("valid is {}", kAllocatorForm));
  }
  const KnownAllocator* known = choice.known();
  if (equals < head.size()) {
    choice.path = head.substr(equals + 1);
    // The dynamic linker splits its list at blanks and colons.
    if (!choice.path.starts_with('/') || choice.path.find_first_of(" \t\n") != std::string::npos) {
      refuse(text, "valid behind '=' is a library's full path, without blanks and colons");
    }
    if (choice.name == "glibc") {
      refuse(text, "glibc is the program's own C library and takes no path");
    }
  } else if (known == nullptr) {
    refuse(text, unknown_name("allocator", choice.name, known_names()) + ", or NAME=PATH");
  }
  if (colon < text.size()) {
    choice.options = parse_options(text, text.substr(colon + 1));
  }
  for (const auto& [option, value] : choice.options) {
    if (known != nullptr && std::ranges::find(known->options, option) == known->options.end()) {
      refuse(text, unknown_name(fmt::format("option of {}", known->name), option, known->options));
    }
  }
  return choice;
}

std::string library_of(const AllocatorChoice& choice) {
  const KnownAllocator* known = choice.known();
  if (choice.path.empty() && (known == nullptr || known->libraries.empty())) {
    return {};
  }
  std::string library = choice.path;
  if (library.empty()) {
    const auto found = find_library(*known);
    if (!found) {
      throw BadInput(
          fmt::format("is '{}', but {} is not installed; apt-get install {}, or name its library: {}=PATH",
                      choice.name, known->libraries.front(), known->package, choice.name));
    }
    library = *found;
  }
  if (const auto why = why_not_loadable(library)) {
    throw BadInput(fmt::format("is '{}', but {} {}{}", choice.name, library, *why,
                               known == nullptr ? "" : fmt::format("; Debian has it in {}", known->package)));
  }
  return library;
}

std::optional<std::string> why_not_here(std::string_view allocator) {
  const AllocatorChoice choice = parse_allocator(allocator);
  if (choice.name == "glibc" && choice.options.empty()) {
    return std::nullopt;
  }
  const std::string& sanitizer = build_info().sanitizer;
  if (sanitizer == "address" || sanitizer == "thread") {
    return fmt::format(
        "is '{}', but this build's sanitizer ({}) brings an allocator of its own; valid is glibc, "
        "which then stands for it",
        allocator, sanitizer);
  }
  try {
    library_of(choice);
  } catch (const BadInput& error) {
    return error.what();
  }
  return std::nullopt;
}

std::vector<std::string> environment_with(const AllocatorChoice& choice, const char* const* inherited) {
  std::vector<std::string> variables;
  std::string preload = library_of(choice);
  for (; *inherited != nullptr; ++inherited) {
    const std::string_view variable = *inherited;
    if (variable.starts_with(kPreload)) {
      preload.append(preload.empty() ? "" : ":").append(variable.substr(kPreload.size()));
    } else if (!is_allocator_variable(variable.substr(0, variable.find('=')))) {
      variables.emplace_back(variable);
    }
  }
  if (!preload.empty()) {
    variables.push_back(std::string(kPreload) + preload);
  }
  for (const auto& [name, value] : option_variables(choice.known(), choice.options)) {
    variables.push_back(name + "=" + value);
  }
  return variables;
}

}  // namespace baton::trial
