// Who owns what, as Checked believes it: every owned or travelling conn buffer, and what each worker did
// since it last kept house.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "strategies/conn_buffer.hpp"

namespace baton {

// Ends the program with a sentence: the caller has broken the contract, or the strategy has.
[[noreturn]] inline void broken_contract(const std::string& sentence) noexcept {
  std::fputs(("baton: broken contract: " + sentence + "\n").c_str(), stderr);
  std::abort();
}
inline std::string worker_name(std::uint32_t index) { return "worker " + std::to_string(index); }

// A session or a slot. `out` counts the buffers that were acquired for it and not released yet.
struct PlaceRecord {
  bool is_session = false;
  std::uint32_t out = 0;
};

struct OwnedBuffer {
  std::uint32_t owner = 0;  // worker; of a travelling one: the giver
  bool travelling = false;
  PlaceRecord* place = nullptr;  // what it was acquired for
  std::string unread;            // of a travelling one: what take has to return
};

// Any thread may call anything; each call is one transition under one mutex. (That mutex orders the threads,
// so a race may hide behind it: tests run without Checked too.)
class Ownership {
 public:
  void acquired(const ConnBuffer* buffer, std::uint32_t worker, PlaceRecord& place) {
    const std::lock_guard lock(mutex_);
    const auto [entry, fresh] = owned_.try_emplace(buffer, OwnedBuffer{worker, false, &place, {}});
    if (!fresh) {
      broken_contract("the strategy handed " + worker_name(worker) + " a buffer that " +
                      describe(entry->second));
    }
    ++place.out;
  }
  // Before the strategy hears of it, since another thread may get the buffer at once. What it was acquired
  // for.
  const PlaceRecord& released(const ConnBuffer* buffer, std::uint32_t worker, const char* call) {
    const std::lock_guard lock(mutex_);
    const auto entry = find_owned(buffer, worker, call);
    PlaceRecord& place = *entry->second.place;
    --place.out;
    owned_.erase(entry);
    return place;
  }
  // Aborts unless the worker owns the buffer. For what was acquired for it: place_of.
  void check_owner(const ConnBuffer* buffer, std::uint32_t worker, const char* call) {
    const std::lock_guard lock(mutex_);
    static_cast<void>(find_owned(buffer, worker, call));
  }
  [[nodiscard]] const PlaceRecord* place_of(const ConnBuffer* buffer) {
    const std::lock_guard lock(mutex_);
    const auto entry = owned_.find(buffer);
    return entry == owned_.end() ? nullptr : entry->second.place;
  }
  // The buffer went on its way as `travelling`, which may be another object.
  void given(const ConnBuffer* buffer, const ConnBuffer* travelling, std::uint32_t worker,
             std::string unread) {
    const std::lock_guard lock(mutex_);
    const auto entry = find_owned(buffer, worker, "gave");
    OwnedBuffer sent{worker, true, entry->second.place, std::move(unread)};
    owned_.erase(entry);
    const auto [added, fresh] = owned_.try_emplace(travelling, std::move(sent));
    if (!fresh) {
      broken_contract("give on " + worker_name(worker) + " returned a buffer that " +
                      describe(added->second));
    }
  }
  // What travelled as `buffer`; it is no longer on its way, and not yet owned either.
  [[nodiscard]] OwnedBuffer arrived(const ConnBuffer* buffer, std::uint32_t worker) {
    const std::lock_guard lock(mutex_);
    const auto entry = owned_.find(buffer);
    if (entry == owned_.end() || !entry->second.travelling) {
      broken_contract(worker_name(worker) + " took a buffer that " +
                      (entry == owned_.end() ? "nobody gave" : describe(entry->second)));
    }
    OwnedBuffer arrived = std::move(entry->second);
    owned_.erase(entry);
    --arrived.place->out;
    return arrived;
  }
  // What arrived could not be taken.
  void travels_on(const ConnBuffer* buffer, OwnedBuffer arrived) {
    const std::lock_guard lock(mutex_);
    ++arrived.place->out;
    owned_.emplace(buffer, std::move(arrived));
  }
  [[nodiscard]] std::uint32_t out(const PlaceRecord& place) {
    const std::lock_guard lock(mutex_);
    return place.out;
  }
  [[nodiscard]] std::size_t owned_by(std::uint32_t worker) {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& [buffer, entry] : owned_) {
      count += entry.owner == worker && !entry.travelling ? 1 : 0;
    }
    return count;
  }
  // Of those, buffers that are not for a session.
  [[nodiscard]] std::size_t backend_owned_by(std::uint32_t worker) {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& [buffer, entry] : owned_) {
      count += entry.owner == worker && !entry.travelling && !entry.place->is_session ? 1 : 0;
    }
    return count;
  }
  // A sentence about any buffer that is owned or on its way; empty if there is none.
  [[nodiscard]] std::string any_left() {
    const std::lock_guard lock(mutex_);
    return owned_.empty() ? std::string() : "a buffer that " + describe(owned_.begin()->second);
  }

 private:
  using Map = std::unordered_map<const ConnBuffer*, OwnedBuffer>;

  Map::iterator find_owned(const ConnBuffer* buffer, std::uint32_t worker, const char* call) {
    const auto entry = owned_.find(buffer);
    if (entry == owned_.end()) {
      broken_contract(worker_name(worker) + " " + call +
                      " a buffer that nobody owns (released twice, or never acquired)");
    }
    if (entry->second.travelling || entry->second.owner != worker) {
      broken_contract(worker_name(worker) + " " + call + " a buffer that " + describe(entry->second));
    }
    return entry;
  }
  static std::string describe(const OwnedBuffer& entry) {
    return entry.travelling ? "is in transfer from " + worker_name(entry.owner)
                            : worker_name(entry.owner) + " owns";
  }

  std::mutex mutex_;
  Map owned_;
};

}  // namespace baton
