// Little programs that others measured on many cores: counters, locks, lists.
#pragma once

#include <cstdint>
#include <string_view>

#include "simulate/machine.hpp"
#include "simulate/world.hpp"

namespace baton::simulate {

// Nanoseconds of one increment of one thread, of n that do nothing else. Names: tls_add, atomic_add, cas_add,
// cas_multi, mutex, spin, ticket.
double ns_per_increment(std::string_view scheme, const Machine& machine, const Unknowns& unknowns,
                        std::uint32_t n);

// Requests per second of n threads, each of which takes an element from one of so many lists under a spin
// lock and puts it back, `pairs` times in a request of work_ns. All count on one word what is taken, or each
// on its own.
struct PoolRun {
  std::uint32_t buckets = 1;
  std::uint32_t pairs = 10;
  double work_ns = 11'900;
  bool shared_counter = false;
  bool lockfree = false;   // a stack with a tag instead of lists with locks
  bool backs_off = false;  // exponentially, after a failed exchange
};
double requests_per_s(const PoolRun& run, const Machine& machine, const Unknowns& unknowns, std::uint32_t n);

// Messages per second that n threads write to one ring, as HAProxy's: the tail has a bit that is its lock,
// under which head and the end of the message before are looked at; who finds it locked backs off
// exponentially, or looks again.
double messages_per_s(bool backs_off, double work_ns, const Machine& machine, const Unknowns& unknowns,
                      std::uint32_t n);

}  // namespace baton::simulate
