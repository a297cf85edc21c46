// What records of a run have in common is said once, in the run's directory, and a record names it by digest:
// the machine, the program and its allocator in environment.json, the cells' parameters in plan.json.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace baton::suite {

// 16 hexadecimal digits. Equal texts (JSON, members in order of their names) have equal digests.
std::string digest_of(const nlohmann::json& part);

class SharedParts {
 public:
  SharedParts() = default;
  // Those of a run's directory; of files that are not there, none. Throws BadInput for one that is no JSON.
  static SharedParts of(const std::filesystem::path& directory);

  // Puts digests in the place of what is said elsewhere. A machine, program or allocator not seen before is
  // taken up: true, and environment() has to be on the disk before the record. Parameters that the plan does
  // not hold (a run that goes on where fewer CPUs are usable) stay in the record.
  bool pack(nlohmann::json& record);
  // The whole record again. Throws BadInput if a digest names nothing; what is no digest stays as it is.
  void unpack(nlohmann::json& record) const;

  // What this machine's steps cost, measured at the start of a session and of each round
  // (harness/measure/costs.hpp).
  void add_costs(nlohmann::json costs) { costs_.push_back(std::move(costs)); }

  [[nodiscard]] const nlohmann::json& costs() const noexcept { return costs_; }

  // The content of environment.json.
  [[nodiscard]] nlohmann::json environment() const;
  // Takes up what a plan holds: its member "configurations".
  void add_plan(const nlohmann::json& plan);

 private:
  using Parts = std::map<std::string, nlohmann::json, std::less<>>;  // by digest

  Parts environments_;
  Parts builds_;
  Parts allocators_;
  Parts configurations_;
  nlohmann::json costs_ = nlohmann::json::array();  // of each session and round of the run
};

}  // namespace baton::suite
