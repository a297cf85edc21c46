#include "harness/load/answer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace baton::load {
namespace {

struct Step {
  std::string bytes;
  Then then;
};

// Every quantum of the answer to GET `target`, up to the one that ends it.
std::vector<Step> steps_of(std::string_view target) {
  AnswerPlan plan;
  EXPECT_EQ(parse_target(target, plan).status, 0) << target;
  Answer answer;
  answer.start(plan, Asker{}, {});
  std::vector<Step> steps;
  Quantum quantum;
  do {
    answer.next(quantum);
    Step step{"", quantum.then};
    for (std::size_t i = 0; i < quantum.count; ++i) {
      step.bytes.append(static_cast<const char*>(quantum.pieces[i].iov_base), quantum.pieces[i].iov_len);
    }
    steps.push_back(step);
  } while (quantum.then == Then::go_on || quantum.then == Then::pause);
  return steps;
}

std::string pattern(BodyId body, std::uint64_t from, std::size_t n) {
  std::string bytes(n, '\0');
  fill_pattern(bytes.data(), n, body, from);
  return bytes;
}

TEST(Answer, ASmallAnswerIsOneWriteOfHeadAndBody) {
  const auto steps = steps_of("/bytes/10");
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_TRUE(steps[0].bytes.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(steps[0].bytes.ends_with("\r\n\r\n" + pattern({10, 0}, 0, 10)));
  EXPECT_EQ(steps[0].then, Then::keep_open);
}

TEST(Answer, TwoWritesPartHeadAndBody) {
  const auto steps = steps_of("/bytes/10?two_writes=1");
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_TRUE(steps[0].bytes.ends_with("\r\n\r\n"));
  EXPECT_EQ(steps[1].bytes, pattern({10, 0}, 0, 10));
}

TEST(Answer, PiecesAreWritesWithPausesBetweenThemAndNoneAtTheEnd) {
  const auto steps = steps_of("/bytes/25?piece=10&pause=1");
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[0].then, Then::pause);
  EXPECT_EQ(steps[1].bytes, pattern({25, 0}, 10, 10));
  EXPECT_EQ(steps[1].then, Then::pause);
  EXPECT_EQ(steps[2].bytes, pattern({25, 0}, 20, 5));
  EXPECT_EQ(steps[2].then, Then::keep_open);
}

TEST(Answer, PiecesWithoutAPauseAreWritesOfTheirOwn) {
  const auto steps = steps_of("/bytes/25?piece=10");
  ASSERT_EQ(steps.size(), 3U);
  EXPECT_EQ(steps[1].then, Then::go_on);
}

TEST(Answer, PausesOnceAtAnOffsetThatMayBeEitherEnd) {
  for (const std::size_t at : {std::size_t{0}, std::size_t{10}, std::size_t{25}}) {
    const auto steps = steps_of("/bytes/25?pause=1&pause_at=" + std::to_string(at));
    ASSERT_EQ(steps.size(), 2U) << at;
    EXPECT_EQ(steps[0].then, Then::pause) << at;
    EXPECT_TRUE(steps[0].bytes.ends_with("\r\n\r\n" + pattern({25, 0}, 0, at))) << at;
    EXPECT_EQ(steps[1].bytes, pattern({25, 0}, at, 25 - at)) << at;
  }
}

TEST(Answer, ResetAndStallEndItWhereTheyAreAskedFor) {
  const auto reset = steps_of("/bytes/25?reset_at=10");
  ASSERT_EQ(reset.size(), 1U);
  EXPECT_TRUE(reset[0].bytes.ends_with("\r\n\r\n" + pattern({25, 0}, 0, 10)));
  EXPECT_EQ(reset[0].then, Then::reset);
  const auto stall = steps_of("/bytes/25?stall_at=0");
  ASSERT_EQ(stall.size(), 1U);
  EXPECT_TRUE(stall[0].bytes.ends_with("\r\n\r\n"));
  EXPECT_EQ(stall[0].then, Then::stall);
}

TEST(Answer, APieceThatEndsInsideAChunkContinuesThatChunk) {
  const auto steps = steps_of("/bytes/12?chunked=1&chunk=8&piece=6");
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_TRUE(steps[0].bytes.ends_with("\r\n\r\n8\r\n" + pattern({12, 0}, 0, 6)));
  EXPECT_EQ(steps[1].bytes, pattern({12, 0}, 6, 2) + "\r\n4\r\n" + pattern({12, 0}, 8, 4) + "\r\n0\r\n\r\n");
}

TEST(Answer, ALargeBodyIsWrittenInManyQuantaAndEveryByteOnce) {
  const auto steps = steps_of("/bytes/1000000");
  EXPECT_GT(steps.size(), 10U);
  std::string all;
  for (const Step& step : steps) all += step.bytes;
  EXPECT_TRUE(all.ends_with("\r\n\r\n" + pattern({1000000, 0}, 0, 1000000)));
}

}  // namespace
}  // namespace baton::load
