#include "harness/trial/workload.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "harness/trial/bad_input.hpp"
#include "harness/trial/check.hpp"

namespace baton::trial {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kHead = "name = \"mine\"\ntitle = \"a title\"\n";

class WorkloadFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "baton-workload-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  fs::path write(std::string_view text, const std::string& name = "mine.toml") {
    const fs::path file = directory_ / name;
    std::ofstream(file) << text;
    return file;
  }
  TrialConfig read(std::string_view below) {
    return read_workload(write(std::string(kHead) + std::string(below))).config;
  }
  // The message with which the file is refused; empty if it is accepted.
  std::string refusal(std::string_view text) {
    try {
      read_workload(write(text));
    } catch (const BadInput& error) {
      return error.what();
    }
    return {};
  }
  // The same for lines below a good head, which has two.
  std::string refusal_of(std::string_view below) { return refusal(std::string(kHead) + std::string(below)); }
  std::string at(int line) const {
    return (directory_ / "mine.toml").string() + ":" + std::to_string(line) + ": ";
  }

  fs::path directory_;
};

TEST_F(WorkloadFile, sets_what_it_names_and_leaves_the_rest_at_its_default) {
  const TrialConfig config = read(
      "[load]\nconnections = 7\nloop = \"open\"\nrate = 1000\n[body]\nbytes = [1, 2]\nchunked = true\n"
      "[handoff]\nratio = 0.5\n[trial]\nmeasure_s = 3\n");
  EXPECT_EQ(config.workload, "mine");
  EXPECT_EQ(config.load.connections, 7U);
  EXPECT_EQ(config.load.loop, Loop::open);
  EXPECT_EQ(config.load.rate, 1000.0);
  EXPECT_EQ(config.body.bytes, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_TRUE(config.body.chunked);
  EXPECT_EQ(config.pipeline.handoff.ratio, 0.5);
  EXPECT_EQ(config.measure_s, 3.0);
  EXPECT_EQ(config.load.pipelining, TrialConfig{}.load.pipelining);
}

TEST_F(WorkloadFile, names_the_line_of_an_unknown_key_the_valid_ones_and_the_nearest) {
  EXPECT_THAT(
      refusal_of("[load]\nconections = 3\n"),
      AllOf(StartsWith(at(4)), HasSubstr("unknown key of [load] 'conections'; did you mean 'connections'?"),
            HasSubstr("Valid: connections, pipelining")));
}

TEST_F(WorkloadFile, names_the_line_of_an_unknown_section_the_valid_ones_and_the_nearest) {
  EXPECT_THAT(refusal_of("\n[laod]\nconnections = 3\n"),
              AllOf(StartsWith(at(4)), HasSubstr("unknown section 'laod'; did you mean 'load'?"),
                    HasSubstr("pipeline, handoff")));
  EXPECT_THAT(refusal_of("nam = 3\n"),
              AllOf(StartsWith(at(3)), HasSubstr("unknown key 'nam'; did you mean 'name'?")));
}

TEST_F(WorkloadFile, a_section_is_not_a_value) {
  EXPECT_THAT(refusal_of("load = 3\n"),
              AllOf(StartsWith(at(3)), HasSubstr("load is a section; write [load]")));
}

TEST_F(WorkloadFile, refuses_values_of_the_wrong_type) {
  EXPECT_EQ(refusal_of("[load]\nconnections = \"many\"\n"),
            at(4) + "load.connections is 'many'; valid is an integer from 1 to 1000000");
  EXPECT_THAT(refusal_of("[load]\nconnections = 1.5\n"),
              HasSubstr("load.connections is 1.5; valid is an integer"));
  EXPECT_THAT(refusal_of("[load]\nconnections = -1\n"),
              HasSubstr("load.connections is -1; valid is an integer"));
  EXPECT_THAT(refusal_of("[body]\nbytes = [1, \"x\"]\n"),
              HasSubstr("body.bytes is 'x'; valid is one or more integers"));
  EXPECT_THAT(refusal_of("[body]\nbytes = []\n"), HasSubstr("valid is one or more integers"));
  EXPECT_THAT(refusal_of("[body]\nchunked = 1\n"), HasSubstr("body.chunked is 1; valid is true or false"));
  EXPECT_THAT(refusal_of("[pipeline]\nwaiting = \"spinn\"\n"),
              HasSubstr("pipeline.waiting is 'spinn' (did you mean 'spin'?)"));
}

TEST_F(WorkloadFile, refuses_values_out_of_range) {
  EXPECT_EQ(refusal_of("[handoff]\nratio = 1.5\n"),
            at(4) + "handoff.ratio is 1.5; valid is a number from 0 to 1");
  EXPECT_THAT(refusal_of("[load]\nconnections = 0\n"),
              HasSubstr("load.connections is 0; valid is an integer from 1"));
  EXPECT_THAT(refusal_of("[trial]\nmeasure_s = inf\n"),
              HasSubstr("trial.measure_s is inf; valid is a number"));
}

TEST_F(WorkloadFile, refuses_what_is_not_toml_with_its_line) {
  EXPECT_THAT(refusal_of("[load\n"), StartsWith(at(3)));
  EXPECT_THAT(refusal_of("[load]\nconnections = 1\nconnections = 2\n"), StartsWith(at(5)));
}

TEST_F(WorkloadFile, has_the_name_of_its_file) {
  EXPECT_EQ(refusal("name = \"other\"\ntitle = \"t\"\n"),
            at(1) + "name is \"other\"; valid is \"mine\", as the file");
  EXPECT_THAT(refusal("title = \"t\"\n"), EndsWith("name is missing; valid is \"mine\""));
  EXPECT_THAT(refusal("name = 3\ntitle = \"t\"\n"), HasSubstr("name is not a text in quotes"));
}

TEST_F(WorkloadFile, has_a_title) {
  EXPECT_THAT(refusal("name = \"mine\"\n"), HasSubstr("title is missing"));
}

TEST_F(WorkloadFile, names_the_line_of_a_contradiction) {
  EXPECT_THAT(refusal_of("[load]\nloop = \"open\"\n"),
              AllOf(StartsWith(at(3)), HasSubstr("load.rate is 0 but the loop is open")));
  EXPECT_THAT(refusal_of("[load]\nloop = \"open\"\nrate = 0\n"), StartsWith(at(5)));
}

TEST_F(WorkloadFile, sweeps_a_setting_whose_value_is_a_list) {
  const Workload workload = read_workload(
      write(std::string(kHead) + "[handoff]\nratio = [0.0, 0.5, 1]\n[body]\nbytes = [1024, 4096]\n"));
  ASSERT_EQ(workload.sweeps.size(), 1U);
  EXPECT_EQ(workload.sweeps.front().setting, find_setting("handoff", "ratio"));
  EXPECT_EQ(workload.sweeps.front().values, (std::vector<Value>{0.0, 0.5, 1.0}));
  EXPECT_EQ(workload.sweeps.front().setting->get(workload.config), Value(0.0));
  EXPECT_EQ(workload.config.body.bytes, (Integers{1024, 4096}));  // a list is what that setting takes
  const Workload lists =
      read_workload(write(std::string(kHead) + "[body]\nbytes = [[1024], [1024, 4096]]\n"));
  EXPECT_EQ(lists.sweeps.front().values, (std::vector<Value>{Integers{1024}, Integers{1024, 4096}}));
}

TEST_F(WorkloadFile, refuses_sweeps_that_are_none_and_values_that_make_no_sense) {
  EXPECT_EQ(
      refusal_of("[handoff]\nratio = [0.5]\n"),
      at(4) +
          "handoff.ratio is a list of fewer than two values; valid is one value, or a list of two or more");
  EXPECT_EQ(refusal_of("[handoff]\nratio = [0.5, 1, 0.5]\n"),
            at(4) + "handoff.ratio has 0.5 twice; valid is each value once");
  EXPECT_THAT(refusal_of("[handoff]\nratio = [0.5, 2]\n"), StartsWith(at(4) + "handoff.ratio is 2"));
  EXPECT_THAT(refusal_of("[pipeline]\nfetch_workers = [0, 1]\n[handoff]\nratio = [0, 1]\n"),
              StartsWith(at(6) + "handoff.ratio"));
}

TEST_F(WorkloadFile, leaves_what_is_expected_to_the_suite_and_refuses_what_is_no_list_of_it) {
  EXPECT_EQ(refusal_of("[[expect]]\nthat = \"it is so\"\n"), "");
  EXPECT_EQ(refusal_of("expect = \"it is so\"\n"),
            at(3) + "expect is not a list of tables; write [[expect]] and its keys below it");
}

TEST_F(WorkloadFile, that_does_not_exist_is_refused_by_name) {
  EXPECT_THROW(read_workload(directory_ / "none.toml"), BadInput);
}

TEST_F(WorkloadFile, unknown_workloads_are_refused_with_the_valid_ones_and_the_nearest) {
  write("name = \"one\"\ntitle = \"t\"\n", "one.toml");
  write("name = \"three\"\ntitle = \"t\"\n", "three.toml");
  write("not a workload", "notes.txt");
  const auto workloads = read_workloads(directory_);
  EXPECT_EQ(find_workload(workloads, "three").name, "three");
  try {
    find_workload(workloads, "thre");
    FAIL() << "it was found";
  } catch (const BadInput& error) {
    EXPECT_STREQ(error.what(), "unknown workload 'thre'; did you mean 'three'? Valid: one, three");
  }
}

TEST_F(WorkloadFile, directories_that_do_not_exist_are_refused) {
  EXPECT_THROW(workload_directory((directory_ / "none").string()), BadInput);
  EXPECT_EQ(workload_directory(directory_.string()), directory_);
}

TEST(Workloads, that_come_with_the_program_can_be_run) {
  const auto workloads = read_workloads(workload_directory({}));
  ASSERT_FALSE(workloads.empty());
  for (const Workload& workload : workloads) {
    EXPECT_FALSE(workload.question.empty() || workload.source.empty()) << workload.name;
    TrialConfig config = workload.config;
    config.pinning = Pinning::none;  // whatever there is of CPUs here
    EXPECT_NO_THROW(check(config)) << workload.name;
  }
}

}  // namespace
}  // namespace baton::trial
