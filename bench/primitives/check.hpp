// Every contender is checked before it is timed.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "bench/primitives/contender.hpp"
#include "bench/primitives/crew.hpp"
#include "bench/primitives/ring.hpp"
#include "strategies/parameters.hpp"

namespace baton::primitives {

// Which buffers are out. Any thread may call anything.
class Held {
 public:
  void acquired(ConnBuffer* buffer) {
    const std::lock_guard lock(mutex_);
    if (!out_.insert(buffer).second) {
      fail("a buffer was handed out twice");
    }
  }
  void released(ConnBuffer* buffer) {
    const std::lock_guard lock(mutex_);
    if (out_.erase(buffer) == 0) {
      fail("a buffer arrived that nobody was handed");
    }
  }
  void not_empty() {
    const std::lock_guard lock(mutex_);
    fail("a buffer was handed out with unread bytes");
  }
  [[nodiscard]] const std::string& fault() const noexcept { return fault_; }  // the first one; empty: none

 private:
  void fail(const char* what) {
    if (fault_.empty()) {
      fault_ = what;
    }
  }
  std::mutex mutex_;
  std::unordered_set<ConnBuffer*> out_;
  std::string fault_;
};

// One handle per thread of a crew, made and destroyed there.
template <Contender C>
class Handles {
 public:
  Handles(C& contender, Crew& crew) : crew_(crew), places_(crew.size()) {
    crew_.run([&](unsigned i) { places_[i].handle.emplace(contender, i); });
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    crew_.run([&](unsigned i) { places_[i].handle.reset(); });
  }
  typename C::Handle& operator[](unsigned i) noexcept { return *places_[i].handle; }

 private:
  struct alignas(2 * kCacheLineBytes) Place {
    std::optional<typename C::Handle> handle;
  };
  Crew& crew_;
  std::deque<Place> places_;
};

// Runs it by four threads: acquired buffers are nobody else's and empty, and in the end all are back. The
// fault, or nothing.
template <Contender C>
std::string fault_of() {
  constexpr unsigned kRounds = 500;
  Held held;
  C contender(kMostThreads);
  Crew crew(kMostThreads);
  std::deque<Ring> rings;
  rings.emplace_back(crew.crowded());
  rings.emplace_back(crew.crowded());
  {
    Handles<C> handles(contender, crew);
    const auto acquire = [&](auto& handle) {
      ConnBuffer* const buffer = handle.acquire();
      held.acquired(buffer);
      if (buffer == nullptr) {
        broken("a contender was exhausted");
      }
      if (buffer->has_unread()) {
        held.not_empty();
      }
      buffer->filled(1);
      return buffer;
    };
    crew.run([&](unsigned index) {  // in bursts of 1 to 40: beyond every cache
      auto& handle = handles[index];
      std::vector<ConnBuffer*> mine;
      for (unsigned i = 0; i < kRounds; ++i) {
        for (unsigned n = C::kAbilities.burst ? 1 + i % 40 : 1; n != 0; --n) {
          mine.push_back(acquire(handle));
        }
        while (!mine.empty()) {
          held.released(mine.back());
          handle.release(mine.back());
          mine.pop_back();
        }
        boundary(handle);
      }
    });
    if constexpr (C::kAbilities.handoff) {
      crew.run([&](unsigned index) {  // 0 gives to 1 and 2 to 3
        auto& handle = handles[index];
        Ring& ring = rings[index / 2];
        for (unsigned i = 0; i < 4 * kRounds; ++i) {
          if (index % 2 == 0) {
            boundary(handle);
            if constexpr (requires { handle.next_slot(); }) {
              handle.next_slot();
            }
            ConnBuffer* const buffer = acquire(handle);
            ConnBuffer* const given = give(handle, buffer);
            if (given != buffer) {  // a copy travels
              held.released(buffer);
              held.acquired(given);
            }
            ring.push(given);
          } else {
            ConnBuffer* const given = ring.pop();
            held.released(given);
            ConnBuffer* const buffer = take(handle, given);
            held.acquired(buffer);
            held.released(buffer);
            handle.release(buffer);
            boundary(handle);
          }
        }
      });
    }
  }
  if (!held.fault().empty()) {
    return held.fault();
  }
  if (const std::size_t missing = contender.missing(); missing != 0) {
    return std::to_string(missing) + " buffers did not come back";
  }
  return {};
}

}  // namespace baton::primitives
