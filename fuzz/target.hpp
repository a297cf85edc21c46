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

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BATON_FUZZ_ADDRESS  // clang's way to say it
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(BATON_FUZZ_ADDRESS)
#include <sanitizer/asan_interface.h>
#endif

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

// Reading them is an error from now on, or no longer. Without AddressSanitizer nothing happens. They are the
// end of a block (Exact), whose first bytes can then be told from the rest to the byte.
inline void set_unreadable([[maybe_unused]] std::string_view bytes,
                           [[maybe_unused]] bool unreadable) noexcept {
#if defined(__SANITIZE_ADDRESS__) || defined(BATON_FUZZ_ADDRESS)
  if (unreadable) {
    __asan_poison_memory_region(bytes.data(), bytes.size());
  } else {
    __asan_unpoison_memory_region(bytes.data(), bytes.size());
  }
#endif
}

}  // namespace baton::fuzz
