// The bare ideas behind strategies, without sizes, bounds, books or a contract: what a strategy should cost
// at most a little more than.
#include <array>
#include <atomic>
#include <mutex>
#include <vector>

#include "bench/primitives/family.hpp"
#include "bench/primitives/shared_pool.hpp"

namespace baton::primitives {
namespace {

// Treiber's stack over an array of nodes: index and tag in one word. The same edges as
// strategies/support/tagged_stack.hpp: (1) push releases the node, (2) pop acquires it.
class TaggedStackPrototype {
  struct Node : ConnBuffer {
    std::uint32_t index = 0;
    std::atomic<std::uint32_t> below{0};
  };

 public:
  static constexpr std::string_view kName = "tagged_stack";
  static constexpr Role kRole = Role::shared_prototype;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(TaggedStackPrototype& stack, unsigned /*index*/) : stack_(stack) {}
    [[nodiscard]] ConnBuffer* acquire() {
      ConnBuffer* const popped = stack_.pop();
      return popped != nullptr ? popped : stack_.make();
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      stack_.push(static_cast<Node&>(*buffer));
    }

   private:
    TaggedStackPrototype& stack_;
  };

  explicit TaggedStackPrototype(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing([&] { return pop(); });
  }

 private:
  static constexpr std::uint32_t kNodes = 1024;

  Node* make() {
    const std::uint32_t index = used_.fetch_add(1, std::memory_order_relaxed);  // relaxed: only a number
    if (index >= kNodes) {
      return nullptr;
    }
    Node* const node = depot_.make();
    node->index = index;
    nodes_[index] = node;
    return node;
  }
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
  void push(Node& node) {
    std::uint64_t head = head_.load(std::memory_order_relaxed);  // relaxed: a first guess
    do {
      node.below.store(static_cast<std::uint32_t>(head), std::memory_order_relaxed);  // relaxed: see (1)
    } while (!head_.compare_exchange_weak(head, ((head >> 32U) + 1) << 32U | (node.index + 1),
                                          std::memory_order_release, std::memory_order_relaxed));  // (1)
  }

  Depot<Node> depot_;
  alignas(kCacheLineBytes) std::atomic<std::uint32_t> used_{0};
  std::array<Node*, kNodes> nodes_{};
  alignas(kCacheLineBytes) std::atomic<std::uint64_t> head_{0};
};

// A list that caches exchange buffers with.
struct LockedList {
  std::mutex mutex;
  std::vector<ConnBuffer*> unused;
};

// The proposal's idea: two with every thread, raised or lowered at the request boundary from and to a list.
class CacheOfTwo {
 public:
  static constexpr std::string_view kName = "cache_of_2";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{.boundary = true};

  class Handle {
   public:
    Handle(CacheOfTwo& pool, unsigned /*index*/) : pool_(pool) { own_.reserve(kMost); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { lower_to(0); }
    [[nodiscard]] ConnBuffer* acquire() {
      if (own_.empty()) {
        return pool_.depot_.make();
      }
      ConnBuffer* const buffer = own_.back();
      own_.pop_back();
      return buffer;
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      own_.push_back(buffer);
    }
    void boundary() {
      if (own_.size() > 2) {
        lower_to(2);
      } else if (own_.size() < 2) {
        const std::lock_guard lock(pool_.list_.mutex);
        while (own_.size() < 2 && !pool_.list_.unused.empty()) {
          own_.push_back(pool_.list_.unused.back());
          pool_.list_.unused.pop_back();
        }
      }
    }

   private:
    static constexpr std::size_t kMost = 64;
    void lower_to(std::size_t count) {
      const std::lock_guard lock(pool_.list_.mutex);
      while (own_.size() > count) {
        pool_.list_.unused.push_back(own_.back());
        own_.pop_back();
      }
    }
    CacheOfTwo& pool_;
    std::vector<ConnBuffer*> own_;
  };

  explicit CacheOfTwo(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing(
        [&, i = std::size_t{0}]() mutable { return i < list_.unused.size() ? list_.unused[i++] : nullptr; });
  }

 private:
  Depot<> depot_;
  LockedList list_;
};

// Thirty-two with every thread, moved in batches of sixteen (tcmalloc's and DPDK's habit).
class CacheOfThirtyTwo {
 public:
  static constexpr std::string_view kName = "cache_of_32";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{};
  static constexpr std::ptrdiff_t kMost = 32;
  static constexpr std::ptrdiff_t kBatch = 16;

  class Handle {
   public:
    Handle(CacheOfThirtyTwo& pool, unsigned /*index*/) : pool_(pool) { own_.reserve(kMost + 1); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { move(own_, pool_.list_.unused, kMost); }
    [[nodiscard]] ConnBuffer* acquire() {
      if (own_.empty()) {
        move(pool_.list_.unused, own_, kBatch);
      }
      if (own_.empty()) {
        return pool_.depot_.make();
      }
      ConnBuffer* const buffer = own_.back();
      own_.pop_back();
      return buffer;
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      if (std::ssize(own_) == kMost) {
        move(own_, pool_.list_.unused, kBatch);
      }
      own_.push_back(buffer);
    }

   private:
    using List = std::vector<ConnBuffer*>;
    // Under the list's lock: the last `count`, or as many as there are.
    void move(List& from, List& to, std::ptrdiff_t count) {
      const std::lock_guard lock(pool_.list_.mutex);
      const auto first = from.end() - std::min(count, std::ssize(from));
      to.insert(to.end(), first, from.end());
      from.erase(first, from.end());
    }
    CacheOfThirtyTwo& pool_;
    List own_;
  };

  explicit CacheOfThirtyTwo(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    return depot_.missing(
        [&, i = std::size_t{0}]() mutable { return i < list_.unused.size() ? list_.unused[i++] : nullptr; });
  }

 private:
  Depot<> depot_;
  LockedList list_;
};

// Whoever releases another thread's buffer puts it into that thread's inbox (snmalloc's and Seastar's idea).
class ReturnToOwner {
  struct Node : ConnBuffer {
    Node* next = nullptr;
    unsigned owner = 0;
  };
  struct alignas(2 * kCacheLineBytes) Inbox {
    std::atomic<Node*> newest{nullptr};
    Node* parked = nullptr;  // what the owner left when it went
  };

 public:
  static constexpr std::string_view kName = "owner_inbox";
  static constexpr Role kRole = Role::prototype;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(ReturnToOwner& pool, unsigned index) : pool_(pool), index_(index) {
      own_ = std::exchange(pool_.inboxes_[index].parked, nullptr);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { pool_.inboxes_[index_].parked = own_; }
    [[nodiscard]] ConnBuffer* acquire() {
      if (own_ == nullptr) {
        // (2) acquire: pairs with (1); all at once, so that no ABA can be
        own_ = pool_.inboxes_[index_].newest.exchange(nullptr, std::memory_order_acquire);
      }
      if (own_ == nullptr) {
        Node* const made = pool_.depot_.make();
        made->owner = index_;
        return made;
      }
      return std::exchange(own_, own_->next);
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      Node& node = static_cast<Node&>(*buffer);
      if (node.owner == index_) {
        node.next = std::exchange(own_, &node);
        return;
      }
      auto& inbox = pool_.inboxes_[node.owner].newest;
      node.next = inbox.load(std::memory_order_relaxed);  // relaxed: a first guess
      // (1) release: pairs with (2), publishes the link and the header
      while (!inbox.compare_exchange_weak(node.next, &node, std::memory_order_release,
                                          std::memory_order_relaxed)) {
      }
    }

   private:
    ReturnToOwner& pool_;
    unsigned index_;
    Node* own_ = nullptr;
  };

  explicit ReturnToOwner(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    unsigned thread = 0;
    return depot_.missing([&]() -> Node* {
      for (; thread < kMostThreads; ++thread) {
        Inbox& inbox = inboxes_[thread];
        if (inbox.parked == nullptr) {
          inbox.parked = inbox.newest.exchange(nullptr, std::memory_order_acquire);  // (2)
        }
        if (inbox.parked != nullptr) {
          return std::exchange(inbox.parked, inbox.parked->next);
        }
      }
      return nullptr;
    });
  }

 private:
  Depot<Node> depot_;
  std::array<Inbox, kMostThreads> inboxes_{};
};

}  // namespace

void add_prototypes(Catalogue& catalogue) {
  add<TaggedStackPrototype>(catalogue);
  add<CacheOfTwo>(catalogue);
  add<CacheOfThirtyTwo>(catalogue);
  add<ReturnToOwner>(catalogue);
}

}  // namespace baton::primitives
