#include "harness/measure/process_memory.hpp"

#include <gmock/gmock.h>
#include <sys/mman.h>

#include <cstring>

namespace baton {
namespace {

using testing::Optional;

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;
constexpr const char* kRollup =
    "563a0d5a4000-7ffdb9dc7000 ---p 00000000 00:00 0                          [rollup]\n"
    "Rss:                1708 kB\nPss:                 387 kB\nPss_Anon:            112 kB\n"
    "Private_Clean:        76 kB\nPrivate_Dirty:       112 kB\nAnonymous:           112 kB\n"
    "LazyFree:             12 kB\nAnonHugePages:         4 kB\nSwap:                  8 kB\n";
constexpr const char* kStat =
    "4711 (a (strange) name) S 1 2 3 4 -1 4194560 100 200 5 6 30 40 0 0 20 0 1 0 12345 1000000 250 "
    "18446744073709551615";

// Anonymous memory of its own mapping, so that no allocator stands between the test and the kernel.
class Pages {
 public:
  explicit Pages(std::size_t bytes)
      : bytes_(bytes),
        memory_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    std::memset(memory_, 1, bytes_);
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  ~Pages() { munmap(memory_, bytes_); }
  [[nodiscard]] bool give_back_lazily() const { return madvise(memory_, bytes_, MADV_FREE) == 0; }

 private:
  std::size_t bytes_;
  void* memory_;
};

TEST(ProcessMemory, every_field_is_read_in_bytes) {
  const ProcessMemory memory = parse_process_memory(kRollup, kStat);
  EXPECT_THAT(memory.rss, Optional(1708U * 1024U));
  EXPECT_THAT(memory.pss, Optional(387U * 1024U));
  EXPECT_THAT(memory.anonymous, Optional(112U * 1024U));
  EXPECT_THAT(memory.lazy_free, Optional(12U * 1024U));
  EXPECT_THAT(memory.held(), Optional(100U * 1024U));
  EXPECT_THAT(memory.private_total(), Optional(188U * 1024U));
  EXPECT_THAT(memory.swap, Optional(8U * 1024U));
  EXPECT_THAT(memory.anonymous_huge, Optional(4U * 1024U));
}

TEST(ProcessMemory, faults_are_found_behind_a_name_with_brackets_and_blanks) {
  const ProcessMemory memory = parse_process_memory(kRollup, kStat);
  EXPECT_THAT(memory.minor_faults, Optional(100U));
  EXPECT_THAT(memory.major_faults, Optional(5U));
}

TEST(ProcessMemory, a_field_the_kernel_does_not_tell_is_unavailable_and_not_zero) {
  const ProcessMemory memory = parse_process_memory("Rss: 4 kB\nAnonymous: 4 kB\n", "");
  EXPECT_EQ(memory.held(), std::nullopt) << "without LazyFree nobody knows what is held";
  const nlohmann::json json = to_json(memory);
  EXPECT_EQ(json["rss"], 4096);
  for (const char* name : {"pss", "lazy_free", "held", "private_dirty", "minor_faults"}) {
    EXPECT_EQ(json[name], "unavailable") << name;
  }
}

TEST(ProcessMemory, memory_that_is_touched_is_seen_as_held) {
  const auto before = read_process_memory().held();
  ASSERT_TRUE(before.has_value());
  const Pages pages(32 * kMebibyte);
  const auto during = read_process_memory().held();
  ASSERT_TRUE(during.has_value());
  EXPECT_GE(*during, *before + 31 * kMebibyte);
}

TEST(ProcessMemory, memory_given_back_lazily_is_resident_but_not_held) {
  const Pages pages(32 * kMebibyte);
  const ProcessMemory before = read_process_memory();
  if (!pages.give_back_lazily()) GTEST_SKIP() << "this kernel has no MADV_FREE";
  const ProcessMemory after = read_process_memory();
  if (after.lazy_free < before.lazy_free.value() + 16 * kMebibyte) {
    GTEST_SKIP() << "this kernel took the pages at once or keeps them in transparent huge pages";
  }
  EXPECT_LT(after.held().value(), before.held().value() - 16 * kMebibyte);
}

TEST(ProcessMemory, a_process_that_does_not_exist_is_unavailable) {
  const ProcessMemory memory = read_process_memory(0x7ffffffe);
  EXPECT_EQ(memory.rss, std::nullopt);
  EXPECT_EQ(memory.minor_faults, std::nullopt);
  EXPECT_FALSE(read_quick_memory(0x7ffffffe).has_value());
}

TEST(ProcessMemory, the_quick_reading_tells_anonymous_memory_from_resident) {
  const auto memory = parse_statm("1000 427 380 5 0 100 0\n", 4096);
  ASSERT_TRUE(memory.has_value());
  EXPECT_EQ(memory->resident, 427U * 4096U);
  EXPECT_EQ(memory->resident_anonymous, 47U * 4096U);
  EXPECT_FALSE(parse_statm("1000 427", 4096).has_value());
  EXPECT_FALSE(parse_statm("1000 x 380", 4096).has_value());
}

TEST(ProcessMemory, the_quick_reading_sees_memory_that_is_touched) {
  const auto before = read_quick_memory();
  ASSERT_TRUE(before.has_value());
  const Pages pages(32 * kMebibyte);
  EXPECT_GE(read_quick_memory()->resident_anonymous, before->resident_anonymous + 31 * kMebibyte);
}

}  // namespace
}  // namespace baton
