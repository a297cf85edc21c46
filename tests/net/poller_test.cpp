#include "harness/net/poller.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <thread>

namespace baton::net {
namespace {

struct Pair {
  Fd near;
  Fd far;
};
Pair socket_pair() {
  std::array<int, 2> fds{-1, -1};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()), 0);
  return {Fd(fds[0]), Fd(fds[1])};
}

TEST(Poller, TellsWhichSocketIsReadableByItsTag) {
  Poller poller;
  const Pair one = socket_pair();
  const Pair two = socket_pair();
  ASSERT_EQ(poller.add(one.near.get(), EPOLLIN, 1), 0);
  ASSERT_EQ(poller.add(two.near.get(), EPOLLIN, 2), 0);
  ASSERT_EQ(::send(two.far.get(), "x", 1, 0), 1);
  const auto events = poller.wait(std::nullopt);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].data.u64, 2U);
}

TEST(Poller, ASocketWhoseEventsAreTakenAwayIsSilentUntilTheyAreBack) {
  Poller poller;
  const Pair pair = socket_pair();
  ASSERT_EQ(poller.add(pair.near.get(), EPOLLIN, 1), 0);
  ASSERT_EQ(::send(pair.far.get(), "x", 1, 0), 1);
  ASSERT_EQ(poller.change(pair.near.get(), 0, 1), 0);
  EXPECT_TRUE(poller.wait(std::chrono::nanoseconds(0)).empty());
  ASSERT_EQ(poller.change(pair.near.get(), EPOLLIN, 1), 0);
  EXPECT_EQ(poller.wait(std::chrono::nanoseconds(0)).size(), 1U);
}

TEST(Poller, ARemovedSocketIsSilent) {
  Poller poller;
  const Pair pair = socket_pair();
  ASSERT_EQ(poller.add(pair.near.get(), EPOLLIN, 1), 0);
  ASSERT_EQ(::send(pair.far.get(), "x", 1, 0), 1);
  poller.remove(pair.near.get());
  EXPECT_TRUE(poller.wait(std::chrono::nanoseconds(0)).empty());
}

TEST(Poller, AWakeUpFromAnotherThreadEndsAWaitWithoutLimitAndShowsOnce) {
  Poller poller;
  std::thread other([&] { poller.wake(); });
  const auto events = poller.wait(std::nullopt);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].data.u64, Poller::kWakeTag);
  other.join();
  EXPECT_TRUE(poller.wait(std::chrono::nanoseconds(0)).empty());
}

TEST(Poller, AnErrorIsTheErrno) {
  Poller poller;
  EXPECT_EQ(poller.add(-1, EPOLLIN, 1), EBADF);
  const Pair pair = socket_pair();
  EXPECT_EQ(poller.change(pair.near.get(), EPOLLIN, 1), ENOENT);
}

}  // namespace
}  // namespace baton::net
