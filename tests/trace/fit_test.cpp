#include "harness/trace/fit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>

#include "harness/trace/describe.hpp"

namespace baton::trace {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

double mean_of_lines(const std::vector<std::uint64_t>& table) {
  double sum = (static_cast<double>(table.front()) + static_cast<double>(table.back())) / 2;
  for (std::size_t i = 1; i + 1 < table.size(); ++i) sum += static_cast<double>(table[i]);
  return sum / static_cast<double>(table.size() - 1);
}

TEST(TableOf, EqualValuesAreOneAndNoneAreNone) {
  EXPECT_THAT(table_of({7, 7, 7}), ElementsAre(7));
  EXPECT_TRUE(table_of({}).empty());
}

TEST(TableOf, HasTheQuantilesAndTheMean) {
  std::mt19937_64 random(3);
  std::lognormal_distribution<double> sizes(9, 2);  // a heavy tail, as of a website
  std::vector<std::uint64_t> values(20'000);
  for (std::uint64_t& value : values) value = static_cast<std::uint64_t>(sizes(random));
  const auto table = table_of(values);
  ASSERT_EQ(table.size(), kTableSteps + 1);
  EXPECT_TRUE(std::ranges::is_sorted(table));
  std::ranges::sort(values);
  for (std::size_t i = 1; i < kTableSteps; ++i) {
    const auto value = static_cast<double>(values[values.size() * i / kTableSteps]);
    EXPECT_NEAR(static_cast<double>(table[i]), value, 0.01 * value + 2) << i;
  }
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  EXPECT_NEAR(mean_of_lines(table) / mean, 1, 0.001);
  EXPECT_LT(table.back(), values.back());
}

TEST(TimeLine, KeepsItsSumWhileItsPartsGrow) {
  TimeLine line;
  for (std::uint64_t i = 0; i < 1000; ++i) line.add(i * i * 997, 1);
  line.add_span(5'000, 905'000'000);
  EXPECT_GT(line.part_us(), 1000U);
  const auto& amounts = line.amounts();
  EXPECT_DOUBLE_EQ(std::accumulate(amounts.begin(), amounts.end(), 0.0), 1000 + 905'000'000.0 - 5'000);
}

class FitOfATrace : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "baton-fit-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }
  // Three clients in turn, 0.1 s apart; every fifth is HEAD. The second session of each begins 100 s later.
  fs::path write() {
    TraceWriter writer(directory_ / "trace");
    for (std::uint64_t i = 0; i < 60; ++i) {
      writer.add({.arrival_us = 100'000 * i + (i >= 30 ? 100'000'000 : 0),
                  .client = static_cast<std::uint32_t>(i % 3),
                  .method = i % 5 == 0 ? Method::head : Method::get,
                  .head_bytes = 250,
                  .body_bytes = 1000 + i});
    }
    writer.finish();
    return directory_ / "trace";
  }
  fs::path directory_;
};

TEST_F(FitOfATrace, CountsSessionsThinkTimesAndMethods) {
  TraceReader reader(write());
  const Fit told = fit(reader);
  EXPECT_EQ(told.requests, 60U);
  EXPECT_EQ(told.clients, 3U);
  EXPECT_EQ(told.sessions, 6U);
  EXPECT_THAT(told.requests_of_a_session, ElementsAre(10));
  EXPECT_THAT(told.think_us, ElementsAre(300'000));
  EXPECT_THAT(told.head_bytes, ElementsAre(250));
  EXPECT_DOUBLE_EQ(told.head_share, 0.2);
  EXPECT_EQ(told.body_bytes.front(), 1000U);
  EXPECT_THAT(workload_of(told, "mine", true),
              testing::AllOf(HasSubstr("think_us = [300000]"), HasSubstr("requests_per_connection = [10]"),
                             HasSubstr("name = \"mine\""), testing::Not(HasSubstr("gaps_us"))));
  EXPECT_THAT(workload_of(told, "mine", false),
              testing::AllOf(HasSubstr("gaps_us = ["), HasSubstr("loop = \"open\""),
                             testing::Not(HasSubstr("think_us"))));
}

TEST_F(FitOfATrace, OfOneRequestIsRefused) {
  TraceWriter writer(directory_ / "one");
  writer.add({});
  writer.finish();
  TraceReader reader(directory_ / "one");
  EXPECT_THROW(static_cast<void>(fit(reader)), std::runtime_error);
}

TEST_F(FitOfATrace, DescribedAsTextAndAsJsonSaysTheSame) {
  TraceReader reader(write());
  const Description told = describe(reader);
  const std::string text = text_of(told);
  EXPECT_THAT(text, HasSubstr("60 requests of 3 clients in 106 s"));
  EXPECT_THAT(text, HasSubstr("requests over time"));
  const nlohmann::json json = to_json(told);
  EXPECT_EQ(json.at("requests"), 60);
  EXPECT_EQ(json.at("sessions"), 6);
  EXPECT_EQ(json.at("methods").at("HEAD"), 12);
  double requests = 0, sessions_s = 0;
  for (const double value : json.at("requests_over_time").at("values")) requests += value;
  const auto& over_time = json.at("sessions_over_time");
  for (const double value : over_time.at("values"))
    sessions_s += value * over_time.at("part_s").get<double>();
  EXPECT_DOUBLE_EQ(requests, 60);
  EXPECT_NEAR(sessions_s, 6 * 2.7, 1e-6);  // each session has ten requests 0.3 s apart
}

}  // namespace
}  // namespace baton::trace
