// The platform of the model checker: what a strategy does to atomics, mutexes and memory becomes a step of an
// execution (engine.hpp). The shipped headers run on it as they are.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "model/engine.hpp"
#include "model/fault.hpp"
#include "model/memory.hpp"
#include "strategies/platform.hpp"
#include "strategies/support/node_table.hpp"
#include "strategies/support/tagged_stack.hpp"

namespace baton::model {

template <class T>
std::uint64_t to_word(T value) noexcept {
  static_assert(sizeof(T) <= sizeof(std::uint64_t) && std::is_trivially_copyable_v<T>);
  std::uint64_t word = 0;
  std::memcpy(&word, &value, sizeof(T));
  return word;
}
template <class T>
T from_word(std::uint64_t word) noexcept {
  T value;
  std::memcpy(&value, &word, sizeof(T));
  return value;
}

// The new size with the old generation, where that fault is planted.
inline std::uint64_t with_planted_stamp(std::uint64_t wanted, std::uint64_t expected, Site site) noexcept {
  constexpr std::uint64_t kBytes = ~std::uint32_t{0};
  const bool is_size = std::string_view(site.file).ends_with("size_setting.hpp");
  return planted().unstamped_size && is_size ? (expected & ~kBytes) | (wanted & kBytes) : wanted;
}

// std::atomic's interface, as far as strategies use it.
template <class T>
class ModelAtomic {
 public:
  ModelAtomic() : ModelAtomic(T{}) {}
  ModelAtomic(T value) : word_(to_word(value)) {}  // NOLINT(google-explicit-constructor): as std::atomic's
  ModelAtomic(const ModelAtomic&) = delete;
  ModelAtomic& operator=(const ModelAtomic&) = delete;

  [[nodiscard]] T load(std::memory_order order, Site site = Site::here()) const noexcept {
    return from_word<T>(word_.load(order, site));
  }
  void store(T value, std::memory_order order, Site site = Site::here()) noexcept {
    if (planted().uncounted != Call::none && planted().uncounted == current_call() &&
        std::string_view(site.file).ends_with("tally.hpp")) {
      return;
    }
    if (planted().busy_left && to_word(value) == 0 &&
        std::string_view(site.file).ends_with("sharded_list.hpp")) {
      return;
    }
    word_.store(to_word(value), order, site);
  }
  T exchange(T value, std::memory_order order, Site site = Site::here()) noexcept {
    return from_word<T>(word_.exchange(to_word(value), order, site));
  }
  // The strategies add only to words of 64 bits, or to smaller ones that do not overflow.
  T fetch_add(T amount, std::memory_order order, Site site = Site::here()) noexcept {
    return from_word<T>(word_.fetch_add(amount, order, site));
  }
  T fetch_sub(T amount, std::memory_order order, Site site = Site::here()) noexcept {
    return from_word<T>(word_.fetch_add(-std::uint64_t{amount}, order, site));
  }
  bool compare_exchange_weak(T& expected, T wanted, std::memory_order success, std::memory_order failure,
                             Site site = Site::here()) noexcept {
    return compare_exchange(true, expected, wanted, success, failure, site);
  }
  bool compare_exchange_strong(T& expected, T wanted, std::memory_order success, std::memory_order failure,
                               Site site = Site::here()) noexcept {
    return compare_exchange(false, expected, wanted, success, failure, site);
  }
  void wait(T old, std::memory_order order, Site site = Site::here()) const noexcept {
    word_.wait(to_word(old), order, site);
  }
  void notify_all() noexcept { word_.notify_all(); }

 private:
  bool compare_exchange(bool weak, T& expected, T wanted, std::memory_order success,
                        std::memory_order failure, Site site) noexcept {
    std::uint64_t found = to_word(expected);
    if constexpr (std::is_same_v<T, std::uint64_t>) {
      wanted = with_planted_stamp(wanted, expected, site);
    }
    const bool exchanged = word_.compare_exchange(weak, found, to_word(wanted), success, failure, site);
    expected = from_word<T>(found);
    return exchanged;
  }

  Word word_;
};

// Plain data whose uses are checked for races.
template <class T>
class ModelPlain {
 public:
  ModelPlain() : ModelPlain(T{}) {}
  ModelPlain(T value) : cell_(to_word(value)) {}  // NOLINT(google-explicit-constructor): stands for a T
  ModelPlain(const ModelPlain& other) : ModelPlain(static_cast<T>(other)) {}
  ModelPlain& operator=(const ModelPlain& other) {
    return *this = static_cast<T>(other);  // NOLINT(misc-unconventional-assign-operator): of a T, below
  }
  ModelPlain& operator=(T value) {
    cell_.write(to_word(value));
    return *this;
  }
  ~ModelPlain() = default;
  operator T() const { return from_word<T>(cell_.read()); }  // NOLINT(google-explicit-constructor): as above
  T operator->() const { return *this; }

 private:
  Cell cell_;
};

class ModelMutex {
 public:
  void lock() {
    if (!left_out()) {
      lock_.lock();
    }
  }
  [[nodiscard]] bool try_lock() { return left_out() || lock_.try_lock(); }
  void unlock() {
    if (!left_out()) {
      lock_.unlock();
    }
  }

 private:
  static bool left_out() noexcept {
    return planted().unlocked != Call::none && planted().unlocked == current_call();
  }
  Lock lock_;
};

struct ModelPlatform {
  template <class T>
  using Atomic = ModelAtomic<T>;
  using Mutex = ModelMutex;
  template <class T>
  using Plain = ModelPlain<T>;

  static constexpr std::size_t kGuardBytes = 0;
  static void* allocate(std::size_t bytes) noexcept { return Memory::instance().allocate(bytes); }
  static void deallocate(void* memory) noexcept { Memory::instance().deallocate(memory); }
  static void copied(const void*, const void*, std::size_t) noexcept {}
  static void named(const void*, std::size_t, std::string_view) noexcept {}
  static void pause() noexcept { model::pause(); }
  static constexpr bool kRestarts = false;
  static std::uint32_t cpus() noexcept { return 2; }
  static std::uint32_t cpu() noexcept { return cpu_of_thread(); }
  static std::uint32_t thread() noexcept { return this_thread(); }
};
static_assert(Platform<ModelPlatform>);

}  // namespace baton::model

namespace baton {

// Segments of two nodes: three buffers make the table grow.
template <>
struct NodeTableShape<model::ModelPlatform> {
  static constexpr std::uint32_t kSegmentNodes = 2;
  static constexpr std::uint32_t kSegments = 4;
};
template <>
struct StackTag<model::ModelPlatform> {
  static std::uint64_t next(std::uint64_t tag) noexcept { return (tag + 1) & model::planted().tag_mask; }
};

}  // namespace baton
