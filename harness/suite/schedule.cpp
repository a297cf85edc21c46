#include "harness/suite/schedule.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "harness/suite/adaptive.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

// trial_id without "-a1", and which attempt it is.
std::pair<std::string, std::uint32_t> attempt_of(const std::string& trial_id) {
  const std::size_t at = trial_id.rfind("-a");
  const bool first = at == std::string::npos || at + 2 == trial_id.size() ||
                     !std::all_of(trial_id.begin() + static_cast<std::ptrdiff_t>(at) + 2, trial_id.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if (first) return {trial_id, 0};
  return {trial_id.substr(0, at), static_cast<std::uint32_t>(std::stoul(trial_id.substr(at + 2)))};
}

// Verification is that of the first name.
std::string first_name(const std::string& cell_id) {
  return cell_id.ends_with(kAgain) ? cell_id.substr(0, cell_id.size() - kAgain.size()) : cell_id;
}

// A trial with those of its members only that are wanted; nothing if none is. The rest of a group does not
// run at the same time as those before it, so it is a group of its own.
template <class Wanted>
std::optional<trial::TrialSpec> restricted(trial::TrialSpec spec, Wanted wanted) {
  if (spec.members.empty()) {
    return wanted(trial::members_of(spec).front()) ? std::optional(std::move(spec)) : std::nullopt;
  }
  if (std::erase_if(spec.members, [&](const trial::Member& member) { return !wanted(member); }) != 0) {
    spec.trial_id += "-rest";
  }
  return spec.members.empty() ? std::nullopt : std::optional(std::move(spec));
}

}  // namespace

Schedule::Schedule(const Plan& plan)
    : plan_(plan), quarantine_(plan.policy.quarantine), current_(verification_of(plan)) {}

void Schedule::complete(json& record, double process_s) {
  record["attempt"] = attempt_of(record.at("trial_id")).second;
  record["process_s"] = process_s;
  record["quarantine"] = nullptr;
  if (record.at("role") == "trial") {
    Quarantine after = quarantine_;  // add() will count it
    const std::vector<std::string> reasons = after.judge(noise_of(record));
    record["quarantine"] = {{"quarantined", !reasons.empty()}, {"reasons", reasons}};
    if (!turns_of(record).empty()) {
      const QuarantineRules& rules = plan_.policy.quarantine;
      record["quarantine"]["turn"] = {{"spin", rules.turn_spin}, {"memory", rules.turn_memory}};
    }
  }
}

void Schedule::add(const json& record) {
  evidence_.add(record);
  ++done_;
  const bool valid = record.at("verdict").at("valid");
  invalid_ += valid ? 0 : 1;
  const auto [trial_id, attempt] = attempt_of(record.at("trial_id"));
  Tried& tried = tried_[trial_id];
  tried.attempts = std::max(tried.attempts, attempt + 1);
  tried.quarantined = false;
  if (record.at("role") == "trial") {
    quarantine_.judge(noise_of(record));
    const json quarantine = record.value("quarantine", json());
    tried.quarantined = valid && quarantine.is_object() && quarantine.at("quarantined").get<bool>();
    quarantined_ += tried.quarantined ? 1 : 0;
    const std::uint32_t round = record.at("round");
    greatest_round_ = std::max(greatest_round_, round);
    if (round > plan_.rounds) {
      cell_of_round_.emplace(round, record.at("cell_id"));
      further_s_ += record.value("process_s", 0.0);
    }
  } else if (!valid) {
    unverified_.insert(record.at("cell_id"));
  }
  const double process_s = record.value("process_s", 0.0);
  spent_s_ += process_s;
  const json& configuration = record.at("configuration");
  slack_s_ += std::max(0.0, process_s - configuration.value("ramp_s", 0.0) -
                                configuration.value("measure_s", 0.0) - configuration.value("calm_s", 0.0));
}

std::optional<trial::TrialSpec> Schedule::next() {
  while (!at_end_) {
    if (auto spec = next_of_round()) return spec;
    if (round_ != 0) {
      for (const trial::TrialSpec& spec : current_) {
        left_out_ += static_cast<std::size_t>(
            std::ranges::count_if(trial::members_of(spec),
                                  [&](const trial::Member& member) { return unverified(member.cell_id); }));
      }
    }
    ++round_;
    at_end_ = !another_round();
    if (!at_end_) current_ = trials_of_round();
  }
  return std::nullopt;
}

std::optional<trial::TrialSpec> Schedule::next_of_round() {
  for (const trial::TrialSpec& spec : current_) {
    auto left = restricted(spec, [&](const trial::Member& member) {
      return !unverified(member.cell_id) && !tried_.contains(member.trial_id);
    });
    if (left) return left;
  }
  // What was disturbed runs again when the round is through, so that the disturbance may have passed.
  const auto reruns = static_cast<std::uint32_t>(plan_.policy.quarantine.reruns);
  for (std::uint32_t attempt = 1; attempt <= reruns; ++attempt) {
    for (const trial::TrialSpec& spec : current_) {
      const auto disturbed = restricted(spec, [&](const trial::Member& member) {
        const auto tried = tried_.find(member.trial_id);
        return tried != tried_.end() && tried->second.quarantined && tried->second.attempts == attempt;
      });
      if (disturbed) return rerun_of(*disturbed, attempt);
    }
  }
  return std::nullopt;
}

bool Schedule::another_round() {
  if (std::ranges::all_of(plan_.cells, [&](const PlannedCell& cell) { return unverified(cell.id); })) {
    ended_because_ = "no cell passed verification";
    return false;
  }
  if (round_ > plan_.rounds && plan_.policy.precision.half_width == 0) return false;
  if (round_ > plan_.rounds) return further_round();
  if (round_ <= greatest_round_) return true;  // begun in an earlier session
  const double budget = plan_.policy.budget_s;
  if (round_ > 1 && budget > 0 && spent_s_ + seconds_of_round(round_) > budget) {
    ended_because_ = fmt::format("the time budget of {} allows no further round after {}",
                                 duration_text(budget), round_ - 1);
    return false;
  }
  return true;
}

bool Schedule::further_round() {
  if (const auto begun = cell_of_round_.find(round_);
      begun != cell_of_round_.end()) {  // in an earlier session
    taking_part_ = compared_with(evidence_, plan_, begun->second);
    return true;
  }
  NextRound next = next_round(evidence_, plan_);
  if (next.questions == 0) {
    ended_because_ = fmt::format("{} rounds are the plan's, and no ratio asks for more", plan_.rounds);
    return false;
  }
  taking_part_ = std::move(next.cells);
  const double budget = plan_.policy.budget_s;
  const double seconds = seconds_of_round(round_);
  switch (next.what) {
    case stats::Next::another_round:
      if (budget == 0 || (spent_s_ + seconds <= budget && further_s_ + seconds <= budget / 2)) return true;
      ended_because_ = fmt::format("the time budget of {} is spent, at most half of it on rounds beyond {}",
                                   duration_text(budget), plan_.rounds);
      return false;
    case stats::Next::precise_enough:
      ended_because_ = fmt::format("every ratio is known to {:.3g} % after {} rounds",
                                   plan_.policy.precision.half_width * 100, round_ - 1);
      return false;
    case stats::Next::rounds_spent:
      ended_because_ =
          fmt::format("{} rounds are the most the plan allows; not every ratio is known to {:.3g} %",
                      round_ - 1, plan_.policy.precision.half_width * 100);
      return false;
  }
  return false;
}

bool Schedule::takes_part(const PlannedCell& cell, std::uint32_t round) const {
  return cell.takes_part(round) && (round <= plan_.rounds || taking_part_.contains(cell.id));
}

std::vector<trial::TrialSpec> Schedule::trials_of_round() const {
  std::vector<trial::TrialSpec> all = round_of(plan_, round_);
  if (round_ <= plan_.rounds) return all;
  std::vector<trial::TrialSpec> some;
  for (trial::TrialSpec& spec : all) {
    auto part = restricted(
        std::move(spec), [&](const trial::Member& member) { return taking_part_.contains(member.cell_id); });
    if (part) some.push_back(std::move(*part));
  }
  return some;
}

bool Schedule::unverified(const std::string& cell_id) const {
  return unverified_.contains(first_name(cell_id));
}

double Schedule::seconds_of(const trial::TrialConfig& config) const {
  constexpr double kFirstGuess = 0.3;
  const double slack = done_ == 0 ? kFirstGuess : slack_s_ / static_cast<double>(done_);
  return config.ramp_s + config.measure_s + config.calm_s + slack;
}

double Schedule::seconds_of_round(std::uint32_t round) const {
  double seconds = 0;
  for (const PlannedCell& cell : plan_.cells) {
    if (!unverified(cell.id) && takes_part(cell, round)) seconds += seconds_of(cell.config);
  }
  return seconds;
}

Progress Schedule::progress() const {
  Progress progress{.done = done_, .of = 0, .remaining_s = 0, .quarantined = quarantined_};
  std::size_t left = 0;
  for (const trial::TrialSpec& spec : current_) {
    for (const trial::Member& member : trial::members_of(spec)) {
      if (unverified(member.cell_id) || tried_.contains(member.trial_id)) continue;
      progress.remaining_s += seconds_of(spec.config);
      ++left;
    }
  }
  for (std::uint32_t round = round_ + 1; round <= plan_.rounds; ++round) {
    progress.remaining_s += seconds_of_round(round);
    left += static_cast<std::size_t>(std::ranges::count_if(plan_.cells, [&](const PlannedCell& cell) {
      return !unverified(cell.id) && takes_part(cell, round);
    }));
  }
  const double budget = plan_.policy.budget_s;
  if (plan_.policy.precision.half_width == 0) {
    progress.of = done_ + left;
  } else if (budget > 0) {
    progress.remaining_s = std::max(0.0, budget - spent_s_);
  }
  if (budget > 0) progress.remaining_s = std::min(progress.remaining_s, std::max(0.0, budget - spent_s_));
  return progress;
}

}  // namespace baton::suite
