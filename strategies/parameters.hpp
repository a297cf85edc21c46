// What a user may set of a strategy, and what he reads back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace baton {

inline constexpr std::size_t kCacheLineBytes = 64;
inline constexpr std::uint32_t kMaxSupply = 16;  // most buffers a worker may be told to keep

// Fixed for a run, except buffer_bytes (set_buffer_bytes).
struct Parameters {
  std::uint32_t buffer_bytes = 16 * 1024;     // capacity of every conn buffer
  std::uint32_t workers = 2;                  // most threads attached at a time; indices are below it
  std::uint32_t pools = 1;                    // thread pools; worker i belongs to pool i % pools
  std::uint32_t supply = 2;                   // buffers a worker keeps after housekeeping; at most kMaxSupply
  std::uint32_t list_bound = 1024;            // most unused buffers a shared list keeps; more are freed
  std::uint32_t max_buffers = 0;              // most buffers alive at once, parked ones too; 0 = no limit
  std::uint32_t workspace_bytes = 64 * 1024;  // of a request_workspace; at least buffer_bytes are used
};

// Gives them back, or throws std::invalid_argument saying which value is not valid and what is.
inline const Parameters& validated(const Parameters& parameters) {
  const auto at_least_one = [](std::uint32_t value, const char* name) {
    if (value == 0) {
      throw std::invalid_argument(std::string(name) + " is 0; valid is 1 or more");
    }
  };
  at_least_one(parameters.buffer_bytes, "buffer_bytes");
  at_least_one(parameters.workers, "workers");
  at_least_one(parameters.pools, "pools");
  if (parameters.supply > kMaxSupply) {
    throw std::invalid_argument("supply is " + std::to_string(parameters.supply) + "; valid is 0 to " +
                                std::to_string(kMaxSupply));
  }
  return parameters;
}

struct Holding {
  std::size_t buffers = 0;
  std::size_t bytes = 0;  // of storage
  Holding& operator+=(const Holding& other) noexcept {
    buffers += other.buffers;
    bytes += other.bytes;
    return *this;
  }
  friend bool operator==(const Holding&, const Holding&) = default;
};

// Parked and moving bytes by holder. What is in use follows: created - destroyed - all holders.
struct Footprint {
  Holding created;      // ever, in this run
  Holding destroyed;    // ever, in this run
  Holding supplies;     // unused, with the workers
  Holding shared;       // unused, on a list that every worker (of a pool) can get at
  Holding sessions;     // with quiet sessions: workspaces, or kept because of unread bytes
  Holding in_transfer;  // given, not yet taken

  [[nodiscard]] Holding alive() const noexcept {
    return {created.buffers - destroyed.buffers, created.bytes - destroyed.bytes};
  }
  [[nodiscard]] Holding parked() const noexcept {
    Holding sum = supplies;
    sum += shared;
    sum += sessions;
    sum += in_transfer;
    return sum;
  }
  // Conservation: whoever knows how many buffers are in use (0 after draining) can check it. Exact when
  // the workers are quiet; while they run the terms are read one after the other and may be off by what
  // moved meanwhile.
  [[nodiscard]] bool conserved(std::size_t in_use_buffers) const noexcept {
    return alive().buffers == parked().buffers + in_use_buffers &&
           (in_use_buffers != 0 || alive().bytes == parked().bytes);
  }
};

}  // namespace baton
