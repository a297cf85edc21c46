// What readers ask of a record is what the schema asks.
#include <gmock/gmock.h>

#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/record_check.hpp"
#include "harness/trial/record.hpp"

namespace baton::suite {
namespace {

using nlohmann::json;
using testing::ElementsAreArray;
using testing::HasSubstr;

json valid_record() {
  json record{{"schema_version", trial::kSchemaVersion}};
  for (const auto member : kMembers) record.emplace(std::string(member), 0);
  for (const auto member : kMembersOfValid) record.emplace(std::string(member), 0);
  record["verdict"] = {{"valid", true}};
  return record;
}

TEST(RecordCheck, AsksForWhatTheSchemaAsksFor) {
  const json schema = json::parse(std::ifstream(BATON_SCHEMA));
  EXPECT_THAT(schema.at("required").get<std::vector<std::string>>(), ElementsAreArray(kMembers));
  EXPECT_THAT(schema.at("then").at("required").get<std::vector<std::string>>(),
              ElementsAreArray(kMembersOfValid));
}

TEST(RecordCheck, AWholeRecordIsGood) { EXPECT_EQ(fault_of(valid_record()), std::nullopt); }

TEST(RecordCheck, AnotherVersionIsNamedWithTheValidOne) {
  json record = valid_record();
  record["schema_version"] = 99;
  EXPECT_THAT(fault_of(record).value(), HasSubstr("schema_version is 99; valid is 2"));
  record.erase("schema_version");
  EXPECT_THAT(fault_of(record).value(), HasSubstr("schema_version is missing"));
}

TEST(RecordCheck, AMemberThatIsMissingIsNamed) {
  for (const auto member : kMembers) {
    json record = valid_record();
    record.erase(std::string(member));
    EXPECT_THAT(fault_of(record).value(), HasSubstr(std::string(member))) << member;
  }
}

TEST(RecordCheck, OnlyAValidTrialNeedsWhatItMeasured) {
  json record = valid_record();
  record.erase("throughput");
  EXPECT_THAT(fault_of(record).value(), HasSubstr("its throughput is missing"));
  record["verdict"]["valid"] = false;
  EXPECT_EQ(fault_of(record), std::nullopt);
}

}  // namespace
}  // namespace baton::suite
