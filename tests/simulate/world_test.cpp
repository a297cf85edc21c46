// Clocks, lines and sleepers of simulated cores.
#include "simulate/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "simulate/platform.hpp"

namespace baton::simulate {
namespace {

// Two clusters of two: 20 ns within, 100 ns between them.
Machine small_machine() {
  return {.name = "small", .source = {}, .clusters = 2, .cores = 4, .line = {10, 20, 100, 100}};
}
Unknowns steady() {
  Unknowns unknowns;
  unknowns.jitter = 0;
  unknowns.occupancy = 0;
  return unknowns;
}
Picoseconds ns(double value) { return static_cast<Picoseconds>(value * kNs); }

struct alignas(64) Word {
  SimAtomic<std::uint64_t> value{0};
};

TEST(World, ALineTakesTheTimeOfItsDistance) {
  World world(small_machine(), steady(), 8);
  const World::Inside inside(world);
  const auto word = std::make_unique<Word>();
  std::array<Picoseconds, 3> took{};
  world.run(8, [&](CoreId core) {
    // One after the other: core 0 has it first, then its neighbour, then one of the other cluster.
    const std::array<CoreId, 3> turns = {0, 1, 5};
    const auto* const mine = std::ranges::find(turns, core);
    if (mine == turns.end()) return;
    world.work(ns(1000) * static_cast<Picoseconds>(mine - turns.begin() + 1));
    const Picoseconds begun = world.now();
    word->value.fetch_add(1, std::memory_order_relaxed);
    took[static_cast<std::size_t>(mine - turns.begin())] = world.now() - begun;
  });
  EXPECT_EQ(took[0], ns(90 + 5)) << "from memory, and an exchange";
  EXPECT_EQ(took[1], ns(20 + 5));
  EXPECT_EQ(took[2], ns(100 + 5));
  EXPECT_EQ(word->value.load(std::memory_order_relaxed), 3U);
}

TEST(World, AnOwnerGoesOnUntilTheRequestIsThere) {
  Unknowns unknowns = steady();
  unknowns.tenure = 0.5;  // 50 of 100 ns
  World world(small_machine(), unknowns, 8);
  const World::Inside inside(world);
  const auto word = std::make_unique<Word>();
  std::uint64_t seen = 0;
  world.run(8, [&](CoreId core) {
    if (core == 0) {
      while (world.now() < ns(2000)) word->value.fetch_add(1, std::memory_order_relaxed);
    } else if (core == 5) {
      world.work(ns(1000));
      seen = word->value.fetch_add(0, std::memory_order_relaxed);
    }
  });
  // From 90 ns on an addition each 5 ns: 182 until the other asks, and 10 more while its request is under
  // way.
  EXPECT_NEAR(static_cast<double>(seen), (1000.0 - 90) / 5 + 10, 2);
}

TEST(World, ReadersShareALineUntilSomebodyWritesIt) {
  World world(small_machine(), steady(), 4);
  const World::Inside inside(world);
  const auto word = std::make_unique<Word>();
  std::vector<Picoseconds> second_reads(4);
  world.run(4, [&](CoreId core) {
    world.work(ns(1000) * (core + 1));
    static_cast<void>(word->value.load(std::memory_order_relaxed));
    world.work(ns(10'000) - world.now());
    const Picoseconds begun = world.now();
    static_cast<void>(word->value.load(std::memory_order_relaxed));
    second_reads[core] = world.now() - begun;
    world.work(ns(20'000) - world.now());
    if (core == 0) word->value.store(1, std::memory_order_relaxed);
    world.work(ns(30'000) - world.now());
    EXPECT_EQ(word->value.load(std::memory_order_relaxed), 1U);
  });
  for (const Picoseconds time : second_reads) EXPECT_EQ(time, ns(1));
  // Three came to the first, an upgrade, three again.
  EXPECT_EQ(world.tally().transfers[static_cast<std::size_t>(Distance::cluster)], 7U);
}

// What many cores do to a few lines by chance.
struct Chaos {
  std::vector<Picoseconds> effects;  // times of what was done, in the order it was done
  std::uint64_t sum = 0, expected = 0;
  Tally tally;
};
Chaos chaos(std::uint64_t seed) {
  Unknowns unknowns;
  unknowns.seed = seed;
  World world(small_machine(), unknowns, 8);
  Chaos told;
  HostVector<Picoseconds> effects;
  {
    const World::Inside inside(world);
    struct Lines {
      std::array<Word, 4> words;
      SimMutex mutex;
      SimPlain<std::uint64_t> locked{0};
    };
    const auto lines = std::make_unique<Lines>();
    world.run(8, [&](CoreId) {
      Picoseconds before = 0;
      for (int i = 0; i < 2000; ++i) {
        Word& word = lines->words[world.draw(4)];
        switch (world.draw(5)) {
          case 0:
            static_cast<void>(word.value.load(std::memory_order_relaxed));
            break;
          case 1:
            word.value.fetch_add(1, std::memory_order_relaxed);
            ++told.expected;
            break;
          case 2: {
            std::uint64_t seen = word.value.load(std::memory_order_relaxed);
            while (!word.value.compare_exchange_weak(seen, seen + 1, std::memory_order_relaxed,
                                                     std::memory_order_relaxed)) {
            }
            ++told.expected;
            break;
          }
          case 3: {
            const std::lock_guard lock(lines->mutex);
            lines->locked = lines->locked + 1;
            ++told.expected;
            break;
          }
          default:
            world.work(world.draw(ns(50)));
        }
        if (world.now() < before) effects.push_back(0);
        before = world.now();
        effects.push_back(before);
      }
    });
    for (const Word& word : lines->words) told.sum += word.value.load(std::memory_order_relaxed);
    told.sum += lines->locked;
    told.tally = world.tally();
  }
  told.effects.assign(effects.begin(), effects.end());
  return told;
}

TEST(World, TimeNeverRunsBackwardsForACoreAndALineHasOneWriter) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Chaos told = chaos(seed);
    EXPECT_EQ(std::ranges::count(told.effects, Picoseconds{0}), 0);
    EXPECT_EQ(told.tally.overlaps, 0U);
    EXPECT_EQ(told.sum, told.expected) << "an update was lost";
  }
}

TEST(World, TransfersOfAllLinesAreThoseOfAllDistances) {
  const Tally tally = chaos(1).tally;
  std::uint64_t by_line = 0;
  for (const LineCost& line : tally.lines) by_line += line.transfers;
  EXPECT_GT(by_line, 1000U);
  EXPECT_EQ(std::accumulate(tally.transfers.begin(), tally.transfers.end(), std::uint64_t{0}), by_line);
}

TEST(World, EqualSeedsGiveEqualRunsAndOthersOthers) {
  EXPECT_EQ(chaos(7).effects, chaos(7).effects);
  EXPECT_NE(chaos(7).effects, chaos(8).effects);
  // The same wherever it is built: what both compilers gave.
  EXPECT_EQ(chaos(7).effects.back(), 294'439'036U);
}

TEST(World, AMutexKeepsOthersOutAndPutsThemToSleep) {
  World world(small_machine(), steady(), 8);
  const World::Inside inside(world);
  struct Locked {
    SimMutex mutex;
    std::uint32_t holders = 0;
    std::uint64_t count = 0;
  };
  const auto locked = std::make_unique<Locked>();
  SimPlatform::named(&locked->mutex, sizeof locked->mutex, "the lock");
  world.run(8, [&](CoreId) {
    for (int i = 0; i < 200; ++i) {
      world.work(world.draw(ns(2000)));  // by chance, or they fall into step
      const std::lock_guard lock(locked->mutex);
      EXPECT_EQ(++locked->holders, 1U);
      world.work(ns(300));
      ++locked->count;
      --locked->holders;
    }
  });
  EXPECT_EQ(locked->count, 1600U);
  EXPECT_GT(world.tally().sleeps, 100U);
  const auto name = std::ranges::find(world.names(), "the lock") - world.names().begin();
  const LockCost& cost = world.tally().locks[static_cast<std::size_t>(name)];
  EXPECT_EQ(cost.taken, 1600U);
  EXPECT_GT(cost.waited, 100U);
  EXPECT_GT(cost.waiting, ns(2500) * 100);
}

TEST(World, WhoWaitsForAWordIsWokenByItsChange) {
  World world(small_machine(), steady(), 2);
  const World::Inside inside(world);
  const auto word = std::make_unique<Word>();
  Picoseconds woken = 0;
  world.run(2, [&](CoreId core) {
    if (core == 0) {
      word->value.wait(0, std::memory_order_acquire);
      woken = world.now();
    } else {
      world.work(ns(5000));
      word->value.store(1, std::memory_order_release);
      word->value.notify_all();
    }
  });
  EXPECT_GT(woken, ns(5000 + 2500));
  EXPECT_LT(woken, ns(5000 + 2500 + 1500));
}

TEST(World, WhoIsToSleepOnAWordThatHasChangedMeanwhileDoesNot) {
  World world(small_machine(), steady(), 2);
  const World::Inside inside(world);
  const auto word = std::make_unique<Word>();
  world.run(2, [&](CoreId core) {
    if (core == 0) {
      word->value.wait(0, std::memory_order_acquire);  // asks the kernel, which needs 200 ns to look
    } else {
      world.work(ns(200));
      word->value.store(1, std::memory_order_release);  // and nobody is told
    }
  });
  EXPECT_EQ(world.tally().sleeps, 0U);
}

TEST(World, HolesStopAThreadWhateverItHolds) {
  World world(small_machine(), steady(), 4, {.per_s = 1000, .least_us = 1000, .most_us = 4000});
  const World::Inside inside(world);
  std::vector<Picoseconds> longest(4);
  world.run(4, [&](CoreId core) {
    for (Picoseconds before = world.now(); before < ns(20e6); before = world.now()) {
      world.work(ns(1000));
      longest[core] = std::max(longest[core], world.now() - before);
    }
  });
  EXPECT_GT(world.tally().holes, 4U);
  for (const Picoseconds one : longest) {
    EXPECT_GE(one, ns(1e6));
    EXPECT_LE(one, ns(8.1e6));
  }
}

TEST(World, OfMoreCoresThanPlacesIsRefused) {
  EXPECT_THROW(World(small_machine(), steady(), 9), std::invalid_argument);
  EXPECT_THROW(World(small_machine(), steady(), 0), std::invalid_argument);
}

TEST(World, ThatNobodyCanWakeEndsWithASentence) {
  EXPECT_DEATH(
      {
        World world(small_machine(), steady(), 2);
        const World::Inside inside(world);
        const auto word = std::make_unique<Word>();
        world.run(2, [&](CoreId) { word->value.wait(0, std::memory_order_acquire); });
      },
      "every simulated thread sleeps");
}

TEST(Heap, GivesWhatIsFreedAgainAndNothingTwice) {
  World world(small_machine(), steady(), 1);
  std::vector<void*> blocks;
  for (std::size_t bytes : {1U, 16U, 17U, 500U, 513U, 4096U, 16'384U, 2'097'152U}) {
    void* const one = world.allocate(bytes);
    void* const aligned = world.allocate(bytes, 64);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned) % 64, 0U);
    for (void* block : {one, aligned}) {
      EXPECT_EQ(std::ranges::count(blocks, block), 0);
      std::memset(block, 1, bytes);
      blocks.push_back(block);
    }
    world.deallocate(one);
    EXPECT_EQ(world.allocate(bytes), one);
  }
}

}  // namespace
}  // namespace baton::simulate
