#include <gtest/gtest.h>

#include <string>

#include <nlohmann/json.hpp>

#include "harness/suite/counts.hpp"

namespace baton::suite {
namespace {

using nlohmann::json;

json table(double total) {
  json told{{"total", total}};
  for (const std::string_view call : trial::kCallNames) told[std::string(call)] = 0.0;
  return told;
}

// Ten calls a request, of which callgrind counted 500 instructions.
json checked(const json& processor) {
  const json none{{"total", 0.0}};
  json ledger;
  for (const char* kind : {"locks", "atomic_rmw", "allocations", "frees", "bytes_copied"})
    ledger[kind] = none;
  return {{"strategy", "made_up"},  {"calls", table(10)}, {"instructions", table(500)},
          {"processor", processor}, {"ledger", ledger},   {"lines", none}};
}
json seen(double total) { return checked({{"instructions", table(total)}}); }

TEST(ProcessorCheck, AFewInstructionsACallAndTwoPerCentAreTheMeasuringsOwn) {
  EXPECT_TRUE(processor_agrees(seen(500)));
  EXPECT_TRUE(processor_agrees(seen(549)));
  EXPECT_TRUE(processor_agrees(seen(451)));
  EXPECT_FALSE(processor_agrees(seen(551)));
  EXPECT_FALSE(processor_agrees(seen(449)));
  EXPECT_TRUE(processor_agrees(checked({{"unavailable", "No such file or directory"}})));
}

TEST(ProcessorCheck, TheTableSaysWhatWasSeenOrWhyNothingWas) {
  const auto text = [](const json& strategy) {
    return counts_text({{"workload", "made_up"}, {"strategies", {strategy}}});
  };
  EXPECT_NE(text(seen(551)).find("500.0     551.0   DIFFERS"), std::string::npos) << text(seen(551));
  EXPECT_NE(text(seen(510)).find("500.0     510.0    agrees"), std::string::npos) << text(seen(510));
  EXPECT_NE(text(checked({{"unavailable", "Permission denied"}})).find("(Permission denied)"),
            std::string::npos);
  json unasked = seen(500);
  unasked.erase("processor");
  EXPECT_EQ(text(unasked).find("processor"), std::string::npos);
}

}  // namespace
}  // namespace baton::suite
