#include "harness/suite/conditions.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

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

std::map<std::string, std::string> words_of(const std::vector<std::pair<std::string, json>>& more) {
  Evidence evidence;
  for (const auto& [id, differs] : more) {
    for (const char* strategy : {"heap", "two_cache"}) {
      json record = made_up_record(strategy, "made_up", 1);
      record["cell_id"] = std::string(strategy) + id;
      record["configuration"] = configuration();
      record["configuration"]["strategy"] = strategy;
      record["configuration"]["client_workers"] = 1;
      record["configuration"].update(differs);
      evidence.add(record);
    }
  }
  return conditions_of(evidence);
}

TEST(Conditions, WhereWordsWouldBeTheSameForTwoQuestionsTheWorkersAreSaid) {
  const auto words = words_of(
      {{"/made_up/allocator=glibc/client_workers=2", {{"client_workers", 2}, {"allocator", "glibc"}}},
       {"/made_up/allocator=jemalloc/client_workers=2", {{"client_workers", 2}, {"allocator", "jemalloc"}}},
       {"/made_up/allocator=glibc/client_workers=4", {{"client_workers", 4}, {"allocator", "glibc"}}}});
  EXPECT_EQ(words.at("heap/made_up/allocator=glibc/client_workers=2"),
            "every response handed off, 4 KiB bodies, 2 client and 1 fetch workers");
  EXPECT_EQ(words.at("heap/made_up/allocator=jemalloc/client_workers=2"),
            words.at("heap/made_up/allocator=glibc/client_workers=2"));
  EXPECT_EQ(words.at("two_cache/made_up/allocator=glibc/client_workers=4"),
            "every response handed off, 4 KiB bodies, 4 client and 1 fetch workers");
}

TEST(Conditions, AndIfThatDoesNotTellThemApartTheSettingsOfTheId) {
  const auto words =
      words_of({{"/made_up/supply=2", {{"supply", 2}}}, {"/made_up/supply=8", {{"supply", 8}}}});
  EXPECT_EQ(words.at("two_cache/made_up/supply=8"),
            "every response handed off, 4 KiB bodies, 1 client and 1 fetch workers (made_up/supply=8)");
}

TEST(Conditions, AllocatorsAndSecondNamesAskTheSame) {
  const auto words = words_of({{"/made_up", {{"allocator", "glibc"}}},
                               {"/made_up/again", {{"allocator", "glibc"}}},
                               {"/made_up/allocator=jemalloc", {{"allocator", "jemalloc"}}}});
  for (const auto& [id, own] : words) EXPECT_EQ(own, "every response handed off, 4 KiB bodies") << id;
}

}  // namespace
}  // namespace baton::suite
