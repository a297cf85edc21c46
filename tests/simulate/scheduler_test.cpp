// Who runs on simulated cores, and when.
#include "simulate/scheduler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace baton::simulate {
namespace {

constexpr Picoseconds kSlice = 1'000, kChange = 10;

// Of one thread's work a piece, by the clock.
struct Piece {
  ThreadId thread;
  Picoseconds begin, end;
};

// Works for so long, a piece after the other, and notes when.
void work(Scheduler& scheduler, Picoseconds time, std::vector<Piece>& pieces) {
  constexpr Picoseconds kPiece = 100;
  for (; time != 0; time -= std::min(time, kPiece)) {
    scheduler.turn();
    const Picoseconds begin = scheduler.clock();
    scheduler.clock() += std::min(time, kPiece);
    pieces.push_back({scheduler.thread(), begin, scheduler.clock()});
    scheduler.share();
  }
}
bool overlap(const std::vector<Piece>& pieces, std::uint32_t cores) {
  for (const Piece& one : pieces)
    for (const Piece& other : pieces)
      if (&one != &other && one.thread % cores == other.thread % cores && one.begin < other.end &&
          other.begin < one.end)
        return true;
  return false;
}

TEST(Scheduler, ThreadsOfACoreTakeTurnsAndTwoCoresWorkAtOnce) {
  Scheduler scheduler(2, 5, kSlice, kChange);
  std::vector<Piece> pieces;
  std::array<Picoseconds, 5> ended{};
  scheduler.run(5, [&](ThreadId thread) {
    EXPECT_EQ(scheduler.thread(), thread);
    EXPECT_EQ(scheduler.core(), thread % 2);
    work(scheduler, 3 * kSlice - 50, pieces);
    ended[thread] = scheduler.clock();
  });
  EXPECT_FALSE(overlap(pieces, 2));
  // Three of one core and two of the other: 3 slices each, the last not quite, and changes of hands between.
  EXPECT_EQ(ended[0], 7 * kSlice - 50 + 6 * kChange);
  EXPECT_EQ(ended[2], 8 * kSlice - 100 + 7 * kChange);
  EXPECT_EQ(ended[4], 9 * kSlice - 150 + 8 * kChange);
  EXPECT_EQ(ended[1], 5 * kSlice - 50 + 4 * kChange);
  EXPECT_EQ(ended[3], 6 * kSlice - 100 + 5 * kChange);
  EXPECT_EQ(scheduler.preemptions(), 6U + 4) << "slices that ended with another one to follow";
}

TEST(Scheduler, WhoSleepsLeavesTheCoreAndComesBackBehindTheOthers) {
  Scheduler scheduler(1, 2, kSlice, kChange);
  std::vector<Piece> pieces;
  Picoseconds back = 0;
  scheduler.run(2, [&](ThreadId thread) {
    if (thread == 0) {
      work(scheduler, 200, pieces);
      scheduler.sleep_until(700);
      back = scheduler.clock();
    } else {
      work(scheduler, 3'000, pieces);
    }
  });
  EXPECT_EQ(pieces[2].begin, 200 + kChange) << "the other one has the core while this one sleeps";
  // The other's slice has begun at 210.
  EXPECT_EQ(back, 210 + kSlice + kChange);
  EXPECT_EQ(scheduler.preemptions(), 1U);
}

TEST(Scheduler, AWokenOneTakesTheCoreOrWaitsForTheEndOfTheSlice) {
  for (const bool takes : {true, false}) {
    Scheduler scheduler(1, 2, kSlice, kChange);
    std::vector<Piece> pieces;
    Picoseconds back = 0;
    scheduler.run(2, [&](ThreadId thread) {
      if (thread == 0) {
        scheduler.sleep();
        back = scheduler.clock();
      } else {
        work(scheduler, 300, pieces);
        scheduler.wake(0, scheduler.clock(), 5'000, takes);
        work(scheduler, 2'000, pieces);
      }
    });
    EXPECT_FALSE(overlap(pieces, 1));
    // The other one has begun at 10; a piece of it is over before it looks.
    EXPECT_EQ(back, takes ? Picoseconds{10 + 300 + 100 + kChange} : 10 + kSlice + kChange) << takes;
  }
}

TEST(Scheduler, AnIdleCoreIsWokenForAWokenOne) {
  Scheduler scheduler(2, 2, kSlice, kChange);
  Picoseconds back = 0;
  scheduler.run(2, [&](ThreadId thread) {
    if (thread == 0) {
      scheduler.sleep();
      back = scheduler.clock();
    } else {
      scheduler.clock() += 400;
      scheduler.wake(0, scheduler.clock(), 5'000, true);
    }
  });
  EXPECT_EQ(back, 5'400U);
}

TEST(Scheduler, ASliceIsCountedByWhatWasRun) {
  Scheduler scheduler(1, 2, kSlice, 0);
  std::vector<Piece> pieces;
  Picoseconds first_lost = 0;
  scheduler.run(2, [&](ThreadId thread) {
    if (thread == 0) {
      for (int i = 0; i < 3; ++i) {  // three times 300, asleep in between: 100 of the slice are left
        work(scheduler, 300, pieces);
        scheduler.sleep_until(scheduler.clock() + 2'000);
      }
      work(scheduler, 200, pieces);
      first_lost = scheduler.clock();
    } else {
      work(scheduler, 20'000, pieces);
    }
  });
  EXPECT_FALSE(overlap(pieces, 1));
  // It worked for 100, lost the core for a slice of the other's, and worked for the other 100.
  const auto last = std::ranges::find_if(pieces.rbegin(), pieces.rend(),
                                         [](const Piece& piece) { return piece.thread == 0; });
  const auto before =
      std::find_if(std::next(last), pieces.rend(), [](const Piece& piece) { return piece.thread == 0; });
  EXPECT_GE(last->begin - before->end, kSlice);
  EXPECT_EQ(last->end, first_lost);
}

}  // namespace
}  // namespace baton::simulate
