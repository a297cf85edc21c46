// The V2 compressed encoding and the log of hdr_format.hpp. Numbers are big-endian.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <ctime>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <string_view>

#include "harness/measure/hdr_format.hpp"

namespace baton {
namespace {

constexpr std::uint32_t kCookie = 0x1c849303U | 0x10U;
constexpr std::uint32_t kCompressedCookie = 0x1c849304U | 0x10U;
constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
constexpr std::uint64_t kHour = 3'600'000'000'000;  // ns

template <class T>
void put_big_endian(std::string& out, T value) {
  for (unsigned shift = sizeof(T) * 8; shift != 0; shift -= 8) {
    out.push_back(static_cast<char>((value >> (shift - 8)) & 0xffU));
  }
}

// ZigZag LEB128 with at most nine bytes: seven bits a byte, the ninth has eight.
void put_zigzag(std::string& out, std::int64_t signed_value) {
  auto value =
      (static_cast<std::uint64_t>(signed_value) << 1U) ^ static_cast<std::uint64_t>(signed_value >> 63);
  for (int byte = 0; byte < 8 && value >= 0x80; ++byte) {
    out.push_back(static_cast<char>((value & 0x7fU) | 0x80U));
    value >>= 7U;
  }
  out.push_back(static_cast<char>(value));
}

// The counts up to the last that is not zero; more than one zero in a row is one negative number.
std::string encode_counts(std::span<const std::uint64_t> counts) {
  std::string out;
  std::size_t end = counts.size();
  while (end != 0 && counts[end - 1] == 0) --end;
  for (std::size_t i = 0; i < end;) {
    std::size_t zeros = 0;
    while (counts[i + zeros] == 0) ++zeros;  // ends: counts[end - 1] is not zero
    if (zeros > 1) {
      put_zigzag(out, -static_cast<std::int64_t>(zeros));
      i += zeros;
    } else {
      put_zigzag(out, static_cast<std::int64_t>(std::min(counts[i], kLargest)));
      ++i;
    }
  }
  return out;
}

// Buckets whose values a signed number cannot tell are added to the largest that it can.
std::vector<std::uint64_t> tellable(const Histogram& histogram) {
  const std::size_t last = Histogram::index_of(kLargest);
  std::vector<std::uint64_t> counts(histogram.counts().begin(), histogram.counts().end());
  for (std::size_t i = last + 1; i < counts.size(); ++i) counts[last] += counts[i];
  counts.resize(last + 1);
  return counts;
}

std::string compressed(const std::string& bytes) {
  uLongf length = compressBound(bytes.size());
  std::string out(length, '\0');
  auto* const to = std::bit_cast<Bytef*>(out.data());
  if (compress(to, &length, std::bit_cast<const Bytef*>(bytes.data()), bytes.size()) != Z_OK) {
    throw std::runtime_error("encoding a histogram: zlib has no memory");
  }
  out.resize(length);
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8U | (k < have ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out.push_back(k <= have ? kDigits[group >> (18 - 6 * k) & 0x3fU] : '=');
  }
  return out;
}

}  // namespace

std::string encode_hdr(const Histogram& histogram) {
  const std::string counts = encode_counts(tellable(histogram));
  const double ratio = 1;
  std::string plain;
  put_big_endian(plain, kCookie);
  put_big_endian(plain, static_cast<std::uint32_t>(counts.size()));
  put_big_endian(plain, std::uint32_t{0});  // normalizing index offset
  put_big_endian(plain, std::uint32_t{Histogram::kSignificantDigits});
  put_big_endian(plain, std::uint64_t{1});  // lowest discernible value
  put_big_endian(plain, std::min(std::max(Histogram::highest(Histogram::index_of(histogram.max())), kHour),
                                 kLargest));                   // highest
  put_big_endian(plain, std::bit_cast<std::uint64_t>(ratio));  // integer to double
  plain += counts;
  const std::string body = compressed(plain);
  std::string out;
  put_big_endian(out, kCompressedCookie);
  put_big_endian(out, static_cast<std::uint32_t>(body.size()));
  return base64(out + body);
}

void write_hdr_log(std::ostream& out, double start_epoch_s, std::span<const HdrLogEntry> entries) {
  constexpr double kNsPerMs = 1e6;
  const auto whole = static_cast<std::time_t>(start_epoch_s);
  std::tm utc{};
  gmtime_r(&whole, &utc);
  std::string date(64, '\0');
  date.resize(std::strftime(date.data(), date.size(), "%a %b %d %H:%M:%S UTC %Y", &utc));
  out << "#[Histogram log format version 1.3]\n";
  out << fmt::format("#[StartTime: {:.3f} (seconds since epoch), {}]\n", start_epoch_s, date);
  out << R"("StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram")" << '\n';
  for (const HdrLogEntry& entry : entries) {
    if (entry.tag.find_first_of(", \t\r\n") != std::string::npos) {
      throw std::invalid_argument(fmt::format(
          "'{}' cannot be the tag of a histogram log; commas, blanks and line breaks are not allowed",
          entry.tag));
    }
    if (!entry.tag.empty()) out << "Tag=" << entry.tag << ',';
    out << fmt::format("{:.3f},{:.3f},{:.3f},{}\n", entry.start_s, entry.length_s,
                       static_cast<double>(entry.histogram->max()) / kNsPerMs, encode_hdr(*entry.histogram));
  }
}

}  // namespace baton
