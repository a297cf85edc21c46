// The bare ideas behind the rows that servers and allocators use, as prototypes.cpp has them for the
// proposal's.
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "bench/primitives/depot.hpp"
#include "bench/primitives/family.hpp"
#include "strategies/parameters.hpp"
#include "strategies/platform.hpp"

namespace baton::primitives {
namespace {

constexpr std::uint32_t kBatch = Parameters{}.batch;

// Two magazines with every thread, whole ones exchanged under a lock.
class TwoMagazines {
  struct Magazine {
    std::uint32_t rounds = 0;
    std::array<ConnBuffer*, kBatch> slots{};
  };

 public:
  static constexpr std::string_view kName = "two_magazines";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(TwoMagazines& pool, unsigned /*index*/) : pool_(pool) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
      const std::lock_guard lock(pool_.mutex_);
      pool_.full_.push_back(std::move(loaded_));
      pool_.full_.push_back(std::move(previous_));
    }
    [[nodiscard]] ConnBuffer* acquire() {
      if (loaded_->rounds == 0) {
        if (previous_->rounds == 0) {
          const std::lock_guard lock(pool_.mutex_);
          if (pool_.full_.empty()) return pool_.depot_.make();
          pool_.empty_.push_back(std::exchange(previous_, std::move(pool_.full_.back())));
          pool_.full_.pop_back();
        }
        std::swap(loaded_, previous_);
      }
      return loaded_->slots[--loaded_->rounds];
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      if (loaded_->rounds == kBatch) {
        if (previous_->rounds == kBatch) {
          const std::lock_guard lock(pool_.mutex_);
          if (pool_.empty_.empty()) pool_.empty_.push_back(std::make_unique<Magazine>());
          pool_.full_.push_back(std::exchange(previous_, std::move(pool_.empty_.back())));
          pool_.empty_.pop_back();
        }
        std::swap(loaded_, previous_);
      }
      loaded_->slots[loaded_->rounds++] = buffer;
    }

   private:
    TwoMagazines& pool_;
    std::unique_ptr<Magazine> loaded_ = std::make_unique<Magazine>();
    std::unique_ptr<Magazine> previous_ = std::make_unique<Magazine>();
  };

  explicit TwoMagazines(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing([&, i = std::size_t{0}]() mutable -> ConnBuffer* {
      while (i < full_.size() && full_[i]->rounds == 0) ++i;
      return i < full_.size() ? full_[i]->slots[--full_[i]->rounds] : nullptr;
    });
  }

 private:
  Depot<> depot_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Magazine>> full_, empty_;
};

// An array with every thread over a ring, by half. The same edges as strategies/support/bounded_ring.hpp.
class HalvesOverRing {
  struct alignas(2 * kCacheLineBytes) End {
    std::atomic<std::uint32_t> head{0}, tail{0};
  };

 public:
  static constexpr std::string_view kName = "halves_over_ring";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(HalvesOverRing& pool, unsigned /*index*/) : pool_(pool) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { put(count_); }
    [[nodiscard]] ConnBuffer* acquire() {
      if (count_ == 0) take(kBatch);
      return count_ != 0 ? own_[--count_] : pool_.depot_.make();
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      if (count_ == own_.size()) put(kBatch);
      own_[count_++] = buffer;
    }

   private:
    template <class Available>
    static std::pair<std::uint32_t, std::uint32_t> claim(End& end, std::uint32_t n, Available available) {
      std::uint32_t head = end.head.load(std::memory_order_acquire);
      std::uint32_t claimed = 0;
      do {
        claimed = std::min(n, available(head));
      } while (claimed != 0 &&
               !end.head.compare_exchange_weak(head, head + claimed, std::memory_order_acq_rel,
                                               std::memory_order_acquire));
      return {head, claimed};
    }
    static void pass(End& end, std::uint32_t head, std::uint32_t claimed) {
      if (claimed == 0) return;
      while (end.tail.load(std::memory_order_acquire) != head) cpu_pause();
      end.tail.store(head + claimed, std::memory_order_release);
    }
    void put(std::uint32_t n) {
      const auto [head, claimed] = claim(pool_.puts_, n, [&](std::uint32_t at) {
        return kSlots - (at - pool_.takes_.tail.load(std::memory_order_acquire));
      });
      if (claimed != n) broken("the ring is full");
      for (std::uint32_t i = 0; i < n; ++i) pool_.slots_[(head + i) % kSlots] = own_[i];
      pass(pool_.puts_, head, claimed);
      std::move(own_.begin() + n, own_.begin() + count_, own_.begin());
      count_ -= n;
    }
    void take(std::uint32_t n) {
      const auto [head, claimed] = claim(pool_.takes_, n, [&](std::uint32_t at) {
        return pool_.puts_.tail.load(std::memory_order_acquire) - at;
      });
      for (std::uint32_t i = 0; i < claimed; ++i) own_[count_++] = pool_.slots_[(head + i) % kSlots];
      pass(pool_.takes_, head, claimed);
    }
    HalvesOverRing& pool_;
    std::uint32_t count_ = 0;
    std::array<ConnBuffer*, 2 * kBatch> own_{};
  };

  explicit HalvesOverRing(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing([&, i = takes_.tail.load()]() mutable -> ConnBuffer* {
      return i != puts_.tail.load() ? slots_[i++ % kSlots] : nullptr;
    });
  }

 private:
  static constexpr std::uint32_t kSlots = 1024;
  Depot<> depot_;
  std::array<ConnBuffer*, kSlots> slots_{};
  End puts_, takes_;
};

// A list with every thread, above the mark a batch as a chain to a tagged stack; they come back one by one.
class ChainsToStack {
  struct Node : ConnBuffer {
    std::uint32_t index = 0;
    std::atomic<std::uint32_t> below{0};  // index plus one
  };

 public:
  static constexpr std::string_view kName = "chains_to_stack";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(ChainsToStack& pool, unsigned /*index*/) : pool_(pool) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { give_up(count_); }
    [[nodiscard]] ConnBuffer* acquire() {
      if (own_ == 0) {
        Node* const popped = pool_.pop();
        return popped != nullptr ? popped : pool_.make();
      }
      Node* const node = pool_.nodes_[own_ - 1];
      own_ = node->below.load(std::memory_order_relaxed);  // relaxed: the thread's own
      --count_;
      return node;
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      Node& node = static_cast<Node&>(*buffer);
      node.below.store(own_, std::memory_order_relaxed);  // relaxed: the thread's own
      own_ = node.index + 1;
      if (++count_ > 2 * kBatch) give_up(kBatch);
    }

   private:
    void give_up(std::uint32_t n) {
      if (n == 0) return;
      const std::uint32_t first = own_;
      Node* last = pool_.nodes_[first - 1];
      for (std::uint32_t i = 1; i < n; ++i)
        last = pool_.nodes_[last->below.load(std::memory_order_relaxed) - 1];
      own_ = last->below.load(std::memory_order_relaxed);  // relaxed, both: the thread's own
      count_ -= n;
      pool_.push(first, *last);
    }
    ChainsToStack& pool_;
    std::uint32_t own_ = 0;
    std::uint32_t count_ = 0;
  };

  explicit ChainsToStack(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing([&] { return pop(); });
  }

 private:
  static constexpr std::uint32_t kNodes = 4096;

  Node* make() {
    const std::uint32_t index = used_.fetch_add(1, std::memory_order_relaxed);  // relaxed: only a number
    if (index >= kNodes) return nullptr;
    Node* const node = depot_.make();
    node->index = index;
    return nodes_[index] = node;
  }
  // (1) push releases links and headers, (2) pop acquires them.
  Node* pop() {
    std::uint64_t head = head_.load(std::memory_order_acquire);  // (2)
    while (static_cast<std::uint32_t>(head) != 0) {
      Node* const top = nodes_[static_cast<std::uint32_t>(head) - 1];
      const std::uint64_t below = top->below.load(std::memory_order_relaxed);  // relaxed: guarded by the tag
      if (head_.compare_exchange_weak(head, ((head >> 32U) + 1) << 32U | below, std::memory_order_acquire,
                                      std::memory_order_acquire)) {  // (2)
        return top;
      }
    }
    return nullptr;
  }
  void push(std::uint32_t first, Node& last) {
    std::uint64_t head = head_.load(std::memory_order_relaxed);  // relaxed: a first guess
    do {
      last.below.store(static_cast<std::uint32_t>(head), std::memory_order_relaxed);  // relaxed: see (1)
    } while (!head_.compare_exchange_weak(head, ((head >> 32U) + 1) << 32U | first, std::memory_order_release,
                                          std::memory_order_relaxed));  // (1)
  }

  Depot<Node> depot_;
  alignas(kCacheLineBytes) std::atomic<std::uint32_t> used_{0};
  std::array<Node*, kNodes> nodes_{};
  alignas(kCacheLineBytes) std::atomic<std::uint64_t> head_{0};
};

// A private place and a deque with every thread, of which others steal. The same edges as
// strategies/support/stealable.hpp.
class PrivateAndDeque {
  struct alignas(2 * kCacheLineBytes) Deque {
    static constexpr std::uint32_t kSlots = 256;
    std::atomic<std::uint64_t> ends{0};
    std::array<std::atomic<ConnBuffer*>, kSlots> slots{};

    void put(ConnBuffer* buffer) {
      const std::uint64_t now = ends.load(std::memory_order_relaxed);
      auto& slot = slots[(now >> 32U) % kSlots];
      while (slot.load(std::memory_order_acquire) != nullptr) cpu_pause();  // (4)
      slot.store(buffer, std::memory_order_relaxed);
      ends.fetch_add(std::uint64_t{1} << 32U, std::memory_order_release);  // (1)
    }
    // At the head the owner, at the tail anybody.
    ConnBuffer* get(bool at_head) {
      std::uint64_t now = ends.load(std::memory_order_relaxed);
      while (static_cast<std::uint32_t>(now >> 32U) != static_cast<std::uint32_t>(now)) {
        const std::uint64_t wanted = at_head ? now - (std::uint64_t{1} << 32U)
                                             : (now >> 32U) << 32U | static_cast<std::uint32_t>(now + 1);
        if (ends.compare_exchange_weak(now, wanted, std::memory_order_acquire,
                                       std::memory_order_relaxed)) {  // (2)
          auto& slot = slots[(at_head ? wanted >> 32U : static_cast<std::uint32_t>(now)) % kSlots];
          ConnBuffer* const buffer = slot.load(std::memory_order_relaxed);
          slot.store(nullptr, std::memory_order_release);  // (3)
          return buffer;
        }
      }
      return nullptr;
    }
  };

 public:
  static constexpr std::string_view kName = "private_and_deque";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{.boundary = true};

  class Handle {
   public:
    Handle(PrivateAndDeque& pool, unsigned index) : pool_(pool), index_(index) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { boundary(); }
    [[nodiscard]] ConnBuffer* acquire() {
      if (private_ != nullptr) return std::exchange(private_, nullptr);
      ConnBuffer* buffer = pool_.deques_[index_].get(true);
      for (unsigned i = 1; buffer == nullptr && i < kMostThreads; ++i) {
        buffer = pool_.deques_[(index_ + i) % kMostThreads].get(false);
      }
      return buffer != nullptr ? buffer : pool_.depot_.make();
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      if (private_ == nullptr) {
        private_ = buffer;
      } else {
        pool_.deques_[index_].put(buffer);
      }
    }
    void boundary() {
      if (private_ != nullptr) pool_.deques_[index_].put(std::exchange(private_, nullptr));
    }

   private:
    PrivateAndDeque& pool_;
    unsigned index_;
    ConnBuffer* private_ = nullptr;
  };

  explicit PrivateAndDeque(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing([&, i = 0U]() mutable -> ConnBuffer* {
      for (; i < kMostThreads; ++i) {
        if (ConnBuffer* const buffer = deques_[i].get(false)) return buffer;
      }
      return nullptr;
    });
  }

 private:
  Depot<> depot_;
  std::array<Deque, kMostThreads> deques_{};
};

}  // namespace

void add_prototypes_of_servers(Catalogue& catalogue) {
  add<TwoMagazines>(catalogue);
  add<HalvesOverRing>(catalogue);
  add<ChainsToStack>(catalogue);
  add<PrivateAndDeque>(catalogue);
}

}  // namespace baton::primitives
