#include "harness/measure/environment.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace baton {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using testing::AnyOf;

// A machine made of files, for readers that take a root folder.
class Machine {
 public:
  Machine() { fs::remove_all(root_); }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine() { fs::remove_all(root_); }
  Machine& with(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
    return *this;
  }
  [[nodiscard]] const fs::path& root() const { return root_; }

 private:
  fs::path root_ = fs::path(testing::TempDir()) / ("baton_machine_" + std::to_string(getpid()));
};

void expect_unavailable(const Json& part, const std::string& except) {
  for (const auto& [name, value] : part.items()) {
    if (name == except) continue;
    EXPECT_EQ(value, "unavailable") << name;
  }
}

TEST(Environment, this_machine_is_described_and_nothing_in_it_is_null_or_empty) {
  const Json environment = describe_environment();
  for (const char* part :
       {"kernel", "cpu", "topology", "clock", "memory", "aslr", "limits", "container", "load"}) {
    ASSERT_TRUE(environment.contains(part)) << part;
    for (const auto& [name, value] : environment[part].items()) {
      if (name == "stamps_note") continue;  // null where there is nothing to remark
      EXPECT_FALSE(value.is_null()) << part << "." << name;
      EXPECT_NE(value, "") << part << "." << name;
    }
  }
  EXPECT_EQ(environment["kernel"]["name"], "Linux");
  EXPECT_GE(environment["cpu"]["usable"], 1);
  EXPECT_GT(environment["memory"]["total_bytes"], 0);
}

TEST(Environment, a_machine_that_tells_nothing_is_unavailable_everywhere) {
  const Machine nothing;
  expect_unavailable(describe_processor(nothing.root()), "usable");  // the affinity mask is no file
  expect_unavailable(describe_memory(nothing.root()), "page_bytes");
  expect_unavailable(describe_load(nothing.root()), "");
  EXPECT_EQ(describe_container(nothing.root())["cgroup"],
            (Json{{"version", "unavailable"}, {"cpus", "unavailable"}, {"memory_bytes", "unavailable"}}));
  EXPECT_EQ(describe_aslr(nothing.root())["kernel"], "unavailable");
  EXPECT_EQ(describe_clock(nothing.root())["source"], "unavailable");
}

TEST(Environment, the_processor_is_read_with_its_caches_and_frequency) {
  Machine machine;
  machine
      .with("proc/cpuinfo",
            "vendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\ncpu MHz\t\t: 2445.404\nflags\t\t: fpu "
            "hypervisor\n")
      .with("sys/devices/system/cpu/online", "0-3,8\n")
      .with("sys/devices/system/cpu/smt/active", "1\n")
      .with("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n")
      .with("sys/devices/system/cpu/cpu0/cache/index0/level", "1\n")
      .with("sys/devices/system/cpu/cpu0/cache/index0/type", "Data\n")
      .with("sys/devices/system/cpu/cpu0/cache/index0/size", "48K\n")
      .with("sys/devices/system/cpu/cpu0/cache/index0/coherency_line_size", "64\n")
      .with("sys/devices/system/cpu/cpu0/cache/index0/shared_cpu_list", "0-1\n")
      .with("sys/devices/system/cpu/cpu0/cache/index1/size", "32M\n");
  const Json cpu = describe_processor(machine.root());
  EXPECT_EQ(cpu["model"], "AMD EPYC");
  EXPECT_EQ(cpu["mhz"], 2445.404);
  EXPECT_EQ(cpu["online"], 5);
  EXPECT_EQ(cpu["smt"], true);
  EXPECT_EQ(cpu["virtual_machine"], true);
  EXPECT_EQ(cpu["governor"], "powersave");
  EXPECT_EQ(cpu["frequency_driver"], "unavailable");
  ASSERT_EQ(cpu["caches"].size(), 2U);
  EXPECT_EQ(
      cpu["caches"][0],
      (Json{
          {"level", 1}, {"type", "Data"}, {"bytes", 48 * 1024}, {"line_bytes", 64}, {"shared_by_cpus", 2}}));
  EXPECT_EQ(cpu["caches"][1]["bytes"], 32 * 1024 * 1024);
  EXPECT_EQ(cpu["caches"][1]["level"], "unavailable");
}

TEST(Environment, memory_policies_are_the_ones_in_force) {
  Machine machine;
  machine.with("proc/meminfo", "MemTotal:  1000 kB\nMemAvailable:  900 kB\nSwapTotal: 0 kB\n")
      .with("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n")
      .with("proc/sys/vm/overcommit_memory", "1\n");
  const Json memory = describe_memory(machine.root());
  EXPECT_EQ(memory["total_bytes"], 1000 * 1024);
  EXPECT_EQ(memory["swap_bytes"], 0) << "a zero that was read is a zero";
  EXPECT_EQ(memory["transparent_huge_pages"], "madvise");
  EXPECT_EQ(memory["transparent_huge_pages_defrag"], "unavailable");
  EXPECT_EQ(memory["overcommit"], 1);
}

TEST(Environment, the_tightest_of_the_nested_control_groups_counts) {
  Machine machine;
  machine.with("proc/self/cgroup", "0::/outer/inner\n")
      .with("sys/fs/cgroup/outer/cpu.max", "50000 100000\n")
      .with("sys/fs/cgroup/outer/memory.max", "1000000\n")
      .with("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n")
      .with("sys/fs/cgroup/outer/inner/memory.max", "2000000\n");
  EXPECT_EQ(describe_container(machine.root())["cgroup"],
            (Json{{"version", 2}, {"cpus", 0.5}, {"memory_bytes", 1'000'000.0}}));
}

TEST(Environment, limits_of_old_control_groups_are_found_too) {
  Machine machine;
  machine.with("proc/self/cgroup", "4:memory:/job\n3:cpuset:/\n1:cpu,cpuacct:/job\n0::/\n")
      .with("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "150000\n")
      .with("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n")
      .with("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(describe_container(machine.root())["cgroup"],
            (Json{{"version", 1}, {"cpus", 1.5}, {"memory_bytes", "none"}}));
}

TEST(Environment, a_group_without_a_quota_has_none_and_one_that_cannot_be_read_is_unavailable) {
  Machine machine;
  machine.with("proc/self/cgroup", "1:cpu:/\n4:memory:/\n")
      .with("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n")
      .with("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(describe_container(machine.root())["cgroup"],
            (Json{{"version", 1}, {"cpus", "none"}, {"memory_bytes", "unavailable"}}));
}

TEST(Environment, a_container_is_known_by_its_mark) {
  Machine machine;
  EXPECT_EQ(describe_container(machine.root())["kind"], "none");
  machine.with(".dockerenv", "");
  EXPECT_EQ(describe_container(machine.root())["kind"], "docker");
}

TEST(Environment, cpu_ticks_are_told_apart_by_who_had_the_processor) {
  Machine machine;
  machine.with("proc/stat", "cpu  100 20 30 1000 5 1 2 40 7 0\ncpu0 1 2 3\n")
      .with("proc/loadavg", "0.50 0.25 1.00 3/89 6671\n");
  const auto ticks = read_cpu_ticks(machine.root());
  ASSERT_TRUE(ticks.has_value());
  EXPECT_EQ(ticks->busy, 153U);
  EXPECT_EQ(ticks->idle, 1005U);
  EXPECT_EQ(ticks->steal, 40U);
  const Json load = describe_load(machine.root());
  EXPECT_EQ(load["average_1"], 0.5);
  EXPECT_EQ(load["average_15"], 1.0);
  EXPECT_DOUBLE_EQ(load["steal_share_since_start"].get<double>(), 40.0 / 1198.0);
}

TEST(Environment, the_limit_of_open_files_is_the_one_of_this_process) {
  EXPECT_EQ(open_file_limit(), static_cast<std::uint64_t>(sysconf(_SC_OPEN_MAX)));
  EXPECT_THAT(describe_limits()["open_files"], AnyOf(Json(open_file_limit()), Json("none")));
}

}  // namespace
}  // namespace baton
