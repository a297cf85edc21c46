#include "harness/trial/placement.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include <set>
#include <thread>

namespace baton::trial {
namespace {

using testing::ElementsAre;

// Two packages of two cores with two threads each; hwloc numbers such a machine's CPUs along.
Topology two_packages() { return read_topology("package:2 l3:1 core:2 pu:2").value(); }

TEST(Placement, CompactFillsACoreBeforeTheNextAndAPackageBeforeTheOther) {
  EXPECT_THAT(cpu_order(Pinning::compact, two_packages()), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(Placement, SpreadTakesAnotherPackageFirstAndTheSecondThreadOfACoreLast) {
  EXPECT_THAT(cpu_order(Pinning::spread, two_packages()), ElementsAre(0, 4, 2, 6, 1, 5, 3, 7));
}

TEST(Placement, TheFastestKindOfCpusComesFirst) {
  Topology machine = two_packages();
  for (CpuPlace& place : machine.cpus) place.kind = place.cpu >= 6 ? 1 : 0;
  EXPECT_EQ(machine.kinds(), 2U);
  EXPECT_EQ(to_json(machine).at("kinds"), 2);
  EXPECT_THAT(cpu_order(Pinning::compact, machine), ElementsAre(6, 7, 0, 1, 2, 3, 4, 5));
  EXPECT_THAT(cpu_order(Pinning::spread, machine), ElementsAre(6, 7, 0, 4, 2, 1, 5, 3));
  EXPECT_EQ(two_packages().kinds(), 1U);
}

TEST(Placement, WithoutPinningNobodyHasAPlace) {
  EXPECT_THAT(cpu_order(Pinning::none, two_packages()), ElementsAre());
}

TEST(Placement, EveryWorkerHasAPlaceOfItsOwnAndPartnersAreNeighbours) {
  for (const std::uint32_t clients : {1U, 2U, 5U}) {
    for (const std::uint32_t fetchers : {0U, 1U, 3U, 8U}) {
      std::set<std::uint32_t> places;
      for (std::uint32_t i = 0; i < clients; ++i) {
        places.insert(place_of(pipeline::Role::client_worker, i, clients, fetchers));
      }
      for (std::uint32_t i = 0; i < fetchers; ++i) {
        const std::uint32_t place = place_of(pipeline::Role::fetch_worker, i, clients, fetchers);
        EXPECT_TRUE(places.insert(place).second);
        if (i < clients) {
          EXPECT_EQ(place, place_of(pipeline::Role::client_worker, i, clients, fetchers) + 1);
        }
      }
      EXPECT_EQ(places.size(), clients + fetchers);
      EXPECT_EQ(*places.rbegin(), clients + fetchers - 1);
    }
  }
}

TEST(Placement, AThreadRunsWhereItIsPinnedAndTheWaiterAnywhere) {
  TrialConfig config;
  config.pipeline.client_workers = 1;
  config.pipeline.fetch_workers = 0;
  config.pinning = Pinning::compact;
  const Placement placement(config);
  const auto cpus_of_thread = [&](pipeline::Role role) {
    int cpus = 0;
    std::thread([&] {
      placement.pin_this_thread(role, 0);
      cpu_set_t set;
      sched_getaffinity(0, sizeof set, &set);
      cpus = CPU_COUNT(&set);
    }).join();
    return cpus;
  };
  EXPECT_EQ(cpus_of_thread(pipeline::Role::client_worker), 1);
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  EXPECT_EQ(cpus_of_thread(pipeline::Role::waiter), CPU_COUNT(&all));
}

}  // namespace
}  // namespace baton::trial
