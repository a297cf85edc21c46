#include "harness/suite/conditions.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "made_up_record.hpp"

namespace baton::suite {
namespace {

using nlohmann::json;

json configuration() {
  return {{"fetch_workers", 1},
          {"handoff", {{"ratio", 1.0}, {"hops", 1}, {"min_bytes", 0}}},
          {"body", {{"bytes", {4096}}}},
          {"transport", "memory"}};
}

TEST(Conditions, SayWhatIsHandedOffAndWhatElseTheRequestsAreLike) {
  json one = configuration();
  EXPECT_EQ(conditions_in_words(one), "every response handed off, 4 KiB bodies");
  one["handoff"]["ratio"] = 0.25;
  one["handoff"]["hops"] = 2;
  EXPECT_EQ(conditions_in_words(one), "25 % of the responses handed off over 2 hops, 4 KiB bodies");
  one["fetch_workers"] = 0;
  EXPECT_EQ(conditions_in_words(one), "no response handed off, 4 KiB bodies");
  one = configuration();
  one["handoff"]["min_bytes"] = 16384;
  one["body"] = {{"bytes", {0, 262144}}, {"read_ahead_bytes", 1536}};
  EXPECT_EQ(conditions_in_words(one),
            "every response from 16 KiB on handed off, bodies of 0 B to 256 KiB, 1.5 KiB of each read with "
            "the head");
  one = configuration();
  one["pipelining"] = 8;
  one["load"]["rate"] = 12345.0;
  one["hangup"]["fraction"] = 0.25;
  one["idle_connections"] = 2000;
  one["transport"] = "tcp";
  EXPECT_EQ(conditions_in_words(one),
            "every response handed off, 4 KiB bodies, 8 requests at a time, 12,345 requests/s, 25 % of the "
            "clients hang up, 2,000 quiet connections, over sockets");
}

// Two workers or four: the words say nothing of it.
TEST(Conditions, WhereWordsWouldBeTheSameForTwoQuestionsTheyNameTheirSettings) {
  Evidence evidence;
  for (const int workers : {2, 4}) {
    for (const char* strategy : {"heap", "two_cache"}) {
      json record = made_up_record(strategy, "made_up", 1);
      record["cell_id"] = std::string(strategy) + "/made_up/workers=" + std::to_string(workers);
      record["configuration"] = configuration();
      record["configuration"]["strategy"] = strategy;
      record["configuration"]["client_workers"] = workers;
      evidence.add(record);
    }
  }
  const auto words = conditions_of(evidence);
  EXPECT_EQ(words.at("heap/made_up/workers=2"),
            "every response handed off, 4 KiB bodies (made_up/workers=2)");
  EXPECT_EQ(words.at("two_cache/made_up/workers=4"),
            "every response handed off, 4 KiB bodies (made_up/workers=4)");
}

}  // namespace
}  // namespace baton::suite
