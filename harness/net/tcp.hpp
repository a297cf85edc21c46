// TCP sockets as the harness uses them. Set-up calls (listen_tcp, local_address) throw std::system_error;
// everything else is noexcept and answers with an errno value, 0 for success. Any thread may call any of
// them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "harness/net/address.hpp"
#include "harness/net/fd.hpp"

namespace baton::net {

// A blocking listening socket with SO_REUSEADDR. Port 0: see local_address for the one it got.
Fd listen_tcp(const Address& address, int backlog);
Address local_address(int fd);

struct Connected {
  Fd fd;          // empty if error is set
  int error = 0;  // errno: ECONNREFUSED, ETIMEDOUT, EMFILE, ...
};
// A blocking socket, connected; ETIMEDOUT if that takes longer than `timeout`.
Connected connect_tcp(const Address& address, std::chrono::milliseconds timeout) noexcept;
// A non-blocking socket whose connecting has begun. Writable means decided: ask pending_error.
Connected begin_connect_tcp(const Address& address) noexcept;
int pending_error(int fd) noexcept;  // SO_ERROR, which reading clears

enum class Blocking : bool { no, yes };
// The next connection of a listening socket. error is EAGAIN if there is none (non-blocking listeners),
// EMFILE or ENFILE without descriptors: the connection then stays in the backlog.
Connected accept_tcp(int listener, Blocking blocking) noexcept;

int set_nonblocking(int fd, bool on) noexcept;
int set_nodelay(int fd) noexcept;
// After that long without progress a blocking read or write fails with EAGAIN. Zero: never.
int set_receive_timeout(int fd, std::chrono::microseconds timeout) noexcept;
int set_send_timeout(int fd, std::chrono::microseconds timeout) noexcept;
// Closing sends RST instead of FIN, and drops what was not sent.
int set_reset_on_close(int fd) noexcept;

// The peer closed its sending side, reset, or the socket is in error: one poll() that does not wait. Unread
// bytes may still be there to read. A client that only half-closes looks the same: HTTP servers may treat
// both as gone.
bool peer_hung_up(int fd) noexcept;
// Wakes every thread that is blocked in a read or write of this socket. The descriptor stays open.
void shutdown_both(int fd) noexcept;

// How many more descriptors this process may open, now.
std::uint64_t free_descriptors() noexcept;
// Raises the soft limit of open files to the hard one and returns what then holds.
std::uint64_t raise_open_file_limit() noexcept;

}  // namespace baton::net
