// From an access log to a trace (`baton trace import`): in one pass and in constant memory, at several
// hundred megabytes per second on one core. Addresses, targets, referers and agents do not get into the
// trace.
//
// Where a log tells the second only, the n requests that bear the same one are spread over it evenly, in the
// order of the log, the first at its beginning; finer times are kept. Servers log when they are done, so that
// times go back: lines are put in order within kWindow seconds, and what goes back further counts for the
// earliest second that is still open.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/trace/byte_source.hpp"
#include "harness/trace/fields.hpp"
#include "harness/trace/log_line.hpp"
#include "harness/trace/trace_file.hpp"

namespace baton::trace {

inline constexpr std::size_t kMostClients = 750'000;    // told apart; later ones share their numbers
inline constexpr std::int64_t kWindow = 128;            // seconds
inline constexpr std::size_t kMostWaiting = 1U << 18U;  // to be put in order; then the window is shorter

struct Sample {
  std::uint64_t line;  // from 1
  std::string text;    // its first bytes, what is not printable as '?'
};

struct ImportReport {
  std::uint64_t lines = 0, bytes = 0;  // read
  std::uint64_t requests = 0;          // written
  std::array<std::uint64_t, kUnreadWords.size()> unread{};
  std::array<std::vector<Sample>, kUnreadWords.size()> samples{};  // the first three of each
  std::uint64_t empty = 0;                                         // lines without anything, or comments (#)
  std::uint64_t finer = 0;                                         // requests whose microsecond was told
  std::uint64_t backwards = 0;                                     // by more than the window
  std::uint64_t clients = 0;                                       // told apart
  std::uint64_t merged = 0;                                        // requests of clients beyond kMostClients
  std::int64_t first_second = 0, last_second = 0;                  // of requests written
  bool cut_off = false;                                            // the compressed log was
  bool without_end = false;  // the last line had no line end; it was read
};

// `map` says which fields of W3C and JSON lines are meant. The writer is not finished. Throws what ByteSource
// and TraceWriter throw.
ImportReport import_log(ByteSource& source, TraceWriter& trace, const FieldMap& map = {});

}  // namespace baton::trace
