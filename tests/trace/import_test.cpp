#include "harness/trace/import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/trace/describe.hpp"

namespace baton::trace {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::string line_at(const std::string& clock, const std::string& client = "h", int bytes = 10) {
  return client + " - - [17/May/2015:" + clock + " +0000] \"GET / HTTP/1.1\" 200 " + std::to_string(bytes) +
         "\n";
}

class Import : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "baton-trace-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  fs::path write(std::string_view content, const std::string& name = "log") {
    std::ofstream(directory_ / name, std::ios::binary) << content;
    return directory_ / name;
  }
  static std::string gzipped(std::string_view content) {
    std::string packed(::compressBound(content.size()) + 64, '\0');
    z_stream stream{};
    EXPECT_EQ(::deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string given(content);
    stream.next_in = reinterpret_cast<unsigned char*>(given.data());
    stream.avail_in = static_cast<unsigned>(given.size());
    stream.next_out = reinterpret_cast<unsigned char*>(packed.data());
    stream.avail_out = static_cast<unsigned>(packed.size());
    EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    ::deflateEnd(&stream);
    return packed;
  }
  ImportReport import(const fs::path& log) {
    ByteSource source(log.string());
    fs::remove(trace());
    TraceWriter writer(trace());
    ImportReport report = import_log(source, writer);
    writer.finish();
    return report;
  }
  ImportReport import_text(std::string_view content) { return import(write(content)); }
  std::vector<Request> requests() {
    std::vector<Request> all;
    TraceReader reader(trace());
    for (Request one; reader.next(one);) all.push_back(one);
    return all;
  }
  std::vector<std::uint64_t> arrivals() {
    std::vector<std::uint64_t> all;
    for (const Request& one : requests()) all.push_back(one.arrival_us);
    return all;
  }
  [[nodiscard]] fs::path trace() const { return directory_ / "trace"; }

  fs::path directory_;
};

TEST_F(Import, SpreadsTheRequestsOfASecondOverIt) {
  import_text(line_at("10:00:00") + line_at("10:00:02") + line_at("10:00:02") + line_at("10:00:02") +
              line_at("10:00:02") + line_at("10:00:03"));
  EXPECT_THAT(arrivals(), ElementsAre(0, 2'000'000, 2'250'000, 2'500'000, 2'750'000, 3'000'000));
}

std::string json_at(std::string_view ts, int bytes) {
  return "{\"ts\":" + std::string(ts) + R"(,"ip":"h","method":"GET","uri":"/","size":)" +
         std::to_string(bytes) + "}\n";
}

TEST_F(Import, KeepsFinerTimesAndSpreadsTheOthersAroundThem) {
  const ImportReport report =
      import_text(json_at("1431856800.75", 1) + json_at("1431856800.5", 2) + json_at("1431856800", 3) +
                  json_at("1431856800", 4) + json_at("1431856801.000001", 5));
  EXPECT_EQ(report.finer, 3U);
  EXPECT_THAT(arrivals(), ElementsAre(0, 500'000, 500'000, 750'000, 1'000'001));
  EXPECT_EQ(requests()[3].body_bytes, 1U);
}

TEST_F(Import, ReadsALogThatMixesFormatsAndBeginsWithAByteOrderMark) {
  const ImportReport report = import_text(
      "\xEF\xBB\xBF#Fields: date time c-ip cs-method cs-uri-stem sc-bytes\r\n2015-05-17 10:00:00 a GET / "
      "1\r\n" +
      json_at("1431856801", 2) + line_at("10:00:02", "b", 3));
  EXPECT_EQ(report.requests, 3U);
  EXPECT_EQ(report.empty, 1U);
  EXPECT_EQ(report.clients, 3U);
  EXPECT_THAT(arrivals(), ElementsAre(0, 1'000'000, 2'000'000));
}

TEST_F(Import, PutsInOrderWhatWasLoggedWhenItWasDone) {
  const ImportReport report =
      import_text(line_at("10:01:00", "a", 1) + line_at("10:00:59", "b", 2) + line_at("10:00:30", "c", 3));
  EXPECT_EQ(report.backwards, 0U);
  EXPECT_THAT(arrivals(), ElementsAre(0, 29'000'000, 30'000'000));
  EXPECT_EQ(requests().front().body_bytes, 3U);
}

TEST_F(Import, CountsWhatGoesBackFurtherForTheEarliestOpenSecond) {
  const ImportReport report = import_text(line_at("10:00:00") + line_at("11:00:00") + line_at("10:30:00"));
  EXPECT_EQ(report.backwards, 1U);
  EXPECT_EQ(report.requests, 3U);
  EXPECT_THAT(arrivals(), ElementsAre(0, 3'600'000'000 - (kWindow - 1) * 1'000'000, 3'600'000'000));
}

TEST_F(Import, NumbersClientsInTheOrderOfTheirFirstLine) {
  import_text(line_at("10:00:00", "x") + line_at("10:00:01", "y") + line_at("10:00:02", "x"));
  std::vector<std::uint32_t> clients;
  for (const Request& one : requests()) clients.push_back(one.client);
  EXPECT_THAT(clients, ElementsAre(0, 1, 0));
}

TEST_F(Import, LeavesOutAndShowsWhatItCannotRead) {
  const ImportReport report = import_text("\n# a comment\nrubbish\x01 \n" + line_at("10:00:00") +
                                          "h - - [then] \"GET / HTTP/1.1\" 200 1\r\n");
  EXPECT_EQ(report.lines, 5U);
  EXPECT_EQ(report.empty, 2U);
  EXPECT_EQ(report.requests, 1U);
  const auto no_time = static_cast<std::size_t>(Unread::no_time);
  EXPECT_EQ(report.unread[no_time], 2U);
  EXPECT_EQ(report.samples[no_time].front().line, 3U);
  EXPECT_EQ(report.samples[no_time].front().text, "rubbish? ");
}

TEST_F(Import, SkipsALineThatIsTooLongHoweverLongItIs) {
  for (const std::size_t bytes : {65'537U, 1'200'000U, 3'000'000U}) {
    const ImportReport report =
        import_text(line_at("10:00:00") + std::string(bytes, 'x') + "\n" + line_at("10:00:01"));
    EXPECT_EQ(report.unread[static_cast<std::size_t>(Unread::too_long)], 1U) << bytes;
    EXPECT_EQ(report.lines, 3U) << bytes;
    EXPECT_EQ(report.requests, 2U) << bytes;
  }
}

TEST_F(Import, ReadsEveryLineWhereverAChunkEnds) {
  std::string log;
  for (int i = 0; i < 30'000; ++i) log += line_at("10:00:00", "client-" + std::to_string(i), i);
  const ImportReport report = import_text(log);
  EXPECT_EQ(report.requests, 30'000U);
  EXPECT_EQ(report.bytes, log.size());
  const std::vector<Request> all = requests();
  for (std::size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i].body_bytes, i);
}

TEST_F(Import, ReadsGzipOfSeveralMembersAndSaysWhereItWasCutOff) {
  const std::string one = gzipped(line_at("10:00:00")), other = gzipped(line_at("10:00:01"));
  EXPECT_EQ(import_text(one + other).requests, 2U);
  EXPECT_FALSE(import_text(one + other).cut_off);
  const ImportReport cut = import_text(one + other.substr(0, other.size() - 4));
  EXPECT_TRUE(cut.cut_off);
  EXPECT_GE(cut.requests, 1U);
  EXPECT_TRUE(import_text(one + "and then something else").cut_off);
}

TEST_F(Import, ReadsALastLineWithoutAnEnd) {
  const std::string log = line_at("10:00:00");
  const ImportReport report = import_text(log.substr(0, log.size() - 1));
  EXPECT_EQ(report.requests, 1U);
  EXPECT_TRUE(report.without_end);
}

std::string with_zstd(std::string_view text, int window_log = 0) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  if (window_log != 0) ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, window_log);
  std::string packed(ZSTD_compressBound(text.size()), 0);
  packed.resize(ZSTD_compress2(context.get(), packed.data(), packed.size(), text.data(), text.size()));
  return packed;
}

TEST_F(Import, ReadsZstdOfSeveralFramesAndSaysWhereItWasCutOff) {
  std::string log;
  for (int i = 0; i < 20'000; ++i) log += line_at("10:00:00", "client-" + std::to_string(i), i);
  const std::string one = with_zstd(log), other = with_zstd(line_at("10:00:01"));
  const ImportReport whole = import_text(one + other);
  EXPECT_EQ(whole.requests, 20'001U);
  EXPECT_FALSE(whole.cut_off);
  const ImportReport cut = import_text(one + other.substr(0, other.size() - 4));
  EXPECT_TRUE(cut.cut_off);
  EXPECT_GE(cut.requests, 20'000U);
  EXPECT_TRUE(import_text(one + "and then something else").cut_off);
}

TEST_F(Import, RefusesZstdThatTakesTooMuchMemoryWithTheCommandThatUnpacksIt) {
  std::string log;
  for (int i = 0; i < 400'000; ++i) log += line_at("10:00:00", "client-" + std::to_string(i), i);
  try {
    static_cast<void>(import_text(with_zstd(log, 25)));
    FAIL() << "it was read";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("--long=31"));
  }
}

TEST_F(Import, OfARealLogTakesAllButWhatIsNotHttp) {
  const fs::path log = fs::path(BATON_ROOT) / "../shared/data/website-access.log";
  if (!fs::exists(log)) GTEST_SKIP() << log << " is not there";
  const ImportReport report = import(log);
  EXPECT_EQ(report.lines, 10'000U);
  EXPECT_EQ(report.requests + report.unread[static_cast<std::size_t>(Unread::not_http)], 10'000U);
  EXPECT_GE(report.requests, 9'999U);
  TraceReader reader(trace());
  const Description told = describe(reader);
  EXPECT_EQ(told.requests, report.requests);
  EXPECT_EQ(told.clients, report.clients);
  EXPECT_EQ(told.body_bytes.max(), 69'192'717U);
}

TEST_F(Import, DescribesSessionsRatesAndSizes) {
  import_text(line_at("10:00:00", "a", 100) + line_at("10:00:00", "b", 300) + line_at("10:00:10", "a", 200) +
              line_at("10:05:00", "a", 100));
  TraceReader reader(trace());
  const Description told = describe(reader);
  EXPECT_EQ(told.requests, 4U);
  EXPECT_EQ(told.clients, 2U);
  EXPECT_EQ(told.sessions, 3U);
  EXPECT_EQ(told.busiest, 2U);
  EXPECT_EQ(told.seconds, 301);
  EXPECT_EQ(told.body_bytes.max(), 300U);
  EXPECT_EQ(told.think_us.count(), 1U);
  EXPECT_THAT(text_of(told), HasSubstr("4 requests of 2 clients in 301 s"));
}

class Trace : public Import {};

TEST_F(Trace, ComesBackAsItWasWritten) {
  const std::vector<Request> written = {
      {.arrival_us = 0, .client = 0, .method = Method::get, .head_bytes = 0, .body_bytes = 0},
      {.arrival_us = 127,
       .client = 128,
       .method = Method::other,
       .head_bytes = 4'294'967'295,
       .body_bytes = ~std::uint64_t{0}},
      {.arrival_us = std::uint64_t{1} << 62U,
       .client = 4'294'967'295,
       .method = Method::put,
       .head_bytes = 1,
       .body_bytes = 127}};
  TraceWriter writer(trace());
  for (const Request& one : written) writer.add(one);
  EXPECT_FALSE(fs::exists(trace()));  // not before it is whole
  writer.finish();
  EXPECT_EQ(requests(), written);
}

TEST_F(Trace, ThatWasCutOffAnywhereIsRefused) {
  import_text(line_at("10:00:00") + line_at("10:00:02"));
  std::ifstream in(trace(), std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    write(whole.substr(0, bytes), "cut");
    EXPECT_THROW(
        {
          TraceReader reader(directory_ / "cut");
          for (Request one; reader.next(one);) {
          }
        },
        std::runtime_error)
        << bytes;
  }
}

TEST_F(Trace, IsNotOverwrittenAndLeavesNothingUnlessItIsFinished) {
  write("precious", "trace");
  EXPECT_THROW(TraceWriter{trace()}, std::runtime_error);
  fs::remove(trace());
  { TraceWriter abandoned(trace()); }
  EXPECT_TRUE(fs::is_empty(directory_));
}

}  // namespace
}  // namespace baton::trace
