#include "harness/measure/hdr_format.hpp"

#include <gmock/gmock.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <vector>

// That HdrHistogram's own library reads these formats is tested in hdr/check.sh; here they are taken apart
// without it.

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string base64_decoded(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char digit : text.substr(0, text.find('='))) {
    bits = bits << 6U | static_cast<std::uint32_t>(kDigits.find(digit));
    have += 6;
    if (have >= 8) {
      have -= 8;
      bytes.push_back(static_cast<char>(bits >> have & 0xffU));
    }
  }
  return bytes;
}

// Takes big-endian numbers and ZigZag LEB128 off the front of bytes.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool done() const { return at_ == bytes_.size(); }
  [[nodiscard]] std::string_view rest() const { return bytes_.substr(at_); }
  std::uint64_t big_endian(unsigned length) {
    std::uint64_t value = 0;
    while (length-- != 0) value = value << 8U | byte();
    return value;
  }
  std::int64_t zigzag() {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 9; ++i) {
      const std::uint64_t part = byte();
      value |= (i < 8 ? part & 0x7fU : part) << (7 * i);
      if ((part & 0x80U) == 0) break;
    }
    return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
  }

 private:
  std::uint64_t byte() { return static_cast<unsigned char>(bytes_.at(at_++)); }
  std::string_view bytes_;
  std::size_t at_ = 0;
};

struct Decoded {
  std::uint64_t cookie = 0;
  std::uint64_t digits = 0;
  std::uint64_t lowest = 0;
  std::uint64_t highest = 0;
  double ratio = 0;
  std::vector<std::uint64_t> counts;  // without the zeros at the end
};

Decoded decode(const std::string& text) {
  const std::string bytes = base64_decoded(text);
  Reader outer(bytes);
  EXPECT_EQ(outer.big_endian(4), 0x1c849314U);
  const std::uint64_t length = outer.big_endian(4);
  const std::string_view body = outer.rest();
  EXPECT_EQ(body.size(), length);
  std::string plain(1U << 20U, '\0');
  uLongf size = plain.size();
  EXPECT_EQ(uncompress(std::bit_cast<Bytef*>(plain.data()), &size, std::bit_cast<const Bytef*>(body.data()),
                       body.size()),
            Z_OK);
  plain.resize(size);
  Reader inner(plain);
  Decoded decoded;
  decoded.cookie = inner.big_endian(4);
  const std::uint64_t payload = inner.big_endian(4);
  EXPECT_EQ(inner.big_endian(4), 0U) << "the offset";
  decoded.digits = inner.big_endian(4);
  decoded.lowest = inner.big_endian(8);
  decoded.highest = inner.big_endian(8);
  decoded.ratio = std::bit_cast<double>(inner.big_endian(8));
  EXPECT_EQ(inner.rest().size(), payload);
  while (!inner.done()) {
    const std::int64_t count = inner.zigzag();
    decoded.counts.insert(decoded.counts.end(), count < 0 ? static_cast<std::size_t>(-count) : 1,
                          count < 0 ? 0 : static_cast<std::uint64_t>(count));
  }
  return decoded;
}

std::vector<std::uint64_t> without_zeros_at_the_end(const Histogram& histogram) {
  std::vector<std::uint64_t> counts(histogram.counts().begin(), histogram.counts().end());
  while (!counts.empty() && counts.back() == 0) counts.pop_back();
  return counts;
}

std::string percentiles(const Histogram& histogram) {
  std::ostringstream text;
  write_percentile_distribution(text, histogram, 1, 2);
  return text.str();
}

TEST(HdrEncoding, what_is_decoded_is_what_was_recorded) {
  Histogram histogram;
  histogram.record(0, 3);
  histogram.record(2);                         // one zero between them
  histogram.record(100, 64);                   // a run of zeros; a count of two bytes
  histogram.record(1'000'000, 5'000'000'000);  // a count of five bytes
  histogram.record(3'600'000'000'000);         // an hour
  const Decoded decoded = decode(encode_hdr(histogram));
  EXPECT_EQ(decoded.counts, without_zeros_at_the_end(histogram));
  EXPECT_EQ(decoded.cookie, 0x1c849313U);
  EXPECT_EQ(decoded.digits, 2U);
  EXPECT_EQ(decoded.lowest, 1U);
  EXPECT_GE(decoded.highest, histogram.max());
  EXPECT_EQ(decoded.ratio, 1.0);
}

TEST(HdrEncoding, counts_of_every_length_survive) {
  for (unsigned bits = 0; bits < 63; ++bits) {
    Histogram histogram;
    histogram.record(7, std::uint64_t{1} << bits);
    EXPECT_EQ(decode(encode_hdr(histogram)).counts, without_zeros_at_the_end(histogram)) << bits;
  }
}

TEST(HdrEncoding, text_of_every_length_begins_as_all_compressed_histograms_do) {
  for (std::uint64_t values = 0; values < 40; ++values) {
    Histogram histogram;
    for (std::uint64_t value = 0; value < values; ++value) histogram.record(value * value * 31, value + 1);
    const std::string text = encode_hdr(histogram);
    EXPECT_THAT(text, StartsWith("HISTFAAA"));
    EXPECT_EQ(text.size() % 4, 0U);
    EXPECT_EQ(decode(text).counts, without_zeros_at_the_end(histogram));
  }
}

TEST(HdrEncoding, values_beyond_what_can_be_told_count_as_the_largest_that_can) {
  Histogram histogram;
  histogram.record(std::numeric_limits<std::uint64_t>::max(), 2);
  histogram.record(std::numeric_limits<std::int64_t>::max());
  const Decoded decoded = decode(encode_hdr(histogram));
  EXPECT_EQ(decoded.counts.back(), 3U);
  EXPECT_EQ(decoded.counts.size() - 1, Histogram::index_of(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(decoded.highest, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
}

TEST(HdrPercentiles, the_table_has_finer_steps_towards_the_end_and_ends_at_everything) {
  Histogram histogram;
  for (const std::uint64_t value : {1U, 2U, 3U, 4U}) histogram.record(value);
  EXPECT_EQ(percentiles(histogram),
            "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
            "       1.000 0.000000000000          1           1.00\n"
            "       1.000 0.250000000000          1           1.33\n"
            "       2.000 0.500000000000          2           2.00\n"
            "       3.000 0.625000000000          3           2.67\n"
            "       3.000 0.750000000000          3           4.00\n"
            "       4.000 0.812500000000          4           5.33\n"
            "       4.000 1.000000000000          4\n"
            "#[Mean    =        2.500, StdDeviation   =        1.118]\n"
            "#[Max     =        4.000, Total count    =            4]\n"
            "#[Buckets =           57, SubBuckets     =          256]\n");
}

TEST(HdrPercentiles, an_empty_histogram_has_an_empty_table) {
  EXPECT_THAT(percentiles({}), HasSubstr("1/(1-Percentile)\n\n#[Mean    =        0.000"));
}

TEST(HdrPercentiles, values_are_shown_in_the_unit_asked_for) {
  Histogram histogram;
  histogram.record(200'000'000);
  std::ostringstream text;
  write_percentile_distribution(text, histogram);
  EXPECT_THAT(text.str(), HasSubstr("200.278 1.000000000000          1\n"))
      << "milliseconds, at the end of the bucket";
}

TEST(HdrLog, a_line_holds_tag_interval_and_the_longest_value_in_milliseconds) {
  Histogram histogram;
  histogram.record(2'500'000);
  const std::vector<HdrLogEntry> entries = {
      {.tag = "two_cache", .start_s = 0.5, .length_s = 1, .histogram = &histogram},
      {.tag = "", .start_s = 1.5, .length_s = 1, .histogram = &histogram}};
  std::ostringstream log;
  write_hdr_log(log, 1'441'812'279.474, entries);
  std::vector<std::string> lines;
  std::istringstream in(log.str());
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  const std::string body = encode_hdr(histogram);
  EXPECT_THAT(
      lines,
      ElementsAre("#[Histogram log format version 1.3]",
                  "#[StartTime: 1441812279.474 (seconds since epoch), Wed Sep 09 15:24:39 UTC 2015]",
                  R"("StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram")",
                  "Tag=two_cache,0.500,1.000,2.500," + body, "1.500,1.000,2.500," + body));
}

TEST(HdrLog, a_tag_that_would_break_its_line_is_refused_with_the_reason) {
  const Histogram histogram;
  for (const char* tag : {"a,b", "a b", "a\nb"}) {
    const HdrLogEntry entry{.tag = tag, .start_s = 0, .length_s = 1, .histogram = &histogram};
    std::ostringstream log;
    try {
      write_hdr_log(log, 0, {&entry, 1});
      ADD_FAILURE() << "accepted " << tag;
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), HasSubstr("commas, blanks and line breaks are not allowed"));
    }
  }
}

}  // namespace
}  // namespace baton
