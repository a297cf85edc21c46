// Messages in and out of a connection: MessageSender, HeadReader, and the table of sessions.
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "harness/pipeline/message_sender.hpp"
#include "harness/pipeline/read_head.hpp"
#include "harness/pipeline/session_table.hpp"
#include "tests/pipeline/fake_connection.hpp"

namespace baton::pipeline {
namespace {

TEST(MessageSender, HeadAndBodyLeaveInOneWrite) {
  FakeConnection connection;
  MessageSender sender;
  sender.start("HEAD\r\n\r\n", false);
  EXPECT_TRUE(sender.head_pending());
  EXPECT_TRUE(sender.add_body("one"));
  EXPECT_TRUE(sender.add_body("two"));
  sender.end_body();
  EXPECT_EQ(sender.pending_bytes(), 14U);
  EXPECT_TRUE(sender.flush(connection));
  EXPECT_EQ(connection.written, std::vector<std::string>{"HEAD\r\n\r\nonetwo"});
  EXPECT_FALSE(sender.head_pending());
  EXPECT_EQ(sender.pending_bytes(), 0U);
  EXPECT_EQ(sender.body_bytes(), 6U);
}

TEST(MessageSender, ChunksHaveTheirSizeInFrontAndTheLastOneIsEmpty) {
  FakeConnection connection;
  MessageSender sender;
  sender.start("H", true);
  EXPECT_TRUE(sender.add_body("0123456789abcdef"));
  EXPECT_TRUE(sender.flush(connection));
  EXPECT_TRUE(sender.add_body("xyz"));
  sender.end_body();
  EXPECT_TRUE(sender.flush(connection));
  EXPECT_EQ(connection.written,
            (std::vector<std::string>{"H10\r\n0123456789abcdef\r\n", "3\r\nxyz\r\n0\r\n\r\n"}));
  EXPECT_EQ(sender.body_bytes(), 19U);
}

TEST(MessageSender, AFlushWithoutAnythingWritesNothing) {
  FakeConnection connection;
  MessageSender sender;
  sender.start("H", false);
  EXPECT_TRUE(sender.flush(connection));
  EXPECT_TRUE(sender.flush(connection));
  EXPECT_EQ(connection.written.size(), 1U);
}

TEST(MessageSender, SaysWhenItHoldsNoMoreAndLosesNothing) {
  for (const bool chunked : {false, true}) {
    FakeConnection connection;
    MessageSender sender;
    sender.start("H", chunked);
    int refused = 0;
    for (int i = 0; i < 500; ++i) {
      if (sender.add_body("b")) continue;
      ++refused;
      ASSERT_TRUE(sender.flush(connection));
      ASSERT_TRUE(sender.add_body("b"));
    }
    sender.end_body();  // always fits
    ASSERT_TRUE(sender.flush(connection));
    EXPECT_GT(refused, 0);
    std::string expected = "H";
    for (int i = 0; i < 500; ++i) expected += chunked ? "1\r\nb\r\n" : "b";
    expected += chunked ? "0\r\n\r\n" : "";
    EXPECT_EQ(std::accumulate(connection.written.begin(), connection.written.end(), std::string()), expected);
    EXPECT_EQ(sender.body_bytes(), 500U);
  }
}

TEST(MessageSender, TellsThatThePeerTakesNoMore) {
  FakeConnection connection;
  connection.write_error = EPIPE;
  MessageSender sender;
  sender.start("H", false);
  EXPECT_FALSE(sender.flush(connection));
}

// A buffer of a size the test chooses.
struct OwnBuffer : ConnBuffer {
  explicit OwnBuffer(std::uint32_t bytes) : memory(bytes, '\0') {
    storage = memory.data();
    capacity = bytes;
  }
  std::vector<char> memory;
};

// Reads once at a time, as the reader does, until there is more to say than that bytes came.
HeadStatus read_on(HeadReader<http::RequestParser>& reader, FakeConnection& connection, ConnBuffer& buffer) {
  HeadStatus status = HeadStatus::incomplete;
  while (status == HeadStatus::incomplete) {
    status = reader.read(connection, buffer);
  }
  return status;
}

constexpr std::string_view kHead = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(HeadReader, ReadsAHeadThatComesInTwoPiecesWhereverItIsCut) {
  const std::string stream = std::string(kHead) + "read-ahead";
  for (std::size_t cut = 1; cut < stream.size(); ++cut) {
    FakeConnection connection;
    connection.reads = {stream.substr(0, cut), stream.substr(cut)};
    OwnBuffer buffer(256);
    HeadReader<http::RequestParser> reader;
    reader.restart();
    ASSERT_EQ(read_on(reader, connection, buffer), HeadStatus::complete) << cut;
    EXPECT_EQ(reader.head().target, "/a") << cut;
    EXPECT_EQ(reader.head_bytes(), kHead.size()) << cut;
    buffer.consume(reader.head_bytes());
    const std::size_t read = cut < kHead.size() ? stream.size() : cut;  // no more than was needed
    EXPECT_EQ(buffer.unread(), stream.substr(kHead.size(), read - kHead.size())) << cut;
  }
}

TEST(HeadReader, ReadsAHeadThatComesByteByByte) {
  FakeConnection connection;
  for (const char byte : kHead) connection.reads.emplace_back(1, byte);
  OwnBuffer buffer(256);
  HeadReader<http::RequestParser> reader;
  reader.restart();
  EXPECT_EQ(read_on(reader, connection, buffer), HeadStatus::complete);
  EXPECT_EQ(buffer.unread(), kHead);
  EXPECT_EQ(reader.head().host, "h");
}

TEST(HeadReader, GoesOnAfterASliceWithoutBytes) {
  FakeConnection connection;
  connection.reads = {std::string(kHead.substr(0, 9))};
  OwnBuffer buffer(256);
  HeadReader<http::RequestParser> reader;
  reader.restart();
  EXPECT_EQ(read_on(reader, connection, buffer), HeadStatus::slice_over);
  connection.reads = {std::string(kHead.substr(9))};
  EXPECT_EQ(read_on(reader, connection, buffer), HeadStatus::complete);
  EXPECT_EQ(reader.head().target, "/a");
}

TEST(HeadReader, ReadsOnceAtATimeSoThatAPeerThatDribblesMeetsItsCallersDeadline) {
  FakeConnection connection;
  connection.reads = {std::string(kHead.substr(0, 9)), std::string(kHead.substr(9, 5)),
                      std::string(kHead.substr(14))};
  OwnBuffer buffer(256);
  HeadReader<http::RequestParser> reader;
  reader.restart();
  EXPECT_EQ(reader.read(connection, buffer), HeadStatus::incomplete);
  EXPECT_EQ(reader.read(connection, buffer), HeadStatus::incomplete);
  EXPECT_EQ(reader.read(connection, buffer), HeadStatus::complete);
}

TEST(HeadReader, ARestartedReaderFindsTheHeadThatWaitsInTheBuffer) {
  FakeConnection connection;
  connection.reads = {std::string(kHead.substr(0, 9))};
  OwnBuffer buffer(256);
  HeadReader<http::RequestParser> reader;
  reader.restart();
  EXPECT_EQ(read_on(reader, connection, buffer), HeadStatus::slice_over);
  reader.restart();  // as after a stay with the waiter
  connection.reads = {std::string(kHead.substr(9))};
  EXPECT_EQ(read_on(reader, connection, buffer), HeadStatus::complete);
  EXPECT_EQ(reader.head_bytes(), kHead.size());
}

TEST(HeadReader, ReadsNothingWhenTheNextHeadIsInTheBufferAlready) {
  FakeConnection connection;
  connection.then = 0;
  OwnBuffer buffer(256);
  ASSERT_TRUE(buffer.append(std::string(kHead) + std::string(kHead)));
  HeadReader<http::RequestParser> reader;
  for (int i = 0; i < 2; ++i) {
    reader.restart();
    ASSERT_EQ(reader.read(connection, buffer), HeadStatus::complete) << i;
    buffer.consume(reader.head_bytes());
  }
  reader.restart();
  EXPECT_EQ(reader.read(connection, buffer), HeadStatus::closed);
}

TEST(HeadReader, MovesAHeadToTheFrontThatTheBuffersEndCuts) {
  FakeConnection connection;
  const std::string second = "GET /second HTTP/1.1\r\nHost: other\r\n\r\n";
  OwnBuffer buffer(static_cast<std::uint32_t>(kHead.size() + 10));
  ASSERT_TRUE(buffer.append(std::string(kHead) + second.substr(0, 10)));
  connection.reads = {second.substr(10)};
  HeadReader<http::RequestParser> reader;
  reader.restart();
  ASSERT_EQ(reader.read(connection, buffer), HeadStatus::complete);
  buffer.consume(reader.head_bytes());
  reader.restart();
  ASSERT_EQ(reader.read(connection, buffer), HeadStatus::complete);
  EXPECT_EQ(reader.head().target, "/second");
  EXPECT_EQ(reader.head().host, "other");
  EXPECT_EQ(reader.head().target.data(), buffer.storage + 4);
}

TEST(HeadReader, AHeadThatFillsTheBufferExactlyFitsAndOneByteMoreDoesNot) {
  for (const std::uint32_t short_by : {0U, 1U}) {
    FakeConnection connection;
    connection.reads = {std::string(kHead)};
    OwnBuffer buffer(static_cast<std::uint32_t>(kHead.size()) - short_by);
    HeadReader<http::RequestParser> reader;
    reader.restart();
    EXPECT_EQ(reader.read(connection, buffer), short_by == 0 ? HeadStatus::complete : HeadStatus::too_large);
  }
}

TEST(HeadReader, TellsMalformedClosedAndBrokenApart) {
  const auto outcome = [](std::string bytes, int then) {
    FakeConnection connection;
    connection.reads = {std::move(bytes)};
    connection.then = then;
    OwnBuffer buffer(256);
    HeadReader<http::RequestParser> reader;
    reader.restart();
    return read_on(reader, connection, buffer);
  };
  EXPECT_EQ(outcome("GET nonsense\r\n\r\n", 0), HeadStatus::malformed);
  EXPECT_EQ(outcome("GET / HTTP/1.1\r\nHo", 0), HeadStatus::closed);
  EXPECT_EQ(outcome("GET / HTTP/1.1\r\nHo", ECONNRESET), HeadStatus::failed);
  EXPECT_EQ(outcome("GET / HTTP/1.1\r\nHo", EAGAIN), HeadStatus::slice_over);
}

struct Listed {
  Listed* table_next = nullptr;
  Listed* table_previous = nullptr;
};

std::vector<Listed*> all_of(SessionTable<Listed>& table) {
  std::vector<Listed*> all;
  table.for_each([&all](Listed* one) { all.push_back(one); });
  return all;
}

TEST(SessionTable, HoldsWhatWasAddedAndNotWhatWasRemovedWhereverItStood) {
  for (const std::size_t removed : {0U, 1U, 2U}) {
    std::array<Listed, 3> sessions;
    SessionTable<Listed> table;
    for (Listed& session : sessions) table.add(&session);
    EXPECT_EQ(table.size(), 3U);
    table.remove(&sessions.at(removed));
    EXPECT_EQ(table.size(), 2U);
    std::vector<Listed*> expected;
    for (std::size_t i = 3; i-- > 0;) {
      if (i != removed) expected.push_back(&sessions.at(i));
    }
    EXPECT_EQ(all_of(table), expected);
  }
}

TEST(SessionTable, AVisitMayRemoveTheSessionItIsGiven) {
  std::array<Listed, 4> sessions;
  SessionTable<Listed> table;
  for (Listed& session : sessions) table.add(&session);
  int visits = 0;
  table.for_each([&](Listed* session) {
    ++visits;
    table.remove(session);
  });
  EXPECT_EQ(visits, 4);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_TRUE(all_of(table).empty());
}

}  // namespace
}  // namespace baton::pipeline
