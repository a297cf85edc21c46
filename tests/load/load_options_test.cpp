#include "harness/load/load_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace baton::load {
namespace {

using testing::HasSubstr;

struct BadOptions {
  const char* what;
  void (*spoil)(LoadOptions&);
  const char* says;
};
class BadLoadOptions : public testing::TestWithParam<BadOptions> {};

TEST_P(BadLoadOptions, AreRefusedWithASentence) {
  LoadOptions options;
  GetParam().spoil(options);
  try {
    validate(options);
    FAIL() << GetParam().what;
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), HasSubstr(GetParam().says)) << GetParam().what;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BadLoadOptions,
    testing::Values(
        BadOptions{"no connection", [](LoadOptions& o) { o.connections = 0; }, "connections is 0"},
        BadOptions{"more threads than connections", [](LoadOptions& o) { o.threads = 65; }, "threads is 65"},
        BadOptions{"open without a rate", [](LoadOptions& o) { o.loop = LoadLoop::open; }, "needs a rate"},
        BadOptions{"rate in a closed loop", [](LoadOptions& o) { o.rate = 5; }, "the closed loop has none"},
        BadOptions{"unknown key", [](LoadOptions& o) { o.targets[0].query = "chunky=1"; }, "valid are seed"},
        BadOptions{"no target", [](LoadOptions& o) { o.targets.clear(); }, "no target"},
        BadOptions{"weight", [](LoadOptions& o) { o.targets[0].weight = 0; }, "weight is 0"},
        BadOptions{"fraction", [](LoadOptions& o) { o.hang_up.fraction = 1.5; }, "1.5"},
        BadOptions{"header", [](LoadOptions& o) { o.headers = {"X"}; }, "'X' is not a header"},
        BadOptions{"header of two lines", [](LoadOptions& o) { o.headers = {"X: 1\r\nY: 2"}; },
                   "not a header"},
        BadOptions{"pipelined closing",
                   [](LoadOptions& o) {
                     o.keep_alive = false;
                     o.pipelining = 2;
                   },
                   "pipelined"},
        BadOptions{"faults of another server",
                   [](LoadOptions& o) {
                     o.faults.reset = 0.1;
                     o.targets.front().path = "/x";
                   },
                   "need our origin"},
        BadOptions{"too many files", [](LoadOptions& o) { o.idle_connections = 2'000'000'000; },
                   "open files"}),
    [](const auto& bad) {
      std::string name(bad.param.what);
      std::replace(name.begin(), name.end(), ' ', '_');
      return name;
    });

}  // namespace
}  // namespace baton::load
