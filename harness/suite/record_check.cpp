#include "harness/suite/record_check.hpp"

#include <fmt/format.h>

#include "harness/trial/record.hpp"

namespace baton::suite {

using nlohmann::json;

std::optional<std::string> fault_of(const json& record) {
  if (!record.is_object()) {
    return "not an object";
  }
  if (const json version = record.value("schema_version", json()); version != trial::kSchemaVersion) {
    return fmt::format("schema_version is {}; valid is {}, the version of results/schema.json",
                       version.is_null() ? "missing" : version.dump(), trial::kSchemaVersion);
  }
  for (const std::string_view member : kMembers) {
    if (!record.contains(member)) {
      return fmt::format("its {} is missing", member);
    }
  }
  const json& verdict = record["verdict"];
  if (!verdict.is_object() || verdict.value("valid", json()) != json(true)) {
    return std::nullopt;
  }
  for (const std::string_view member : kMembersOfValid) {
    if (!record.contains(member)) {
      return fmt::format("its {} is missing, which a valid trial has", member);
    }
  }
  return std::nullopt;
}

}  // namespace baton::suite
