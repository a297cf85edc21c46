// What a user may set of a strategy, and what he reads back.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace baton {

inline constexpr std::size_t kCacheLineBytes = 64;
inline constexpr std::uint32_t kMaxSupply = 16;  // most buffers a worker may be told to keep
inline constexpr std::uint32_t kMaxBatch = 32;   // most buffers that may be told to move at once
inline constexpr std::uint32_t kMaxStripes = 64;

// What a ring_cache does when its cache overflows.
enum class Flush : std::uint8_t { half, whole };

// Fixed for a run, except buffer_bytes (set_buffer_bytes).
struct Parameters {
  std::uint32_t buffer_bytes = 16 * 1024;  // capacity of every conn buffer
  std::uint32_t workers = 2;               // most threads attached at a time; indices are below it
  std::uint32_t pools = 1;                 // thread pools; worker i belongs to pool i % pools
  std::uint32_t supply = 2;                // buffers a worker keeps after housekeeping; at most kMaxSupply
  std::uint32_t slack = 0;                 // how far off its supply a worker may be before it exchanges any;
                                           // less than supply, if that is not 0
  std::uint32_t batch = 8;                 // buffers that move at once between a cache and what is shared
  Flush flush = Flush::half;               // of a ring_cache
  std::uint32_t cache_bytes = 512 * 1024;  // of a worker's cache, where that is bounded in bytes
  // Lists, where what is shared lies on several; at most kMaxStripes. 0: as many as workers, or the next
  // power of two.
  std::uint32_t stripes = 0;
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
  const auto at_most = [](std::uint32_t value, std::uint32_t most, const char* name) {
    if (value > most) {
      throw std::invalid_argument(std::string(name) + " is " + std::to_string(value) + "; valid is at most " +
                                  std::to_string(most));
    }
  };
  at_least_one(parameters.buffer_bytes, "buffer_bytes");
  at_least_one(parameters.workers, "workers");
  at_least_one(parameters.pools, "pools");
  at_least_one(parameters.batch, "batch");
  at_most(parameters.supply, kMaxSupply, "supply");
  at_most(parameters.slack, parameters.supply == 0 ? 0 : parameters.supply - 1, "slack");
  at_most(parameters.batch, kMaxBatch, "batch");
  at_most(parameters.stripes, kMaxStripes, "stripes");
  return parameters;
}

inline std::uint32_t stripes_of(const Parameters& parameters) noexcept {
  return parameters.stripes != 0 ? parameters.stripes
                                 : std::min(std::bit_ceil(parameters.workers), kMaxStripes);
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
