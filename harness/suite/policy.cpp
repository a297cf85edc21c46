#include "harness/suite/policy.hpp"

namespace baton::suite {

using nlohmann::json;

json to_json(const Policy& policy) {
  json baselines = json::array();
  for (const Baseline& baseline : policy.baselines) {
    baselines.push_back({{"axis", baseline.axis}, {"value", baseline.value}});
  }
  return {{"baselines", std::move(baselines)},
          {"again", policy.again},
          {"quarantine", to_json(policy.quarantine)},
          {"precision",
           {{"half_width", policy.precision.half_width},
            {"metrics", policy.precision.metrics},
            {"most_rounds", policy.precision.most_rounds}}},
          {"budget_s", policy.budget_s},
          {"counts", policy.counts},
          {"patience_s", policy.patience_s}};
}

Policy policy_from_json(const json& told) {
  Policy policy;
  for (const json& baseline : told.at("baselines")) {
    policy.baselines.push_back({.axis = baseline.at("axis"), .value = baseline.at("value")});
  }
  policy.again = told.at("again");
  policy.quarantine = quarantine_from_json(told.at("quarantine"));
  const json& precision = told.at("precision");
  policy.precision = {.half_width = precision.at("half_width"),
                      .metrics = precision.at("metrics"),
                      .most_rounds = precision.at("most_rounds")};
  policy.budget_s = told.at("budget_s");
  policy.counts = told.value("counts", false);
  policy.patience_s = told.value("patience_s", policy.patience_s);
  return policy;
}

}  // namespace baton::suite
