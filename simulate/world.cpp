#include "simulate/world.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace baton::simulate {
namespace {

constexpr Picoseconds kNever = std::numeric_limits<Picoseconds>::max();

Picoseconds picoseconds(double ns) noexcept {
  return static_cast<Picoseconds>(std::llround(ns * static_cast<double>(kNs)));
}

thread_local std::unique_ptr<Heap> spare_heap;

}  // namespace

thread_local constinit World* World::current_ = nullptr;

World::World(const Machine& machine, const Unknowns& unknowns, std::uint32_t cores, const Holes& holes,
             std::uint32_t threads_per_core)
    : unknowns_(unknowns),
      cores_(cores),
      holes_(holes),
      lines_ahead_(machine.lines_ahead),
      hit_(picoseconds(machine.hit)),
      exchange_(picoseconds(machine.exchange)),
      memory_(picoseconds(machine.memory)),
      pause_(picoseconds(machine.pause)),
      system_call_(picoseconds(machine.sleep * unknowns.sleeping / 2)),
      sleep_(picoseconds(machine.sleep * unknowns.sleeping) - system_call_),
      wake_(picoseconds(machine.wake * unknowns.sleeping)),
      wake_up_(picoseconds(machine.wake_up * unknowns.sleeping)),
      allocate_(picoseconds(machine.allocate / 2)),
      occupancy_(picoseconds(unknowns.occupancy)),
      random_(unknowns.seed * 0x9E37'79B9'7F4A'7C15 + 1),
      // To change who has a core costs as much as to go to sleep there.
      scheduler_(cores, cores * threads_per_core, picoseconds(unknowns.slice_ms * 1e6), sleep_),
      drained_(cores),
      acquire_begun_(cores * threads_per_core, kNever),
      last_name_(cores * threads_per_core),
      pauses_(cores * threads_per_core),
      next_hole_(cores * threads_per_core, kNever),
      heap_(std::move(spare_heap)) {
  if (cores == 0 || cores > machine.places() || cores > kMostCores)
    throw std::invalid_argument(fmt::format("{} cores; valid are 1 to {}, the places of {}", cores,
                                            std::min(machine.places(), kMostCores), machine.name));
  distances_.resize(std::size_t{cores} * cores);
  for (CoreId one = 0; one < cores; ++one)
    for (CoreId other = 0; other < cores; ++other)
      distances_[std::size_t{one} * cores + other] =
          static_cast<std::uint8_t>(one == other ? Distance::sibling : machine.between(one, other));
  for (std::size_t i = 0; i < line_time_.size(); ++i)
    line_time_[i] = picoseconds(machine.line[i] * unknowns.distance);
  if (heap_ == nullptr) heap_ = std::make_unique<Heap>(sizeof(Line));
  heap_->reset();
  names_.emplace_back("not named");
  arenas_ = static_cast<char*>(heap_->allocate(threads() * kArenaLines * kLine, kLine, 0));
  name(arenas_, threads() * kArenaLines * kLine, "allocator");
  if (holes.per_s > 0)
    for (Picoseconds& next : next_hole_) next = draw(2 * picoseconds(1e9 / holes.per_s));
}

World::~World() { spare_heap = std::move(heap_); }

std::uint64_t World::next_random() noexcept {  // splitmix64
  std::uint64_t z = (random_ += 0x9E37'79B9'7F4A'7C15);
  z = (z ^ (z >> 30U)) * 0xBF58'476D'1CE4'E5B9;
  z = (z ^ (z >> 27U)) * 0x94D0'49BB'1331'11EB;
  return z ^ (z >> 31U);
}

Picoseconds World::jittered(Picoseconds time) noexcept {
  constexpr std::uint64_t kParts = 1U << 20U;
  const double part = static_cast<double>(draw(kParts)) / kParts * 2 - 1;
  return static_cast<Picoseconds>(static_cast<double>(time) * (1 + unknowns_.jitter * part));
}

void World::perhaps_interrupted() {
  scheduler_.share();
  const ThreadId self = scheduler_.thread();
  const Picoseconds now = scheduler_.clock();
  if (now < next_hole_[self]) return;
  // As the timer's handler does: who was not in an acquire then is asked again in some microseconds, so that
  // long acquires are hit more often.
  if (holes_.in_acquires && acquire_begun_[self] > next_hole_[self]) {
    constexpr Picoseconds kAgain = 3'000 * kNs;
    next_hole_[self] = now + kAgain / 2 + draw(kAgain);
    return;
  }
  ++tally_.holes;
  const Picoseconds least = picoseconds(holes_.least_us * 1e3), most = picoseconds(holes_.most_us * 1e3);
  scheduler_.sleep_until(now + least + draw(most - least + 1));
  next_hole_[self] = scheduler_.clock() + draw(2 * picoseconds(1e9 / holes_.per_s));
}

void World::acquiring(bool is) {
  if (!running()) return;
  if (!is) perhaps_interrupted();
  acquire_begun_[scheduler_.thread()] = is ? scheduler_.clock() : kNever;
}

void World::work(Picoseconds time) {
  if (!running()) return;
  scheduler_.clock() += time;
  perhaps_interrupted();
}

void World::pause() {
  if (!running()) return;
  constexpr std::uint32_t kAsLong = 16, kMostDoublings = 6;
  const std::uint32_t doublings = std::min(pauses_[scheduler_.thread()]++ / kAsLong, kMostDoublings);
  wait_in_loop(pause_ << doublings);
}

void World::wait_in_loop(Picoseconds time) {
  if (!running()) return;
  tally_.lines[last_name_[scheduler_.thread()]].stalled += time;
  work(time);
}

void World::enter_kernel() {
  scheduler_.clock() += system_call_;
  scheduler_.turn();
}

void World::wait_on(const void* address, Picoseconds spins_for) {
  if (spins_for != 0 && scheduler_.shares()) return pause();  // it has the core until its slice is over
  if (spins_for == 0) scheduler_.clock() += sleep_;
  waiting_.push_back({address, scheduler_.thread(), scheduler_.clock(), spins_for});
  scheduler_.sleep();
}

std::uint32_t World::wake(const void* address, bool all) {
  if (!running()) return 0;
  std::uint32_t woken = 0;
  Picoseconds& clock = scheduler_.clock();
  bool paid = false;
  for (std::size_t i = 0; i < waiting_.size() && (all || woken == 0);) {
    if (waiting_[i].address != address) {
      ++i;
      continue;
    }
    const Waiting one = waiting_[i];
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    ++woken;
    const bool asleep = one.spins_for == 0 || clock >= one.since + one.spins_for;
    if (asleep) {
      ++tally_.sleeps;
      if (!std::exchange(paid, true)) clock += wake_;
    }
    constexpr std::uint64_t kParts = 1024;
    const bool takes_core =
        scheduler_.shares() && static_cast<double>(draw(kParts)) < unknowns_.takes_core * kParts;
    scheduler_.wake(one.thread, clock, asleep ? wake_up_ : 0, takes_core);
  }
  return woken;
}

void World::lock_taken(const void* lock, Picoseconds waited, Picoseconds asleep) noexcept {
  if (!running()) return;
  LockCost& cost = tally_.locks[heap_->has(lock) ? heap_->name(lock) : 0];
  ++cost.taken;
  if (waited != 0) ++cost.waited;
  cost.waiting += waited;
  cost.asleep += asleep;
}

void World::name(const void* memory, std::size_t bytes, std::string_view what) {
  if (!heap_->has(memory)) return;
  auto known = static_cast<std::size_t>(std::ranges::find(names_, what) - names_.begin());
  if (known == names_.size()) {
    if (known == kMostNames) return;
    names_.push_back(what);
  }
  const auto* const begin = static_cast<const char*>(memory);
  for (std::size_t at = 0; at < bytes; at += Heap::kNameBytes)
    heap_->name(begin + at) = static_cast<std::uint8_t>(known);
}

void* World::allocate(std::size_t bytes, std::size_t alignment) {
  return heap_->allocate(bytes, alignment, thread());
}

void World::deallocate(void* memory) noexcept {
  if (heap_->has(memory)) {
    heap_->deallocate(memory);
  } else {
    std::free(memory);
  }
}

void World::use_arena(ThreadId thread) {
  if (!running()) return;
  const char* const arena = arenas_ + thread * kArenaLines * kLine;
  use(arena, Use::modify);
  for (std::size_t line = 1; line < kArenaLines; ++line) {
    use(arena + line * kLine, Use::read);
    use(arena + line * kLine, Use::write);
  }
}

void* World::allocate_as_core(std::size_t bytes) {
  work(allocate_);
  use_arena(thread());
  return heap_->allocate(bytes, alignof(std::max_align_t), thread());
}

void World::deallocate_as_core(void* memory) noexcept {
  if (memory == nullptr) return;
  const std::uint32_t home = heap_->deallocate(memory);
  work(allocate_);
  use_arena(home);
}

}  // namespace baton::simulate
