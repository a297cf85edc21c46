#include "harness/http/body.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "tests/http/page_end.hpp"

namespace baton::http {
namespace {

struct Outcome {
  std::string payload;
  std::size_t consumed = 0;
  BodyFramer::Status status = BodyFramer::Status::more;
  bool operator==(const Outcome&) const = default;
};

// Takes all it can out of `bytes`, as a reader does that got them in one read.
void drain(BodyFramer& framer, std::string_view bytes, Outcome& outcome) {
  while (!bytes.empty() && outcome.status == BodyFramer::Status::more) {
    const BodyFramer::Piece piece = framer.next(bytes);
    ASSERT_LE(piece.consumed, bytes.size());
    ASSERT_TRUE(piece.consumed > 0 || piece.status != BodyFramer::Status::more) << "no progress";
    outcome.payload += piece.payload;
    outcome.consumed += piece.consumed;
    outcome.status = piece.status;
    bytes.remove_prefix(piece.consumed);
  }
}

Outcome decode(std::string_view bytes, Framing framing, std::uint64_t length = 0) {
  BodyFramer framer;
  framer.start(framing, length);
  Outcome outcome;
  drain(framer, bytes, outcome);
  return outcome;
}

Outcome chunked(std::string_view bytes) { return decode(bytes, Framing::chunked); }

constexpr std::array<std::string_view, 8> kChunked = {
    "0\r\n\r\n",
    "5\r\nhello\r\n0\r\n\r\n",
    "000000000000005\r\nhello\r\n1\r\n,\r\nA\r\n0123456789\r\n0\r\n\r\n",
    "5;name=value\r\nhello\r\n0;last\r\n\r\n",
    "5 ; name=\"quo;ted\"\r\nhello\r\n0 \r\n\r\n",
    "5\r\nhello\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n",
    "4\r\n\r\n\r\n\r\n0\r\n\r\n",
    "2\r\n0\r\r\n1\r\n\n\r\n0\r\n\r\n",
};

TEST(Body, chunks_come_out_without_their_framing) {
  EXPECT_EQ(chunked(kChunked[0]).payload, "");
  EXPECT_EQ(chunked(kChunked[1]).payload, "hello");
  EXPECT_EQ(chunked(kChunked[2]).payload, "hello,0123456789");
  EXPECT_EQ(chunked(kChunked[3]).payload, "hello");
  EXPECT_EQ(chunked(kChunked[4]).payload, "hello");
  EXPECT_EQ(chunked(kChunked[5]).payload, "hello");
  EXPECT_EQ(chunked(kChunked[6]).payload, "\r\n\r\n");
  EXPECT_EQ(chunked(kChunked[7]).payload, "0\r\n");
  for (const std::string_view body : kChunked) {
    EXPECT_EQ(chunked(body).status, BodyFramer::Status::finished) << body;
    EXPECT_EQ(chunked(body).consumed, body.size()) << body;
  }
}

TEST(Body, chunks_cut_anywhere_and_byte_by_byte_give_the_same_and_read_no_byte_too_far) {
  for (const std::string_view body : kChunked) {
    const Outcome whole = chunked(body);
    for (std::size_t cut = 0; cut <= body.size(); ++cut) {
      const PageEnd front(body.substr(0, cut));
      const PageEnd back(body.substr(cut));
      BodyFramer framer;
      framer.start(Framing::chunked, 0);
      Outcome outcome;
      drain(framer, front.view(), outcome);
      drain(framer, back.view(), outcome);
      EXPECT_EQ(outcome, whole) << body << " cut at " << cut;
    }
    BodyFramer framer;
    framer.start(Framing::chunked, 0);
    Outcome outcome;
    for (const char& byte : body) drain(framer, {&byte, 1}, outcome);
    EXPECT_EQ(outcome, whole) << body;
  }
}

TEST(Body, bytes_behind_the_end_are_never_consumed) {
  for (const std::string_view body : kChunked) {
    const Outcome outcome = chunked(std::string(body) + "0\r\n\r\nGET /");
    EXPECT_EQ(outcome.consumed, body.size()) << body;
  }
  const Outcome sized = decode("helloGET /", Framing::content_length, 5);
  EXPECT_EQ(sized, (Outcome{"hello", 5, BodyFramer::Status::finished}));
  EXPECT_EQ(decode("GET /", Framing::none), (Outcome{"", 0, BodyFramer::Status::finished}));
}

TEST(Body, malformed_chunks_are_invalid_whole_and_byte_by_byte) {
  const std::vector<std::string> bodies = {
      "\r\n",             // no size
      ";x\r\n",           // an extension without a size
      " 5\r\nhello\r\n",  // white space in front of the size
      "-5\r\n",
      "+5\r\n",
      "0x5\r\nhello\r\n",
      "5g\r\nhello\r\n",
      "5 5\r\nhello\r\n",        // something behind the padding
      "5\nhello\r\n",            // LF alone
      "5\rhello\r\n",            // CR alone
      "5\rXhello\r\n0\r\n\r\n",  // another byte for LF
      "5\r\nhelloX\n0\r\n\r\n",  // another byte for CR
      "5\r\nhello\rX0\r\n\r\n",
      "0\r\nT: x\rX\r\n",
      "5;a\nhello\r\n",                   // LF alone ends an extension
      "5;a\rb\r\nhello\r\n",              // CR alone in an extension
      std::string("5;a\0\r\nhello", 11),  // NUL in an extension
      "5\r\nhello0\r\n\r\n",              // no line end behind the payload
      "5\r\nhello\n0\r\n\r\n",
      "5\r\nhello!\r\n0\r\n\r\n",  // more payload than announced
      "0\r\n\n",                   // the last line ends with LF alone
      "0\r\n\rX",
      "0\r\nTrailer: x\n\r\n",
      "10000000000000000\r\n",  // 2^64
      "FFFFFFFFFFFFFFFF\r\n",
      "0000000000000000\r\n",  // more digits than any size needs
  };
  for (const std::string& body : bodies) {
    EXPECT_EQ(chunked(body).status, BodyFramer::Status::invalid) << body;
    BodyFramer framer;
    framer.start(Framing::chunked, 0);
    Outcome outcome;
    for (const char& byte : body) drain(framer, {&byte, 1}, outcome);
    EXPECT_EQ(outcome.status, BodyFramer::Status::invalid) << body;
    EXPECT_EQ(outcome.consumed, chunked(body).consumed) << body;
    EXPECT_EQ(framer.next("5\r\nhello").status, BodyFramer::Status::invalid)
        << "there is no way back: " << body;
    EXPECT_FALSE(framer.at_close());
  }
}

TEST(Body, extensions_and_trailers_together_are_bounded) {
  const std::string extension(kMaxChunkOverhead - 1, 'x');  // and the semicolon
  EXPECT_EQ(chunked("1;" + extension + "\r\na\r\n0\r\n\r\n").status, BodyFramer::Status::finished);
  EXPECT_EQ(chunked("1;" + extension + "x\r\na\r\n0\r\n\r\n").status, BodyFramer::Status::invalid);
  EXPECT_EQ(chunked("1;" + extension + "\r\na\r\n0\r\nT: x\r\n\r\n").status, BodyFramer::Status::invalid);
  EXPECT_EQ(chunked("0\r\n" + std::string(kMaxChunkOverhead, 'T') + "\r\n\r\n").status,
            BodyFramer::Status::finished);
  EXPECT_EQ(chunked("0\r\n" + std::string(kMaxChunkOverhead + 1, 'T') + "\r\n\r\n").status,
            BodyFramer::Status::invalid);
  std::string many;  // short extensions on very many chunks
  for (std::uint32_t i = 0; i < kMaxChunkOverhead; ++i) many += "1;x\r\na\r\n";
  EXPECT_EQ(chunked(many).status, BodyFramer::Status::invalid);
}

TEST(Body, each_body_has_the_whole_allowance_for_extensions) {
  const std::string body = "1;" + std::string(kMaxChunkOverhead * 2 / 3, 'x') + "\r\na\r\n0\r\n\r\n";
  BodyFramer framer;
  for (int i = 0; i < 2; ++i) {
    framer.start(Framing::chunked, 0);
    Outcome outcome;
    drain(framer, body, outcome);
    EXPECT_EQ(outcome.status, BodyFramer::Status::finished) << "body " << i;
  }
}

TEST(Body, the_largest_chunk_is_read_as_its_size) {
  BodyFramer framer;
  framer.start(Framing::chunked, 0);
  const BodyFramer::Piece piece = framer.next("fffffffffffffff\r\nabc");
  EXPECT_EQ(piece.payload, "abc");
  EXPECT_EQ(piece.status, BodyFramer::Status::more);
}

TEST(Body, a_length_counts_down_over_reads) {
  BodyFramer framer;
  framer.start(Framing::content_length, 5);
  EXPECT_EQ(framer.next("hel").payload, "hel");
  EXPECT_EQ(framer.remaining(), 2U);
  EXPECT_FALSE(framer.finished());
  EXPECT_FALSE(framer.at_close()) << "the connection closed in the middle";
  EXPECT_EQ(framer.next("lo!").payload, "lo");
  EXPECT_TRUE(framer.finished());
  EXPECT_TRUE(framer.at_close());
}

TEST(Body, bodies_of_no_length_are_finished_at_once) {
  BodyFramer framer;
  EXPECT_TRUE(framer.finished());
  framer.start(Framing::content_length, 0);
  EXPECT_TRUE(framer.finished());
  framer.start(Framing::none, 0);
  EXPECT_TRUE(framer.finished());
}

TEST(Body, a_body_until_the_close_takes_everything_and_only_the_close_ends_it) {
  BodyFramer framer;
  framer.start(Framing::until_close, 0);
  EXPECT_EQ(framer.next("0\r\n\r\n").payload, "0\r\n\r\n");
  EXPECT_FALSE(framer.finished());
  EXPECT_TRUE(framer.at_close());
  EXPECT_TRUE(framer.finished());
}

TEST(Body, a_close_in_the_middle_of_chunks_is_no_proper_end) {
  const std::string_view body = kChunked[5];
  for (std::size_t bytes = 0; bytes < body.size(); ++bytes) {
    BodyFramer framer;
    framer.start(Framing::chunked, 0);
    Outcome outcome;
    drain(framer, body.substr(0, bytes), outcome);
    EXPECT_FALSE(framer.at_close()) << "after " << bytes;
  }
}

TEST(Body, chunk_heads_written_are_read_back_as_the_same_size) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{9}, std::size_t{0xa}, std::size_t{0x1a2b}}) {
    std::array<char, kChunkHeadBytes> head{};
    std::string body(head.data(), write_chunk_head(head.data(), size));
    body.append(size, 'x').append(kChunkTail);
    if (size > 0) body += kLastChunk;
    EXPECT_EQ(chunked(body).payload.size(), size);
    EXPECT_EQ(chunked(body).status, BodyFramer::Status::finished);
  }
  std::array<char, kChunkHeadBytes> head{};
  EXPECT_EQ(write_chunk_head(head.data(), std::numeric_limits<std::size_t>::max()), kChunkHeadBytes);
}

}  // namespace
}  // namespace baton::http
