#include "harness/trial/config_json.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <string>

#include "harness/measure/environment.hpp"
#include "harness/trial/bad_input.hpp"
#include "tests/trial/different_config.hpp"

namespace baton::trial {
namespace {

using nlohmann::json;

// What reading says about a configuration with one change; empty if nothing.
std::string refusal(const std::function<void(json&)>& change) {
  json configuration = to_json(different_config());
  change(configuration);
  try {
    config_from_json(configuration);
  } catch (const BadInput& error) {
    return error.what();
  }
  return {};
}

TEST(ConfigJson, every_setting_survives_the_way_there_and_back_through_text) {
  const TrialConfig config = different_config();
  const TrialConfig back = config_from_json(json::parse(to_json(config).dump()));
  EXPECT_EQ(back.strategy, config.strategy);
  EXPECT_EQ(back.workload, config.workload);
  for (const Setting& setting : settings()) {
    EXPECT_EQ(setting.get(back), setting.get(config)) << setting.option;
  }
}

TEST(ConfigJson, has_every_setting_where_the_schema_says) {
  const json configuration = to_json(different_config());
  for (const Setting& setting : settings()) {
    EXPECT_TRUE(configuration.contains(json::json_pointer(setting.json))) << setting.json;
  }
  EXPECT_TRUE(configuration.at("body").at("bytes").is_array());
  EXPECT_TRUE(configuration.at("oversubscribed").is_boolean());
}

// So that plans of runs that are older than a setting can still be read.
TEST(ConfigJson, a_missing_setting_has_its_default) {
  json older = to_json(different_config());
  older["handoff"].erase("hops");
  EXPECT_EQ(config_from_json(older).pipeline.handoff.hops, TrialConfig{}.pipeline.handoff.hops);
  EXPECT_NE(different_config().pipeline.handoff.hops, TrialConfig{}.pipeline.handoff.hops);
}

TEST(ConfigJson, a_missing_name_is_refused) {
  EXPECT_THAT(refusal([](json& all) { all.erase("strategy"); }), testing::HasSubstr("/strategy is missing"));
}

TEST(ConfigJson, an_unknown_setting_is_refused_with_the_nearest) {
  EXPECT_THAT(refusal([](json& all) { all["conections"] = 3; }),
              testing::HasSubstr("did you mean '/connections'?"));
  EXPECT_THAT(refusal([](json& all) { all["load"]["rates"] = 3; }),
              testing::HasSubstr("did you mean '/load/rate'?"));
}

TEST(ConfigJson, a_wrong_value_is_refused_with_the_valid_ones) {
  EXPECT_EQ(refusal([](json& all) { all["client_workers"] = 0; }),
            "configuration: /client_workers is 0; valid is an integer from 1 to 4096");
  EXPECT_THAT(refusal([](json& all) { all["client_workers"] = -1; }),
              testing::HasSubstr("valid is an integer"));
  EXPECT_THAT(refusal([](json& all) { all["client_workers"] = "two"; }),
              testing::HasSubstr("valid is an integer"));
  EXPECT_THAT(refusal([](json& all) { all["client_workers"] = nullptr; }),
              testing::HasSubstr("/client_workers is null"));
  EXPECT_THAT(refusal([](json& all) {
                all["body"]["bytes"] = {1, "x"};
              }),
              testing::HasSubstr("list of integers"));
}

TEST(ConfigJson, what_is_no_object_is_refused) { EXPECT_THROW(config_from_json(json::array()), BadInput); }

TEST(ConfigJson, more_busy_threads_than_usable_cpus_are_oversubscribed) {
  TrialConfig config;
  config.pipeline.client_workers = usable_cpus();
  config.pipeline.fetch_workers = 1;
  EXPECT_FALSE(oversubscribed(config)) << "fetch workers that are handed nothing are not busy";
  config.pipeline.handoff.ratio = 0.5;
  EXPECT_TRUE(oversubscribed(config));
  config.pipeline.handoff.ratio = 0;
  config.transport = TransportKind::tcp;
  EXPECT_TRUE(oversubscribed(config)) << "clients and origin run here too";
}

}  // namespace
}  // namespace baton::trial
