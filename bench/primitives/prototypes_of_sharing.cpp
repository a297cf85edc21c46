// The bare ideas behind the rows that spread what is shared over several lists, or share the buffer itself.
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
#include "strategies/restartable.hpp"

namespace baton::primitives {
namespace {

constexpr std::uint32_t kBatch = Parameters{}.batch;

// A list of 32 with every thread, from whose cold end clusters go to one of several heads that lock
// themselves. The same edges as strategies/support/sharded_list.hpp: (1) push, (2) pop, (3) the head is
// opened again.
class ClustersOnShards {
  struct Node : ConnBuffer {
    Node* colder = nullptr;
    Node* warmer = nullptr;  // of a cluster's first: the next cluster
    std::uint32_t cluster = 0;
  };
  struct alignas(2 * kCacheLineBytes) Head {
    std::atomic<Node*> cluster{nullptr};
  };

 public:
  static constexpr std::string_view kName = "clusters_on_shards";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(ClustersOnShards& pool, unsigned index) : pool_(pool), random_(index + 1) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { evict_to(0); }
    [[nodiscard]] ConnBuffer* acquire() {
      if (warmest_ == nullptr) {
        Node* node = pop();
        if (node == nullptr) return pool_.depot_.make();
        for (std::uint32_t left = node->cluster; left != 0; --left) push(std::exchange(node, node->colder));
      }
      Node* const node = std::exchange(warmest_, warmest_->colder);
      if (warmest_ != nullptr) warmest_->warmer = nullptr;
      --count_;
      return node;
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      push(static_cast<Node*>(buffer));
      if (count_ > kMost) evict_to(kMost * 7 / 8);
    }

   private:
    static constexpr std::uint32_t kMost = 32;
    void push(Node* node) {
      node->warmer = nullptr;
      node->colder = warmest_;
      (warmest_ != nullptr ? warmest_->warmer : coldest_) = node;
      warmest_ = node;
      ++count_;
    }
    void evict_to(std::uint32_t n) {
      while (count_ > n) {
        Node* first = coldest_;
        std::uint32_t taken = 1;
        for (; taken < kBatch && first != warmest_; ++taken) first = first->warmer;
        if (first == warmest_) {
          warmest_ = nullptr;
        } else {
          coldest_ = first->warmer;
          coldest_->colder = nullptr;
        }
        first->cluster = taken;
        count_ -= taken;
        auto& head = pool_.heads_[(reinterpret_cast<std::uintptr_t>(first) >> 6U) % kShards].cluster;
        Node* seen = head.load(std::memory_order_relaxed);
        do {
          while (seen == busy()) seen = (cpu_pause(), head.load(std::memory_order_relaxed));
          first->warmer = seen;
        } while (!head.compare_exchange_weak(seen, first, std::memory_order_release,
                                             std::memory_order_relaxed));  // (1)
      }
    }
    Node* pop() {
      for (int empty = 0; empty < 2;) {
        random_ ^= random_ << 13U;
        random_ ^= random_ >> 17U;
        random_ ^= random_ << 5U;
        auto& head = pool_.heads_[random_ % kShards].cluster;
        Node* seen = head.load(std::memory_order_relaxed);
        if (seen != nullptr && seen != busy()) {
          seen = head.exchange(busy(), std::memory_order_acquire);  // (2)
          if (seen != busy()) {
            head.store(seen != nullptr ? seen->warmer : nullptr, std::memory_order_release);  // (3)
            if (seen != nullptr) return seen;
          }
        }
        empty += seen == nullptr ? 1 : 0;
      }
      return nullptr;
    }
    static Node* busy() { return reinterpret_cast<Node*>(std::uintptr_t{1}); }

    ClustersOnShards& pool_;
    Node* warmest_ = nullptr;
    Node* coldest_ = nullptr;
    std::uint32_t count_ = 0;
    std::uint32_t random_;
  };

  explicit ClustersOnShards(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing(
        [&, shard = 0U, left = 0U, node = static_cast<Node*>(nullptr)]() mutable -> ConnBuffer* {
          while (left == 0 && shard < kShards) {
            node = heads_[shard].cluster.load();
            if (node == nullptr) {
              ++shard;
            } else {
              heads_[shard].cluster = node->warmer;
              left = node->cluster;
            }
          }
          if (left == 0) return nullptr;
          --left;
          return std::exchange(node, node->colder);
        });
  }

 private:
  static constexpr std::uint32_t kShards = 2;
  Depot<Node> depot_;
  std::array<Head, kShards> heads_{};
};

// A place with every thread and stacks whose locks are only tried.
class PlaceAndStripes {
  struct alignas(2 * kCacheLineBytes) Stripe {
    std::mutex mutex;
    std::vector<ConnBuffer*> unused;
  };

 public:
  static constexpr std::string_view kName = "place_and_stripes";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(PlaceAndStripes& pool, unsigned index) : pool_(pool), index_(index) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
      if (place_ != nullptr) put(place_);
    }
    [[nodiscard]] ConnBuffer* acquire() {
      if (place_ != nullptr) return std::exchange(place_, nullptr);
      for (unsigned i = 0; i < kStripes; ++i) {
        Stripe& stripe = pool_.stripes_[(index_ + i) % kStripes];
        const std::unique_lock lock(stripe.mutex, std::try_to_lock);
        if (lock && !stripe.unused.empty()) {
          ConnBuffer* const buffer = stripe.unused.back();
          stripe.unused.pop_back();
          return buffer;
        }
      }
      return pool_.depot_.make();
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      if (ConnBuffer* const before = std::exchange(place_, buffer)) put(before);
    }

   private:
    // It frees nothing: where all are locked it waits for its own.
    void put(ConnBuffer* buffer) {
      Stripe& stripe = pool_.stripes_[index_ % kStripes];
      const std::lock_guard lock(stripe.mutex);
      stripe.unused.push_back(buffer);
    }
    PlaceAndStripes& pool_;
    unsigned index_;
    ConnBuffer* place_ = nullptr;
  };

  explicit PlaceAndStripes(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing([&, i = 0U]() mutable -> ConnBuffer* {
      while (i < kStripes && stripes_[i].unused.empty()) ++i;
      if (i == kStripes) return nullptr;
      ConnBuffer* const buffer = stripes_[i].unused.back();
      stripes_[i].unused.pop_back();
      return buffer;
    });
  }

 private:
  static constexpr unsigned kStripes = 2;
  Depot<> depot_;
  std::array<Stripe, kStripes> stripes_{};
};

// A count in the buffer; the giver lets go at its next boundary, the last one puts it into its own list. The
// same edges as strategies/refcounted_slices.hpp: (1) letting go, (2) the last one.
class CountedHolds {
  struct Node : ConnBuffer {
    Node* next = nullptr;
    std::atomic<std::uint32_t> holders{1};
  };

 public:
  static constexpr std::string_view kName = "counted_holds";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{.boundary = true};

  class Handle {
   public:
    Handle(CountedHolds& pool, unsigned index) : pool_(pool), index_(index) {}
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
      boundary();
      std::swap(pool_.parked_[index_], own_);
    }
    [[nodiscard]] ConnBuffer* acquire() {
      return own_ != nullptr ? std::exchange(own_, own_->next) : pool_.depot_.make();
    }
    void release(ConnBuffer* buffer) { let_go(static_cast<Node*>(buffer)); }
    [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) {
      Node* const node = static_cast<Node*>(buffer);
      if (node->holders.load(std::memory_order_acquire) == 1) {  // (2)
        node->holders.store(2, std::memory_order_relaxed);
        node->next = std::exchange(given_, node);
      }
      return buffer;
    }
    void boundary() {
      while (given_ != nullptr) let_go(std::exchange(given_, given_->next));
    }

   private:
    void let_go(Node* node) {
      if (node->holders.load(std::memory_order_acquire) == 1 ||
          node->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {  // (1), (2)
        node->clear();
        node->holders.store(1, std::memory_order_relaxed);
        node->next = std::exchange(own_, node);
      }
    }
    CountedHolds& pool_;
    unsigned index_;
    Node* own_ = nullptr;
    Node* given_ = nullptr;
  };

  explicit CountedHolds(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing([&, i = 0U]() mutable -> ConnBuffer* {
      while (i < kMostThreads && parked_[i] == nullptr) ++i;
      return i < kMostThreads ? std::exchange(parked_[i], parked_[i]->next) : nullptr;
    });
  }

 private:
  Depot<Node> depot_;
  std::array<Node*, kMostThreads> parked_{};
};

// A stack for each CPU by restartable sequences, and a locked list for what overflows.
class StacksByCpu {
 public:
  static constexpr std::string_view kName = "stacks_by_cpu";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(StacksByCpu& pool, unsigned /*index*/) : pool_(pool) {}
    [[nodiscard]] ConnBuffer* acquire() {
      void* const popped = restartable::pop(pool_.stacks_.get());
      return popped != nullptr ? static_cast<ConnBuffer*>(popped) : from_list();
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      if (!restartable::push(pool_.stacks_.get(), buffer, 2 * kBatch)) to_list(buffer);
    }

   private:
    [[gnu::noinline]] ConnBuffer* from_list() {
      const std::lock_guard lock(pool_.mutex_);
      auto& unused = pool_.unused_;
      if (unused.empty()) return pool_.depot_.make();
      ConnBuffer* const buffer = unused.back();
      unused.pop_back();
      for (std::uint32_t i = 1; i < kBatch && !unused.empty(); ++i) {
        if (!restartable::push(pool_.stacks_.get(), unused.back(), 2 * kBatch)) break;
        unused.pop_back();
      }
      return buffer;
    }
    [[gnu::noinline]] void to_list(ConnBuffer* buffer) {
      const std::lock_guard lock(pool_.mutex_);
      pool_.unused_.push_back(buffer);
      for (std::uint32_t i = 1; i < kBatch; ++i) {
        if (void* const more = restartable::pop(pool_.stacks_.get())) {
          pool_.unused_.push_back(static_cast<ConnBuffer*>(more));
        }
      }
    }
    StacksByCpu& pool_;
  };

  explicit StacksByCpu(unsigned /*threads*/)
      : cpus_(restartable::cpus()), stacks_(std::make_unique<restartable::CpuStack[]>(cpus_)) {}
  [[nodiscard]] std::size_t missing() {
    for (std::uint32_t cpu = 0; cpu < cpus_; ++cpu) {
      while (stacks_[cpu].count != 0) {
        unused_.push_back(static_cast<ConnBuffer*>(stacks_[cpu].slots[--stacks_[cpu].count]));
      }
    }
    return depot_.missing(
        [&, i = std::size_t{0}]() mutable { return i < unused_.size() ? unused_[i++] : nullptr; });
  }

 private:
  Depot<> depot_;
  std::uint32_t cpus_;
  std::unique_ptr<restartable::CpuStack[]> stacks_;
  std::mutex mutex_;
  std::vector<ConnBuffer*> unused_;
};

}  // namespace

void add_prototypes_of_sharing(Catalogue& catalogue) {
  add<ClustersOnShards>(catalogue);
  add<PlaceAndStripes>(catalogue);
  add<CountedHolds>(catalogue);
  if (restartable::supported()) {
    add<StacksByCpu>(catalogue);
  }
}

}  // namespace baton::primitives
