// What a connection is to the pipeline, whether it is a socket or a script in memory.
#pragma once

#include <sys/uio.h>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <span>

namespace baton::net {

// What a read or write came to. Exactly one of these holds.
struct IoResult {
  std::size_t bytes = 0;  // done
  int error = 0;          // errno

  [[nodiscard]] bool ok() const noexcept { return error == 0 && bytes != 0; }
  [[nodiscard]] bool closed() const noexcept {
    return error == 0 && bytes == 0;
  }  // reads: the peer sends no more
  // Nothing came within the connection's slice of time. The caller looks at its deadlines and reads again.
  [[nodiscard]] bool slice_over() const noexcept { return error == EAGAIN || error == EINTR; }
};

// One thread at a time reads or writes; interrupt and peer_gone may come from another, while the connection
// is open.
template <class C>
concept Connection = requires(C connection, const C constant, char* memory, std::size_t bytes,
                              std::span<iovec> pieces) {
  { connection.read(memory, bytes) }
  noexcept->std::same_as<IoResult>;  // blocks for a slice of time at most
  { connection.read_now(memory, bytes) }
  noexcept->std::same_as<IoResult>;  // does not block: slice_over() if nothing is there
  { connection.write(pieces) }
  noexcept->std::same_as<IoResult>;  // all of it, or an error; `pieces` then say what is left
  { connection.interrupt() }
  noexcept;  // a read or write under way in another thread, and all later ones, end at once
  { connection.peer_gone() }
  noexcept->std::same_as<bool>;  // the peer closed or reset; bytes may still be unread
  { connection.close() }
  noexcept;
  { connection.end_gracefully() }
  noexcept;  // after a last answer to a peer that may still be sending; stays open
  { constant.is_open() }
  noexcept->std::same_as<bool>;
};

// One to an origin, kept from request to request.
template <class C>
concept KeptConnection = Connection<C> && requires(C connection) {
  // Open at both ends and nothing to read: only then may the next request be sent on it, since bytes that
  // nobody asked for would be taken for the next answer.
  { connection.quiet() }
  noexcept->std::same_as<bool>;
};

}  // namespace baton::net
