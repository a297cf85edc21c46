// The trial process's side of allocator_choice.hpp: what it got.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "harness/measure/build_info.hpp"
#include "harness/measure/unavailable.hpp"
#include "harness/trial/allocator_choice.hpp"

namespace baton::trial {
namespace {

bool same_file(const std::string& left, const std::string& right) {
  std::error_code error;
  return std::filesystem::equivalent(left, right, error) && !error;
}

// "yes" and "1" are how some are told what they then call "true".
std::string normal(const std::string& value) {
  return value == "true" || value == "yes" ? "1" : value == "false" || value == "no" ? "0" : value;
}

bool served_as_planned(const AllocatorChoice& choice, const AllocatorInfo& found) {
  if (choice.known() != nullptr && found.name != choice.name) {
    return false;
  }
  return choice.path.empty() || same_file(choice.path, found.file);
}

}  // namespace

AllocatorProof prove_allocator(const AllocatorChoice& choice) {
  AllocatorProof proof{.found = find_allocator(), .effective = nlohmann::json::object(), .faults = {}};
  const std::string& sanitizer = build_info().sanitizer;
  const bool replaced = sanitizer == "address" || sanitizer == "thread";
  if (!replaced && !served_as_planned(choice, proof.found)) {
    const char* preloaded = std::getenv("LD_PRELOAD");
    proof.faults.push_back(
        fmt::format("the plan says allocator {}{}, but malloc is served by {} {} ({}); LD_PRELOAD is {}",
                    choice.name, choice.path.empty() ? "" : " from " + choice.path, proof.found.name,
                    proof.found.version, proof.found.file, preloaded == nullptr ? "not set" : preloaded));
    return proof;
  }
  if (choice.known() == nullptr) {
    proof.found.name = choice.name;  // the name its user gave it; the library says which it is
  } else {
    for (const std::string_view option : choice.known()->options) {
      if (const auto value = effective_option(proof.found, std::string(option))) {
        proof.effective[std::string(option)] = *value;
      }
    }
  }
  for (const auto& [option, wanted] : choice.options) {
    if (!proof.effective.contains(option)) {
      proof.effective[option] = kUnavailable;
    } else if (const std::string value = proof.effective.at(option); normal(value) != normal(wanted)) {
      proof.faults.push_back(fmt::format("the plan says {}={}, but {} runs with {}={}", option, wanted,
                                         choice.name, option, value));
    }
  }
  return proof;
}

nlohmann::json allocator_json(const std::string& planned, const std::optional<AllocatorProof>& proof) {
  const AllocatorChoice choice = parse_allocator(planned);
  nlohmann::json requested = nlohmann::json::object();
  for (const auto& [option, value] : choice.options) {
    requested[option] = value;
  }
  const auto text = [&](std::string AllocatorInfo::*member) {
    return proof ? proof->found.*member : std::string(kUnavailable);
  };
  return {{"name", proof ? proof->found.name : choice.name},
          {"planned", planned},
          {"proved", proof.has_value() && proof->faults.empty()},
          {"version", text(&AllocatorInfo::version)},
          {"library", text(&AllocatorInfo::file)},
          {"options",
           {{"requested", requested}, {"effective", proof ? proof->effective : nlohmann::json::object()}}}};
}

}  // namespace baton::trial
