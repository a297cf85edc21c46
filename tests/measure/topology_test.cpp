#include "harness/measure/topology.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <set>

#include "harness/measure/calibration.hpp"
#include "harness/measure/environment.hpp"

namespace baton {
namespace {

TEST(Topology, parts_of_a_machine_are_counted_and_every_cpu_has_its_place) {
  const auto topology = read_topology("package:2 l3:2 core:4 pu:2");
  ASSERT_TRUE(topology.has_value());
  EXPECT_EQ(topology->packages, 2U);
  EXPECT_EQ(topology->l3_caches, 4U);
  EXPECT_EQ(topology->cores, 16U);
  EXPECT_TRUE(topology->smt());
  ASSERT_EQ(topology->cpus.size(), 32U);
  std::set<unsigned> numbers;
  for (const CpuPlace& place : topology->cpus) {
    numbers.insert(place.cpu);
    EXPECT_EQ(place.l3, place.core / 4);
    EXPECT_EQ(place.package, place.core / 8);
  }
  EXPECT_EQ(numbers.size(), 32U);
}

TEST(Topology, numa_nodes_are_found_beside_the_tree) {
  const auto topology = read_topology("package:2 [numa] core:2 pu:1");
  ASSERT_TRUE(topology.has_value());
  EXPECT_EQ(topology->numa_nodes, 2U);
  EXPECT_FALSE(topology->smt());
  for (const CpuPlace& place : topology->cpus) EXPECT_EQ(place.numa_node, place.package);
}

TEST(Topology, this_machine_has_as_many_cpus_as_the_process_may_use) {
  const auto topology = read_topology();
  ASSERT_TRUE(topology.has_value());
  EXPECT_EQ(topology->cpus.size(), usable_cpus());
  EXPECT_GE(topology->cores, 1U);
}

TEST(Topology, a_cpu_outside_the_affinity_mask_is_not_there) {
  cpu_set_t all, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  CPU_ZERO(&one);
  CPU_SET(static_cast<std::size_t>(first_two_cpus().to), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  const auto topology = read_topology();
  ASSERT_EQ(sched_setaffinity(0, sizeof all, &all), 0);
  ASSERT_TRUE(topology.has_value());
  ASSERT_EQ(topology->cpus.size(), 1U);
  EXPECT_EQ(static_cast<int>(topology->cpus.front().cpu), first_two_cpus().to);
}

TEST(Topology, a_machine_that_cannot_be_told_is_unavailable) {
  const auto topology = read_topology("no such notation");
  EXPECT_FALSE(topology.has_value());
  EXPECT_EQ(to_json(topology), "unavailable");
}

TEST(Topology, a_record_shows_every_cpus_place) {
  const nlohmann::json json = to_json(read_topology("package:1 core:2 pu:1"));
  EXPECT_EQ(json["cores"], 2);
  EXPECT_EQ(json["smt"], false);
  EXPECT_EQ(json["cpus"][1],
            (nlohmann::json{{"cpu", 1}, {"core", 1}, {"l3", 0}, {"numa_node", 0}, {"package", 0}}));
}

}  // namespace
}  // namespace baton
