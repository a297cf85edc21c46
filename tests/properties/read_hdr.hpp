// Reads what encode_hdr wrote, from the description of the format.
#pragma once

#include <zlib.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baton::test {

inline std::string from_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : text.substr(0, text.find('='))) {
    bits = bits << 6U | static_cast<std::uint32_t>(kDigits.find(c));
    have += 6;
    if (have >= 8) {
      have -= 8;
      out.push_back(static_cast<char>(bits >> have & 0xffU));
    }
  }
  return out;
}

// The counts of the buckets, up to the last that is not empty.
inline std::vector<std::uint64_t> read_hdr(std::string_view base64) {
  constexpr std::size_t kOuterBytes = 8;
  constexpr std::size_t kInnerBytes = 40;
  const std::string compressed = from_base64(base64);
  std::string plain(std::size_t{1} << 20U, '\0');
  uLongf bytes = plain.size();
  if (uncompress(reinterpret_cast<Bytef*>(plain.data()), &bytes,
                 reinterpret_cast<const Bytef*>(compressed.data()) + kOuterBytes,
                 compressed.size() - kOuterBytes) != Z_OK) {
    throw std::runtime_error("not compressed");
  }
  std::vector<std::uint64_t> counts;
  for (std::size_t at = kInnerBytes; at < bytes;) {
    std::uint64_t number = 0;
    for (unsigned byte = 0; byte < 9; ++byte) {
      const std::uint64_t bits = static_cast<unsigned char>(plain[at++]);
      number |= (byte < 8 ? bits & 0x7fU : bits) << (7 * byte);
      if (byte == 8 || bits < 0x80) break;
    }
    const auto value = static_cast<std::int64_t>(number >> 1U) ^ -static_cast<std::int64_t>(number & 1U);
    if (value < 0) {
      counts.resize(counts.size() + static_cast<std::size_t>(-value));
    } else {
      counts.push_back(static_cast<std::uint64_t>(value));
    }
  }
  return counts;
}

}  // namespace baton::test
