#include "harness/suite/shared_parts.hpp"

#include <cstdint>
#include <fstream>

#include <fmt/format.h>

#include "harness/trial/bad_input.hpp"

namespace baton::suite {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

json read(const fs::path& file) {
  if (!fs::exists(file)) return json::object();
  std::ifstream in(file);
  json content = json::parse(in, nullptr, false);
  if (!content.is_object()) {
    throw BadInput(fmt::format("{}: not a JSON object; valid is the file that the run wrote", file.string()));
  }
  return content;
}

void take(std::map<std::string, json, std::less<>>& parts, const json& file, const char* name) {
  const auto found = file.find(name);
  if (found == file.end() || !found->is_object()) return;
  for (const auto& [digest, part] : found->items()) parts.emplace(digest, part);
}

}  // namespace

// FNV-1a, 64 bits: it tells a run's few parts apart; it does not guard against malice.
std::string digest_of(const json& part) {
  constexpr std::uint64_t kOffset = 0xcbf29ce484222325;
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t hash = kOffset;
  for (const char c : part.dump()) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  return fmt::format("{:016x}", hash);
}

SharedParts SharedParts::of(const fs::path& directory) {
  SharedParts parts;
  const json environment = read(directory / "environment.json");
  take(parts.environments_, environment, "environments");
  take(parts.builds_, environment, "builds");
  take(parts.allocators_, environment, "allocators");
  parts.costs_ = environment.value("costs", json::array());
  parts.add_plan(read(directory / "plan.json"));
  return parts;
}

void SharedParts::add_plan(const json& plan) { take(configurations_, plan, "configurations"); }

bool SharedParts::pack(json& record) {
  bool grown = false;
  const auto said_once = [&](Parts& parts, const char* member) {
    json& part = record.at(member);
    std::string digest = digest_of(part);
    grown = parts.emplace(digest, std::move(part)).second || grown;
    part = std::move(digest);
  };
  said_once(environments_, "environment");
  said_once(builds_, "build");
  said_once(allocators_, "allocator");
  json& configuration = record.at("configuration");
  if (std::string digest = digest_of(configuration); configurations_.contains(digest)) {
    configuration = std::move(digest);
  }
  return grown;
}

void SharedParts::unpack(json& record) const {
  const auto whole_again = [&](const Parts& parts, const char* member, const char* file) {
    const auto named = record.find(member);
    if (named == record.end() || !named->is_string()) return;
    const auto part = parts.find(named->get_ref<const std::string&>());
    if (part == parts.end()) {
      throw BadInput(fmt::format("its {} is {}, which {} does not hold; valid are the digests there", member,
                                 named->dump(), file));
    }
    *named = part->second;
  };
  whole_again(environments_, "environment", "environment.json");
  whole_again(builds_, "build", "environment.json");
  whole_again(allocators_, "allocator", "environment.json");
  whole_again(configurations_, "configuration", "plan.json");
}

json SharedParts::environment() const {
  return {
      {"environments", environments_}, {"builds", builds_}, {"allocators", allocators_}, {"costs", costs_}};
}

}  // namespace baton::suite
