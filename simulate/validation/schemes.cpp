#include "simulate/validation/schemes.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "simulate/platform.hpp"

namespace baton::simulate {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr Picoseconds kWarmUp = 20'000 * kNs;

template <class T>
struct alignas(64) OnItsOwnLine {
  T value{};
};

// How often per second (of all cores) `step` is made in `measured` of virtual time.
double steps_per_s(World& world, std::uint32_t n, Picoseconds measured,
                   const std::function<void(CoreId)>& step) {
  std::uint64_t steps = 0;
  world.run(n, [&](CoreId core) {
    while (world.now() < kWarmUp + measured) {
      step(core);
      if (world.now() >= kWarmUp && world.now() < kWarmUp + measured) ++steps;
    }
  });
  return static_cast<double>(steps) / (static_cast<double>(measured) * 1e-12);
}

struct SpinLock {
  SimAtomic<std::uint32_t> held{0};
  void lock() noexcept {
    for (;;) {
      while (held.load(kRelaxed) != 0) World::current()->spin();
      if (held.exchange(1, kRelaxed) == 0) return;
    }
  }
  void unlock() noexcept { held.store(0, std::memory_order_release); }
};

struct TicketLock {
  SimAtomic<std::uint32_t> next{0}, serving{0};
  void lock() noexcept {
    const std::uint32_t mine = next.fetch_add(1, kRelaxed);
    while (serving.load(kRelaxed) != mine) World::current()->spin();
  }
  void unlock() noexcept { serving.store(serving.load(kRelaxed) + 1, std::memory_order_release); }
};

// Waits longer and longer, each time by chance.
void back_off(World& world, std::uint32_t& so_far) {
  constexpr std::uint32_t kMost = 6;
  so_far = std::min(so_far + 1, kMost);
  constexpr Picoseconds kTurn = 10 * kNs;
  world.work(kTurn * (1 + world.draw(std::uint64_t{1} << so_far)));
}

}  // namespace

double ns_per_increment(std::string_view scheme, const Machine& machine, const Unknowns& unknowns,
                        std::uint32_t n) {
  World world(machine, unknowns, n);
  const World::Inside inside(world);
  constexpr std::uint32_t kWords = 64;
  const auto words = std::make_unique<std::array<OnItsOwnLine<SimAtomic<std::uint64_t>>, kWords>>();
  const auto own = std::make_unique<std::deque<OnItsOwnLine<SimPlain<std::uint64_t>>>>();
  for (std::uint32_t i = 0; i < n; ++i) own->emplace_back();
  const auto chosen = std::make_unique<std::vector<std::uint32_t>>(n);
  struct alignas(64) Locked {
    SimMutex mutex;
    SpinLock spin;
    TicketLock ticket;
    SimPlain<std::uint64_t> count{0};
  };
  const auto locked = std::make_unique<Locked>();
  SimAtomic<std::uint64_t>& word = words->front().value;
  const auto under = [&](auto& lock) {
    const std::lock_guard held(lock);
    locked->count = locked->count + 1;
  };
  std::function<void(CoreId)> step;
  if (scheme == "tls_add") {
    step = [&](CoreId core) { (*own)[core].value = (*own)[core].value + 1; };
  } else if (scheme == "atomic_add") {
    step = [&](CoreId) { word.fetch_add(1, kRelaxed); };
  } else if (scheme == "cas_add") {
    step = [&](CoreId) {
      std::uint64_t seen = word.load(kRelaxed);
      while (!word.compare_exchange_weak(seen, seen + 1, kRelaxed, kRelaxed)) {
      }
    };
  } else if (scheme == "cas_multi") {
    step = [&](CoreId core) {
      for (std::uint32_t& mine = (*chosen)[core];; mine = (mine + 1) % kWords) {
        SimAtomic<std::uint64_t>& at = (*words)[mine].value;
        std::uint64_t seen = at.load(kRelaxed);
        if (at.compare_exchange_strong(seen, seen + 1, kRelaxed, kRelaxed)) return;
      }
    };
  } else if (scheme == "mutex") {
    step = [&](CoreId) { under(locked->mutex); };
  } else if (scheme == "spin") {
    step = [&](CoreId) { under(locked->spin); };
  } else if (scheme == "ticket") {
    step = [&](CoreId) { under(locked->ticket); };
  } else {
    throw std::invalid_argument("there is no scheme " + std::string(scheme));
  }
  constexpr Picoseconds kMeasured = 200'000 * kNs;
  const double per_s = steps_per_s(world, n, kMeasured, step);
  return per_s > 0 ? 1e9 * n / per_s : static_cast<double>(kMeasured / kNs);
}

double requests_per_s(const PoolRun& run, const Machine& machine, const Unknowns& unknowns, std::uint32_t n) {
  World world(machine, unknowns, n);
  const World::Inside inside(world);
  struct alignas(64) Element {
    SimPlain<Element*> next{nullptr};
  };
  struct alignas(64) Bucket {
    SpinLock lock;
    SimPlain<Element*> first{nullptr};
    SimAtomic<std::uint64_t> head{0};  // lock-free: the element's number plus 1, and a tag
  };
  struct alignas(64) Counter {
    SimAtomic<std::uint64_t> used{0};
  };
  const auto buckets = std::make_unique<std::deque<Bucket>>();
  const auto elements = std::make_unique<std::deque<Element>>();
  const auto counters = std::make_unique<std::deque<Counter>>();
  for (std::uint32_t i = 0; i < run.buckets; ++i) buckets->emplace_back();
  for (std::uint32_t i = 0; i < n; ++i) counters->emplace_back();
  const std::uint32_t kElements = 2 * std::max(n, run.buckets);
  constexpr std::uint64_t kNumber = 0xFFFF'FFFF, kTag = kNumber + 1;
  for (std::uint32_t i = 0; i < kElements; ++i) {
    Element& element = elements->emplace_back();
    Bucket& bucket = (*buckets)[i % run.buckets];
    element.next = static_cast<Element*>(bucket.first);
    bucket.first = &element;
    bucket.head.store(i + 1, kRelaxed);
  }
  const auto number = [&](const Element* element) {
    for (std::uint32_t i = 0; i < kElements; ++i)
      if (&(*elements)[i] == element) return std::uint64_t{i} + 1;
    return std::uint64_t{0};
  };
  const auto take = [&](Bucket& bucket) -> Element* {
    if (!run.lockfree) {
      const std::lock_guard held(bucket.lock);
      Element* const element = bucket.first;
      if (element != nullptr) bucket.first = static_cast<Element*>(element->next);
      return element;
    }
    std::uint64_t head = bucket.head.load(kRelaxed);
    for (std::uint32_t tries = 0; (head & kNumber) != 0;) {
      Element& element = (*elements)[(head & kNumber) - 1];
      const std::uint64_t after = number(element.next) | ((head & ~kNumber) + kTag);
      if (bucket.head.compare_exchange_strong(head, after, kRelaxed, kRelaxed)) return &element;
      if (run.backs_off) back_off(world, tries);
    }
    return nullptr;
  };
  const auto put = [&](Bucket& bucket, Element* element) {
    if (!run.lockfree) {
      const std::lock_guard held(bucket.lock);
      element->next = static_cast<Element*>(bucket.first);
      bucket.first = element;
      return;
    }
    std::uint64_t head = bucket.head.load(kRelaxed);
    const std::uint64_t self = number(element);
    for (std::uint32_t tries = 0;;) {
      element->next = (head & kNumber) == 0 ? nullptr : &(*elements)[(head & kNumber) - 1];
      if (bucket.head.compare_exchange_strong(head, self | ((head & ~kNumber) + kTag), kRelaxed, kRelaxed))
        return;
      if (run.backs_off) back_off(world, tries);
    }
  };
  const auto part = static_cast<Picoseconds>(run.work_ns / (2.0 * run.pairs) * kNs);
  constexpr Picoseconds kMeasured = 500'000 * kNs;
  std::uint64_t pairs = 0;
  return steps_per_s(world, n, kMeasured, [&](CoreId core) {
    for (std::uint32_t pair = 0; pair < run.pairs; ++pair) {
      Bucket& bucket = (*buckets)[(core + pair) % run.buckets];
      Counter& counter = (*counters)[run.shared_counter ? 0 : core];
      Element* const element = take(bucket);
      counter.used.fetch_add(1, kRelaxed);
      world.work(part / 2 + world.draw(part + 1));
      if (element != nullptr) put(bucket, element);
      counter.used.fetch_sub(1, kRelaxed);
      world.work(part / 2 + world.draw(part + 1));
      ++pairs;
    }
  });
}

double messages_per_s(bool backs_off, double work_ns, const Machine& machine, const Unknowns& unknowns,
                      std::uint32_t n) {
  World world(machine, unknowns, n);
  const World::Inside inside(world);
  constexpr std::uint32_t kSlots = 4096;
  struct alignas(64) Ring {
    OnItsOwnLine<SimAtomic<std::uint64_t>> tail, head;
    std::array<OnItsOwnLine<SimAtomic<std::uint64_t>>, kSlots> area;
  };
  const auto ring = std::make_unique<Ring>();
  const auto work = static_cast<Picoseconds>(work_ns * kNs);
  constexpr Picoseconds kMeasured = 300'000 * kNs;
  constexpr std::uint64_t kLocked = std::uint64_t{1} << 63U;
  return steps_per_s(world, n, kMeasured, [&](CoreId) {
    std::uint64_t seen = ring->tail.value.load(kRelaxed);
    for (std::uint32_t tries = 0;;) {
      if ((seen & kLocked) == 0 &&
          ring->tail.value.compare_exchange_strong(seen, seen | kLocked, kRelaxed, kRelaxed))
        break;
      backs_off ? back_off(world, tries) : world.spin();
      seen = ring->tail.value.load(kRelaxed);
    }
    // The line that ends the message before this one says who still writes or reads there.
    static_cast<void>(ring->head.value.load(kRelaxed));
    ring->area[seen % kSlots].value.exchange(1, kRelaxed);
    ring->head.value.store(seen, kRelaxed);
    ring->tail.value.store(seen + 1, std::memory_order_release);
    ring->area[(seen + 1) % kSlots].value.store(0, kRelaxed);
    world.work(work / 2 + world.draw(work + 1));
  });
}

}  // namespace baton::simulate
