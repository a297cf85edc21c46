#include "harness/suite/records_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "harness/suite/record_check.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/record.hpp"

namespace baton::suite {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::ElementsAre;

class RecordsFile : public testing::Test {
 protected:
  RecordsFile()
      : directory_(fs::temp_directory_path() /
                   ("baton-records-" + std::to_string(::getpid()) + "-" +
                    testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(directory_);
  }
  ~RecordsFile() override { fs::remove_all(directory_); }

  static std::string line(const std::string& trial_id) {
    json record{{"schema_version", trial::kSchemaVersion}};
    for (const auto member : kMembers) record.emplace(std::string(member), 0);
    for (const auto member : kMembersOfValid) record.emplace(std::string(member), 0);
    record["verdict"] = {{"valid", true}};
    record["trial_id"] = trial_id;
    return record.dump() + "\n";
  }

  void write(const std::string& text, const char* name = "trials.jsonl") const {
    std::ofstream(directory_ / name, std::ios::binary) << text;
  }

  [[nodiscard]] std::string content(const char* name = "trials.jsonl") const {
    std::ostringstream text;
    text << std::ifstream(directory_ / name, std::ios::binary).rdbuf();
    return text.str();
  }

  [[nodiscard]] std::vector<std::string> trial_ids() const {
    std::vector<std::string> ids;
    read_records(directory_, [&](const json& record) { ids.push_back(record.at("trial_id")); });
    return ids;
  }

  fs::path directory_;
};

TEST_F(RecordsFile, ReadsTheSameWhetherCompressedOrNot) {
  const std::string long_id(100'000, 'x');  // longer than any buffer
  const std::string text = line("a") + line(long_id) + line("c");
  write(text);
  EXPECT_THAT(trial_ids(), ElementsAre("a", long_id, "c"));
  compress_records(directory_);
  EXPECT_FALSE(fs::exists(directory_ / "trials.jsonl"));
  EXPECT_THAT(trial_ids(), ElementsAre("a", long_id, "c"));
  expand_records(directory_);
  EXPECT_FALSE(fs::exists(directory_ / "trials.jsonl.gz"));
  EXPECT_EQ(content(), text);
}

TEST_F(RecordsFile, ALastLineThatWasCutOffIsLeftOut) {
  const std::string text = line("a") + line("b");
  write(text.substr(0, text.size() - 20));
  EXPECT_THAT(trial_ids(), ElementsAre("a"));
}

TEST_F(RecordsFile, ALineInTheMiddleThatIsCutOffIsRefused) {
  write(line("a").substr(0, 30) + "\n" + line("b"));
  EXPECT_THROW((void)trial_ids(), BadInput);
}

TEST_F(RecordsFile, CompressedDataThatAreCutOffAreRefusedAndKept) {
  write(line("a") + line("b"));
  compress_records(directory_);
  const std::string whole = content("trials.jsonl.gz");
  write(whole.substr(0, whole.size() - 30), "trials.jsonl.gz");
  EXPECT_THROW((void)trial_ids(), BadInput);
  EXPECT_THROW(expand_records(directory_), BadInput);
  EXPECT_EQ(content("trials.jsonl.gz").size(), whole.size() - 30);
}

TEST_F(RecordsFile, EndedInTheMiddleOfCompressingTheOldFileCounts) {
  write(line("a") + line("b"));
  write("half", "trials.jsonl.gz");
  EXPECT_THAT(trial_ids(), ElementsAre("a", "b"));
}

TEST_F(RecordsFile, ADirectoryWithoutRecordsIsRefused) { EXPECT_THROW((void)trial_ids(), BadInput); }

}  // namespace
}  // namespace baton::suite
