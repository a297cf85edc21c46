#include "harness/trial/allocator_choice.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "harness/measure/build_info.hpp"
#include "harness/measure/elf_library.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::trial {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

std::string refusal(std::string_view text) {
  try {
    parse_allocator(text);
  } catch (const BadInput& error) {
    return error.what();
  }
  return "accepted";
}

bool has_own_malloc() { return build_info().sanitizer == "address" || build_info().sanitizer == "thread"; }

// A file of this test alone, removed at its end.
class OwnFile {
 public:
  explicit OwnFile(const std::string& bytes)
      : path_(std::filesystem::path(testing::TempDir()) /
              ("allocator_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  OwnFile(const OwnFile&) = delete;
  OwnFile& operator=(const OwnFile&) = delete;
  ~OwnFile() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(AllocatorChoice, is_a_name_a_path_and_options) {
  const AllocatorChoice plain = parse_allocator("jemalloc");
  EXPECT_EQ(plain.name, "jemalloc");
  EXPECT_THAT(plain.options, IsEmpty());
  const AllocatorChoice tuned = parse_allocator("jemalloc:dirty_decay_ms=0+retain=false");
  EXPECT_EQ(tuned.options, (AllocatorOptions{{"dirty_decay_ms", "0"}, {"retain", "false"}}));
  const AllocatorChoice own = parse_allocator("mine=/opt/libmine.so:MINE=a=b");
  EXPECT_EQ(own.name, "mine");
  EXPECT_EQ(own.path, "/opt/libmine.so");
  EXPECT_EQ(own.options, (AllocatorOptions{{"MINE", "a=b"}}));
}

TEST(AllocatorChoice, refuses_what_it_does_not_know_with_the_nearest_and_the_valid) {
  EXPECT_THAT(refusal("jemaloc"), HasSubstr("did you mean 'jemalloc'? Valid: glibc, jemalloc, mimalloc"));
  EXPECT_THAT(refusal("jemalloc:dirty_decay=0"), HasSubstr("did you mean 'dirty_decay_ms'?"));
  EXPECT_THAT(refusal("jemalloc:dirty_decay_ms"), HasSubstr("valid is OPTION=VALUE"));
  EXPECT_THAT(refusal("jemalloc:"), HasSubstr("valid is OPTION=VALUE"));
  EXPECT_THAT(refusal("mine=libmine.so"), HasSubstr("full path"));
  EXPECT_THAT(refusal("glibc=/lib/libc.so.6"), HasSubstr("takes no path"));
  EXPECT_THAT(refusal(""), HasSubstr("valid is glibc"));
  EXPECT_EQ(refusal("glibc:arena_max=1"), "accepted");
}

TEST(AllocatorChoice, sets_options_in_the_words_of_each_allocator) {
  const auto variables = [](std::string_view text) {
    const AllocatorChoice choice = parse_allocator(text);
    return option_variables(choice.known(), choice.options);
  };
  EXPECT_THAT(variables("jemalloc:dirty_decay_ms=0+retain=false"),
              testing::ElementsAre(Pair("MALLOC_CONF", "dirty_decay_ms:0,retain:false")));
  EXPECT_THAT(
      variables("glibc:arena_max=1+tcache_count=0"),
      testing::ElementsAre(Pair("GLIBC_TUNABLES", "glibc.malloc.arena_max=1:glibc.malloc.tcache_count=0")));
  EXPECT_THAT(variables("mimalloc:decommit_delay=0"),
              testing::ElementsAre(Pair("MIMALLOC_DECOMMIT_DELAY", "0")));
  EXPECT_THAT(variables("tcmalloc:release_rate=10"),
              testing::ElementsAre(Pair("TCMALLOC_RELEASE_RATE", "10")));
  EXPECT_THAT(variables("tbbmalloc:use_huge_pages=1"),
              testing::ElementsAre(Pair("TBB_MALLOC_USE_HUGE_PAGES", "1")));
  EXPECT_THAT(variables("mine=/x.so:MINE=1"), testing::ElementsAre(Pair("MINE", "1")));
}

TEST(AllocatorChoice, gives_the_process_its_own_variables_and_no_others) {
  const std::vector<const char*> inherited = {"PATH=/bin",
                                              "MALLOC_CONF=junk:true",
                                              "MALLOC_ARENA_MAX=1",
                                              "MIMALLOC_VERBOSE=1",
                                              "GLIBC_TUNABLES=glibc.malloc.check=3",
                                              "LD_PRELOAD=/x/libother.so",
                                              nullptr};
  const auto got = environment_with(parse_allocator("glibc:mxfast=0"), inherited.data());
  EXPECT_THAT(got, testing::UnorderedElementsAre("PATH=/bin", "LD_PRELOAD=/x/libother.so",
                                                 "GLIBC_TUNABLES=glibc.malloc.mxfast=0"));
}

TEST(AllocatorChoice, preloads_its_library_before_others) {
  const AllocatorChoice choice = parse_allocator("jemalloc");
  if (!find_library(*choice.known())) {
    GTEST_SKIP() << "libjemalloc2 is not installed";
  }
  const std::vector<const char*> inherited = {"LD_PRELOAD=/x/libother.so", nullptr};
  EXPECT_THAT(environment_with(choice, inherited.data()),
              Contains(testing::AllOf(StartsWith("LD_PRELOAD=/"),
                                      testing::EndsWith("/libjemalloc.so.2:/x/libother.so"))));
}

TEST(AllocatorChoice, that_is_not_installed_is_refused_with_the_command_that_installs_it) {
  constexpr std::string_view kNowhere[] = {"libnowhere.so.1"};
  KnownAllocator known = *find_known_allocator("jemalloc");
  known.libraries = kNowhere;
  EXPECT_EQ(find_library(known), std::nullopt);
  EXPECT_THAT(why_not_here("mine=/nonexistent/libmine.so").value_or(""),
              has_own_malloc() ? HasSubstr("sanitizer") : HasSubstr("/nonexistent/libmine.so is not there"));
}

TEST(ElfLibrary, is_told_from_what_cannot_be_preloaded) {
  EXPECT_EQ(why_not_loadable("/nonexistent"), "is not there");
  EXPECT_EQ(why_not_loadable("/"), "is not a file");
  EXPECT_THAT(why_not_loadable("/etc/passwd").value_or(""), HasSubstr("no ELF header"));
  const OwnFile empty("");
  EXPECT_THAT(why_not_loadable(empty.path()).value_or(""), HasSubstr("no ELF header"));
}

TEST(ElfLibrary, of_another_machine_is_refused_with_both_names) {
  std::ifstream self("/proc/self/exe", std::ios::binary);
  std::string header(64, '\0');
  self.read(header.data(), 64);
  constexpr std::size_t kMachine = 18;  // e_machine of an ELF header
  header[kMachine] = static_cast<char>(0xF3);
  header[kMachine + 1] = 0;
  const OwnFile other(header);
  EXPECT_THAT(why_not_loadable(other.path()).value_or(""),
              HasSubstr("is built for RISC-V, this program for "));
}

TEST(AllocatorProof, finds_the_c_librarys_own_and_refuses_another_plan) {
  const AllocatorProof found = prove_allocator(parse_allocator("glibc"));
  EXPECT_THAT(found.faults, IsEmpty());
  if (has_own_malloc()) {
    GTEST_SKIP() << "the sanitizer's malloc stands for it";
  }
  EXPECT_EQ(found.found.name, "glibc");
  EXPECT_THAT(found.found.file, HasSubstr("libc.so"));
  EXPECT_THAT(prove_allocator(parse_allocator("jemalloc")).faults,
              testing::ElementsAre(testing::AllOf(HasSubstr("the plan says allocator jemalloc"),
                                                  HasSubstr("served by glibc"))));
}

TEST(AllocatorProof, stands_in_the_record_and_without_one_the_record_says_so) {
  const auto proof = prove_allocator(parse_allocator("glibc:arena_max=2"));
  const nlohmann::json proved = allocator_json("glibc:arena_max=2", proof);
  EXPECT_TRUE(proved.at("proved").get<bool>());
  EXPECT_EQ(proved.at("options").at("requested"), nlohmann::json({{"arena_max", "2"}}));
  EXPECT_EQ(proved.at("options").at("effective"), nlohmann::json({{"arena_max", "unavailable"}}));
  const nlohmann::json without = allocator_json("jemalloc", std::nullopt);
  EXPECT_FALSE(without.at("proved").get<bool>());
  EXPECT_EQ(without.at("name"), "jemalloc");
  EXPECT_EQ(without.at("version"), "unavailable");
}

TEST(AllocatorStats, of_glibc_see_what_is_allocated) {
  const AllocatorInfo info = find_allocator();
  if (info.name != "glibc") {
    GTEST_SKIP() << "malloc is served by " << info.name;
  }
  const auto before = read_allocator_stats(info).allocated;
  const std::vector<char> held(64U << 20U);
  const auto after = read_allocator_stats(info).allocated;
  ASSERT_TRUE(before && after);
  EXPECT_GE(*after, *before + held.size());
}

}  // namespace
}  // namespace baton::trial
