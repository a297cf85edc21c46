// What the threads of an execution do: a line of text, so that it can be printed and given again.
//
//   "bgh|tR parked=1"      two threads; one buffer lies unused before they start
//
// Steps of a thread (one that makes no sense where it stands, by the contract, is skipped):
//   a  acquire for its session       r  release that
//   b  acquire for its slot          R  release that, or what it took
//   g  give the backend buffer       t  take what another thread gave, if there is something
//   i  idle with unread bytes        I  idle without
//   s  set the other size            S  set the first size again
//   h  a request boundary: take back what nobody took, release the backend buffer, housekeep
//   x  leave, and attach again       G  a step of the guard (on the last thread, where there is a guard)
// Settings: parked=N buffers unused at the start (0 to 4), limit=N max_buffers (0: none), supply=N, batch=N,
// list=N (list_bound).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/engine.hpp"

namespace baton::model {

struct Scenario {
  std::vector<std::string> threads;
  unsigned parked = 0;
  unsigned limit = 0;
  unsigned supply = 2;
  unsigned batch = 1;
  unsigned list = 4;

  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool resizes() const;
  [[nodiscard]] std::size_t steps() const;
};
// Throws std::invalid_argument, which says what is wrong and what is valid.
Scenario parse_scenario(std::string_view text);

// Scenario number `index` of those that are generated: 2 threads with 2 steps each first, then more of both.
// The same number, the same scenario.
Scenario generated_scenario(std::uint64_t index);

// Short ones that lead to what once went wrong, or may, in stacks, caches and ties. They are explored first.
const std::vector<std::string>& known_scenarios();

}  // namespace baton::model
