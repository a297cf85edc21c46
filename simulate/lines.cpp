// The cache lines of a world: who has them, and what it takes to get them (world.hpp).
#include <algorithm>
#include <bit>

#include "simulate/world.hpp"

namespace baton::simulate {

World::Line* World::line_of(const void* memory) noexcept {
  return heap_->has(memory) ? static_cast<Line*>(heap_->line_record(memory)) : nullptr;
}

Picoseconds& World::departure(Line& line, CoreId core) {
  if (line.departures == 0) {
    line.departures = static_cast<std::uint32_t>(departures_.size() / cores_) + 1;
    departures_.resize(departures_.size() + cores_);
  }
  return departures_[std::size_t{line.departures - 1} * cores_ + core];
}

// Of a departure's two kinds the lowest bit tells which: until then the core may write as well.
constexpr Picoseconds kMayWrite = 1;

bool World::has(Line& line, Use use) noexcept {
  const CoreId self = scheduler_.core();
  if (line.owner == self + 1 && (use == Use::read || !line.shared)) return true;
  if (use == Use::read && line.shared && ((line.sharers[self / 64] >> (self % 64)) & 1U) != 0) return true;
  if (line.departures == 0) return false;
  const Picoseconds until = departures_[std::size_t{line.departures - 1} * cores_ + self];
  return until / 2 > scheduler_.clock() && (use == Use::read || (until & kMayWrite) != 0);
}

CoreId World::farthest_sharer(const Line& line) const noexcept {
  const CoreId self = scheduler_.core();
  CoreId farthest = self;
  Distance distance = Distance::sibling;
  for (std::size_t word = 0; word < line.sharers.size(); ++word) {
    for (std::uint64_t bits = line.sharers[word]; bits != 0; bits &= bits - 1) {
      const auto core = static_cast<CoreId>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
      if (core == self) continue;
      const Distance one = between(self, core);
      if (farthest == self || one > distance) {
        farthest = core;
        distance = one;
      }
      if (distance == Distance::other_socket) return farthest;
    }
  }
  return farthest;
}

void World::leave_sharers(Line& line, Picoseconds when) {
  const CoreId self = scheduler_.core();
  const Picoseconds now = scheduler_.clock();
  for (std::size_t word = 0; word < line.sharers.size(); ++word) {
    for (std::uint64_t bits = line.sharers[word]; bits != 0; bits &= bits - 1) {
      const auto core = static_cast<CoreId>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
      Picoseconds& until = departure(line, core);
      // Who owned it until a reader came may still be allowed to write until then.
      if (core != self && (until / 2 <= now || (until & kMayWrite) == 0)) until = 2 * when;
    }
    line.sharers[word] = 0;
  }
}

Picoseconds World::obtain(Line& line, Use use, std::uint8_t name) {
  const CoreId self = scheduler_.core();
  const Picoseconds now = scheduler_.clock();
  if (has(line, use)) {
    // A store of this core's own that is still under way is waited for by who modifies.
    return use == Use::modify && line.owner == self + 1 ? std::max(now, line.arrival) : now;
  }
  const auto share = [&line](CoreId core) { line.sharers[core / 64] |= std::uint64_t{1} << (core % 64); };
  if (line.owner == 0) {
    ++tally_.from_memory;
    line.owner = static_cast<std::uint16_t>(self + 1);
    return line.arrival = now + memory_;
  }
  const CoreId owner = line.owner - 1U;
  CoreId from = owner;
  if (use != Use::read && line.shared) {
    const CoreId farthest = farthest_sharer(line);
    if (owner == self || (farthest != self && between(self, farthest) > between(self, owner)))
      from = farthest;
  }
  Picoseconds arrival = now;
  if (from != self) {
    const Distance distance = between(from, self);
    ++tally_.transfers[static_cast<std::size_t>(distance)];
    const Picoseconds way = jittered(line_time_[static_cast<std::size_t>(distance)]);
    const auto request = static_cast<Picoseconds>(static_cast<double>(way) * unknowns_.tenure);
    // Who waits for its owner to get it is told of a request when it is there.
    Picoseconds leaves = std::max(line.arrival, now) + request;
    if (line.shared) leaves = std::max(leaves, line.home_free);
    arrival = leaves + (way - request);
    if (arrival < line.arrival) ++tally_.overlaps;
    if (use == Use::read) {
      line.home_free = leaves + occupancy_;
      if (!line.shared) departure(line, owner) = 2 * leaves + kMayWrite;
    } else {
      if (line.shared) leave_sharers(line, leaves);
      if (owner != self) {
        Picoseconds& until = departure(line, owner);
        const bool may_write_longer = line.shared && (until & kMayWrite) != 0 && until / 2 > now;
        if (!may_write_longer) until = 2 * leaves + (line.shared ? 0 : kMayWrite);
      }
    }
    LineCost& cost = tally_.lines[name];
    cost.stalled += arrival - now;
    ++cost.transfers;
  }
  if (line.departures != 0) departure(line, self) = 0;
  if (use == Use::read) {
    line.shared = true;
    share(owner);
    share(self);
  } else {
    line.sharers = {};
    line.shared = false;
    line.owner = static_cast<std::uint16_t>(self + 1);
    line.arrival = arrival;
  }
  return arrival;
}

void World::use(const void* memory, Use use) {
  if (!running()) return;
  perhaps_interrupted();
  const ThreadId self = scheduler_.thread();
  Picoseconds& drained = drained_[scheduler_.core()];
  Picoseconds& clock = scheduler_.clock();
  if (use == Use::modify) clock = std::max(clock, drained);
  scheduler_.turn();
  ++tally_.events;
  if (use != Use::read) pauses_[self] = 0;
  if (Line* const line = line_of(memory)) {
    const std::uint8_t name = heap_->name(memory);
    last_name_[self] = name;
    const Picoseconds arrival = obtain(*line, use, name);
    if (use == Use::write) {  // the core does not wait for its stores
      drained = std::max(drained, arrival);
    } else if (arrival > clock) {
      clock = arrival;
      scheduler_.turn();
    }
  }
  clock += use == Use::modify ? exchange_ : hit_;
}

void World::stream(const void* memory, std::size_t bytes, Use use) {
  if (!running() || bytes == 0) return;
  perhaps_interrupted();
  scheduler_.turn();
  const auto begin = reinterpret_cast<std::uintptr_t>(memory) / kLine;
  const auto end = (reinterpret_cast<std::uintptr_t>(memory) + bytes - 1) / kLine + 1;
  const CoreId self = scheduler_.core();
  Picoseconds time = 0, fetched = 0, stalled = 0;
  std::uint64_t travelled = 0;
  for (std::uintptr_t at = begin; at != end; ++at) {
    Line* const line = line_of(reinterpret_cast<const void*>(at * kLine));
    time += hit_;
    if (line == nullptr || has(*line, use)) continue;
    if (line->owner == 0) {
      ++tally_.from_memory;
      fetched += memory_ / lines_ahead_;
    } else {
      const CoreId from = line->owner == self + 1U ? farthest_sharer(*line) : line->owner - 1U;
      if (from != self) {
        const Distance distance = between(from, self);
        ++tally_.transfers[static_cast<std::size_t>(distance)];
        ++travelled;
        stalled += line_time_[static_cast<std::size_t>(distance)] / lines_ahead_;
      }
    }
    if (use == Use::read && line->owner != 0) {
      line->shared = true;
      const CoreId owner = line->owner - 1U;
      line->sharers[owner / 64] |= std::uint64_t{1} << (owner % 64);
      line->sharers[self / 64] |= std::uint64_t{1} << (self % 64);
    } else {
      line->sharers = {};
      line->shared = false;
      line->owner = static_cast<std::uint16_t>(self + 1);
    }
  }
  tally_.events += end - begin;
  LineCost& cost = tally_.lines[heap_->has(memory) ? heap_->name(memory) : 0];
  cost.stalled += stalled;
  cost.transfers += travelled;
  scheduler_.clock() += time + fetched + jittered(stalled);
}

}  // namespace baton::simulate
