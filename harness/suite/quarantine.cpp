#include "harness/suite/quarantine.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "harness/stats/order.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/nearest.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

constexpr std::array kKeys = {
    QuarantineKey{"others_cores", &QuarantineRules::others_cores, 0, 4096, false,
                  "cores that other processes used"},
    QuarantineKey{"steal_cores", &QuarantineRules::steal_cores, 0, 4096, false,
                  "cores that the hypervisor gave to others"},
    QuarantineKey{
        "calibration", &QuarantineRules::calibration, 0, 100, false,
        "share by which the spin or memory calibration is slower than in nine of ten trials so far"},
    QuarantineKey{"round_trip_factor", &QuarantineRules::round_trip_factor, 0, 1000, false,
                  "factor between the core-to-core round trip before and after"},
    QuarantineKey{"turn_spin", &QuarantineRules::turn_spin, 0, 100, false,
                  "share by which the spin calibrations before two turns may differ"},
    QuarantineKey{"turn_memory", &QuarantineRules::turn_memory, 0, 100, false,
                  "share by which the memory calibrations before two turns may differ"},
    QuarantineKey{"reruns", &QuarantineRules::reruns, 0, 100, true,
                  "how often a trial is run again before it is given up"},
};

std::optional<double> number_at(const json& record, const char* pointer) {
  const json::json_pointer at(pointer);
  if (!record.contains(at) || !record.at(at).is_number()) return std::nullopt;
  return record.at(at).get<double>();
}

std::optional<double> worse(std::optional<double> one, std::optional<double> other) {
  if (!one || !other) return one ? one : other;
  return std::max(*one, *other);
}

// Some machines' memory is twice as slow from one moment to the next: what one trial in ten sees there is
// usual, and no disturbance.
constexpr double kUsual = 0.9;

}  // namespace

std::span<const QuarantineKey> quarantine_keys() { return kKeys; }

void set_rule(QuarantineRules& rules, std::string_view key, double value) {
  const auto found = std::ranges::find(kKeys, key, &QuarantineKey::name);
  if (found == kKeys.end()) {
    std::vector<std::string_view> valid;
    valid.reserve(kKeys.size());
    for (const QuarantineKey& one : kKeys) valid.push_back(one.name);
    throw BadInput(unknown_name("quarantine rule", key, valid));
  }
  const bool fits =
      value >= found->least && value <= found->most && (!found->whole || std::floor(value) == value);
  if (!fits) {
    throw BadInput(fmt::format("{} is {}; valid is a {} from {} to {} ({}; 0 switches it off)", key, value,
                               found->whole ? "whole number" : "number", found->least, found->most,
                               found->help));
  }
  rules.*(found->value) = value;
}

void set_rule(QuarantineRules& rules, std::string_view text) {
  if (text == "off") {
    rules = {.others_cores = 0,
             .steal_cores = 0,
             .calibration = 0,
             .round_trip_factor = 0,
             .turn_spin = 0,
             .turn_memory = 0,
             .reruns = 0};
    return;
  }
  const std::size_t equals = text.find('=');
  const std::string_view digits = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    throw BadInput(fmt::format(
        "'{}' is not a quarantine rule; valid is KEY=NUMBER, such as others_cores=0.5, or off", text));
  }
  set_rule(rules, text.substr(0, equals), value);
}

json to_json(const QuarantineRules& rules) {
  json told = json::object();
  for (const QuarantineKey& key : kKeys) told[std::string(key.name)] = rules.*(key.value);
  return told;
}

QuarantineRules quarantine_from_json(const json& told) {
  QuarantineRules rules;
  for (const auto& [key, value] : told.items()) set_rule(rules, key, value.get<double>());
  return rules;
}

std::optional<double> Noise::round_trip_ns() const {
  if (!round_trip_before_ns || !round_trip_after_ns) {
    return round_trip_before_ns ? round_trip_before_ns : round_trip_after_ns;
  }
  return std::sqrt(*round_trip_before_ns * *round_trip_after_ns);
}

Noise noise_of(const json& record) {
  Noise noise{.others_cores = number_at(record, "/noise/others_cpu_cores"),
              .steal_cores = number_at(record, "/noise/steal_cores"),
              .spin_ns = {},
              .memory_ns = {},
              .round_trip_before_ns = {},
              .round_trip_after_ns = {}};
  if (record.contains(json::json_pointer("/slices/series/place"))) return noise;
  noise.spin_ns =
      worse(number_at(record, "/noise/before/spin_ns"), number_at(record, "/noise/after/spin_ns"));
  noise.memory_ns =
      worse(number_at(record, "/noise/before/memory_ns"), number_at(record, "/noise/after/memory_ns"));
  noise.round_trip_before_ns = number_at(record, "/noise/before/round_trip_ns");
  noise.round_trip_after_ns = number_at(record, "/noise/after/round_trip_ns");
  return noise;
}

std::vector<std::string> Quarantine::judge(const Noise& noise) {
  std::vector<std::string> reasons;
  const auto above = [&](std::optional<double> cores, double limit, std::string_view whose) {
    if (cores && limit > 0 && *cores > limit) {
      reasons.push_back(fmt::format("{} {:.2f} cores, above {:.2f}", whose, *cores, limit));
    }
  };
  above(noise.others_cores, rules_.others_cores, "other processes used");
  above(noise.steal_cores, rules_.steal_cores, "the hypervisor took");

  const auto slow = [&](std::optional<double> took, std::vector<double>& earlier, std::string_view what) {
    if (!took) return;
    const std::optional<double> usual = stats::quantile_of_sorted(earlier, kUsual);
    if (usual && earlier.size() >= kLeastCalibrations && rules_.calibration > 0 &&
        *took > *usual * (1 + rules_.calibration)) {
      reasons.push_back(fmt::format(
          "the {} calibration took {:.0f} % longer than nine of ten trials of the run, above {:.0f} %", what,
          (*took / *usual - 1) * 100, rules_.calibration * 100));
    }
    earlier.insert(std::ranges::upper_bound(earlier, *took), *took);
  };
  slow(noise.spin_ns, spins_, "spin");
  slow(noise.memory_ns, memories_, "memory");

  const auto before = noise.round_trip_before_ns;
  const auto after = noise.round_trip_after_ns;
  if (before && after && *before > 0 && *after > 0 && rules_.round_trip_factor > 0) {
    const double factor = std::max(*before / *after, *after / *before);
    if (factor > rules_.round_trip_factor) {
      reasons.push_back(
          fmt::format("the core-to-core round trip went from {:.0f} to {:.0f} ns, a factor above {:.1f}",
                      *before, *after, rules_.round_trip_factor));
    }
  }
  return reasons;
}

}  // namespace baton::suite
