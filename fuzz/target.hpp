// What every fuzz target is made of. A target is one function that takes any bytes and aborts with a sentence
// when something does not hold that should hold for all of them. The same file is a libFuzzer program in the
// fuzz preset, and a program that replays its corpus (replay.cpp) in every other build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

// libFuzzer's name for it. Must not keep state from one call to the next. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace baton::fuzz {

inline void require(bool holds, std::string_view sentence) {
  if (!holds) {
    std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(sentence.size()), sentence.data());
    std::abort();
  }
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(data), size};
}

// Bytes in a block of just their size, so that AddressSanitizer sees the first read behind them.
class Exact {
 public:
  explicit Exact(std::string_view bytes) : bytes_(bytes.size()), memory_(new char[bytes.size()]) {
    if (!bytes.empty()) std::memcpy(memory_.get(), bytes.data(), bytes.size());
  }
  [[nodiscard]] std::string_view view() const noexcept { return {memory_.get(), bytes_}; }

 private:
  std::size_t bytes_;
  std::unique_ptr<char[]> memory_;
};

}  // namespace baton::fuzz
