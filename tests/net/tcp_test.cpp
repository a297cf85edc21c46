#include "harness/net/tcp.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

namespace baton::net {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Pair {
  Fd client;
  Fd server;
};

Pair connected_pair() {
  const Fd listener = listen_tcp(Address::loopback(0), 8);
  Connected client = connect_tcp(local_address(listener.get()), seconds(5));
  Connected server = accept_tcp(listener.get(), Blocking::yes);
  EXPECT_EQ(client.error, 0);
  EXPECT_EQ(server.error, 0);
  return {std::move(client.fd), std::move(server.fd)};
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(Fd, ClosesWhatItHoldsOnceAndOnlyThat) {
  const int raw = ::socket(AF_INET, SOCK_STREAM, 0);
  {
    Fd first(raw);
    const Fd second(std::move(first));
    EXPECT_EQ(second.get(), raw);
    EXPECT_TRUE(is_open(raw));
  }
  EXPECT_FALSE(is_open(raw));
}

TEST(Fd, ReleaseLeavesTheDescriptorOpen) {
  int raw = -1;
  {
    Fd fd(::socket(AF_INET, SOCK_STREAM, 0));
    raw = fd.release();
  }
  EXPECT_TRUE(is_open(raw));
  ::close(raw);
}

TEST(Tcp, PortZeroGivesAPortThatCanBeConnectedTo) {
  const Fd listener = listen_tcp(Address::loopback(0), 8);
  const Address address = local_address(listener.get());
  EXPECT_NE(address.port(), 0);
  EXPECT_EQ(connect_tcp(address, seconds(5)).error, 0);
}

TEST(Tcp, ListensAndConnectsOverIpv6) {
  Fd listener;
  try {
    listener = listen_tcp(Address::parse("[::1]:0"), 8);
  } catch (const std::system_error& error) {
    GTEST_SKIP() << "no IPv6 here: " << error.what();
  }
  EXPECT_EQ(connect_tcp(local_address(listener.get()), seconds(5)).error, 0);
}

TEST(Tcp, ATakenPortIsAnErrorThatNamesTheAddress) {
  const Fd listener = listen_tcp(Address::loopback(0), 8);
  const Address address = local_address(listener.get());
  try {
    const Fd second = listen_tcp(address, 8);
    FAIL() << "listened twice on " << address.to_string();
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), EADDRINUSE);
    EXPECT_NE(std::string(error.what()).find(address.to_string()), std::string::npos);
  }
}

TEST(Tcp, ARefusedConnectionIsAnErrnoAndNotAnException) {
  Address address;
  {
    const Fd listener = listen_tcp(Address::loopback(0), 8);
    address = local_address(listener.get());
  }
  const Connected connected = connect_tcp(address, seconds(5));
  EXPECT_EQ(connected.error, ECONNREFUSED);
  EXPECT_FALSE(connected.fd);
}

TEST(Tcp, AFullBacklogEndsInATimeout) {
  // Linux drops the SYN when the accept queue is full; with a backlog of 0 that is after one connection.
  const Fd listener = listen_tcp(Address::loopback(0), 0);
  const Address address = local_address(listener.get());
  const Connected first = connect_tcp(address, seconds(5));
  ASSERT_EQ(first.error, 0);
  const Connected second = connect_tcp(address, milliseconds(50));
  EXPECT_EQ(second.error, ETIMEDOUT);
}

TEST(Tcp, ABegunConnectionToNobodyTellsItsErrorLater) {
  Address address;
  {
    const Fd listener = listen_tcp(Address::loopback(0), 8);
    address = local_address(listener.get());
  }
  const Connected begun = begin_connect_tcp(address);
  const int error = begun.error != 0 ? begun.error : pending_error(begun.fd.get());
  EXPECT_EQ(error, ECONNREFUSED);
}

TEST(Tcp, AcceptOfANonBlockingListenerWithoutConnectionsSaysEagain) {
  const Fd listener = listen_tcp(Address::loopback(0), 8);
  ASSERT_EQ(set_nonblocking(listener.get(), true), 0);
  EXPECT_EQ(accept_tcp(listener.get(), Blocking::no).error, EAGAIN);
}

TEST(Tcp, AConnectedSocketBlocksAndABegunOneDoesNot) {
  const Fd listener = listen_tcp(Address::loopback(0), 8);
  const Address address = local_address(listener.get());
  const Connected blocking = connect_tcp(address, seconds(5));
  const Connected begun = begin_connect_tcp(address);
  EXPECT_EQ(::fcntl(blocking.fd.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(begun.fd.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST(Tcp, AReceiveTimeoutEndsABlockingRead) {
  const Pair pair = connected_pair();
  ASSERT_EQ(set_receive_timeout(pair.client.get(), microseconds(1500)), 0);
  char byte = 0;
  EXPECT_EQ(::recv(pair.client.get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST(Tcp, ASendTimeoutEndsABlockingWriteToAPeerThatDoesNotRead) {
  const Pair pair = connected_pair();
  ASSERT_EQ(set_send_timeout(pair.client.get(), milliseconds(2)), 0);
  static std::array<char, 1 << 16> block{};
  ssize_t sent = 0;
  for (int i = 0; i < 4096 && sent >= 0; ++i)
    sent = ::send(pair.client.get(), block.data(), block.size(), MSG_NOSIGNAL);
  EXPECT_EQ(sent, -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST(Tcp, APeerThatStaysHasNotHungUpEvenWithUnreadBytes) {
  const Pair pair = connected_pair();
  EXPECT_FALSE(peer_hung_up(pair.server.get()));
  ASSERT_EQ(::send(pair.client.get(), "x", 1, MSG_NOSIGNAL), 1);
  EXPECT_FALSE(peer_hung_up(pair.server.get()));
}

// Loopback delivers FIN and RST before close() returns; the loop only guards against a kernel that defers
// them.
bool hangs_up_soon(int fd) {
  for (int i = 0; i < 1000 && !peer_hung_up(fd); ++i) std::this_thread::sleep_for(milliseconds(1));
  return peer_hung_up(fd);
}

TEST(Tcp, APeerThatClosesHasHungUpAlthoughItsBytesAreUnread) {
  Pair pair = connected_pair();
  ASSERT_EQ(::send(pair.client.get(), "x", 1, MSG_NOSIGNAL), 1);
  pair.client.reset();
  EXPECT_TRUE(hangs_up_soon(pair.server.get()));
}

TEST(Tcp, ResetOnCloseIsSeenAsConnectionReset) {
  Pair pair = connected_pair();
  ASSERT_EQ(set_reset_on_close(pair.client.get()), 0);
  pair.client.reset();
  EXPECT_TRUE(hangs_up_soon(pair.server.get()));
  char byte = 0;
  EXPECT_EQ(::recv(pair.server.get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST(Tcp, ShutdownWakesAThreadThatIsBlockedInARead) {
  const Pair pair = connected_pair();
  ssize_t got = -1;
  std::thread reader([&] {
    char byte = 0;
    got = ::recv(pair.server.get(), &byte, 1, 0);
  });
  shutdown_both(pair.server.get());
  reader.join();
  EXPECT_EQ(got, 0);
}

TEST(Tcp, TheOpenFileLimitIsRaisedToTheHardLimit) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit lowered = before;
  lowered.rlim_cur = before.rlim_max > 256 ? 256 : before.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &lowered), 0);
  EXPECT_EQ(raise_open_file_limit(), before.rlim_max);
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
}

}  // namespace
}  // namespace baton::net
