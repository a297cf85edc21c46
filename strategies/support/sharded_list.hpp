// Clusters of unused buffers on several lists, each with a head that locks itself.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "strategies/parameters.hpp"
#include "strategies/support/buffer_store.hpp"

namespace baton {

// A buffer in a worker's cache, which is doubly linked by `next` (colder) and `warmer`, or in a cluster,
// which is linked by `next`, and whose first is linked to the next cluster by `warmer`.
template <class P>
struct ClusteredBuffer : StoredBuffer<P> {
  typename P::template Plain<ClusteredBuffer*> warmer{nullptr};
  std::uint32_t cluster = 0;  // buffers in it; the first's

  [[nodiscard]] ClusteredBuffer* colder() const noexcept {
    StoredBuffer<P>* const other = this->next;
    return static_cast<ClusteredBuffer*>(other);
  }
};

// The heads. A pop exchanges the head for a mark that says busy, reads which cluster is below, and stores
// that: for these few instructions it is a lock, and whoever is put to sleep there makes all who come to this
// head wait. So no tag is needed, and clusters may be freed: nobody reads a buffer that is not his.
//
// Two threads: A pushes, B pops. The edges:
//   (1) a push exchanges the head with release, after it has written its cluster
//   (2) a pop exchanges it with acquire
//   (3) and stores the cluster below with release, because a store ends the release sequence of that one's
//   push
// A pop that finds its head busy or empty tries another one, drawn at random, so that two threads do not
// chase each other and nothing is stranded where nobody looks.
template <class P>
class ShardedList {
 public:
  using Buffer = ClusteredBuffer<P>;

  explicit ShardedList(std::uint32_t shards) : shards_(shards), heads_(std::make_unique<Head[]>(shards)) {}

  // Behind a cluster's first, by next, are the others.
  void push(Buffer* cluster, std::uint32_t shard) noexcept {
    auto& head = heads_[shard].cluster;
    Buffer* seen = head.load(std::memory_order_relaxed);  // relaxed: only linked to
    do {
      while (seen == busy()) {
        P::pause();
        seen = head.load(std::memory_order_relaxed);  // relaxed: as above
      }
      cluster->warmer = seen;
      // (1) release: pairs with (2). Failure relaxed: as the first load
    } while (
        !head.compare_exchange_weak(seen, cluster, std::memory_order_release, std::memory_order_relaxed));
  }
  // From the shard that `next` names; nullptr: as many as `most` were empty.
  template <class Next>
  [[nodiscard]] Buffer* pop(Next next, std::uint32_t most) noexcept {
    std::uint32_t shard = next();
    for (std::uint32_t empty = 0; empty < most;) {
      auto& head = heads_[shard].cluster;
      Buffer* cluster = head.load(std::memory_order_relaxed);  // relaxed: whether it is worth while
      if (cluster != nullptr && cluster != busy()) {
        cluster = head.exchange(busy(), std::memory_order_acquire);  // (2) acquire: pairs with (1) and (3)
        if (cluster != busy()) {
          // (3) release: pairs with (2). An empty head, too, must be opened again
          head.store(cluster != nullptr ? static_cast<Buffer*>(cluster->warmer) : nullptr,
                     std::memory_order_release);
          if (cluster != nullptr) {
            return cluster;
          }
        }
      }
      if (cluster == busy()) {
        P::pause();
      } else {
        ++empty;
      }
      shard = next();
    }
    return nullptr;
  }
  // Every cluster that is listed now, each to use(Buffer*).
  template <class Use>
  void take_all(Use use) noexcept {
    for (std::uint32_t i = 0; i < shards_; ++i) {
      for (Buffer* cluster = take_all_of(heads_[i].cluster); cluster != nullptr;) {
        use(std::exchange(cluster, cluster->warmer));
      }
    }
  }
  [[nodiscard]] std::uint32_t shards() const noexcept { return shards_; }

 private:
  struct alignas(2 * kCacheLineBytes) Head {
    typename P::template Atomic<Buffer*> cluster{nullptr};
    Head() noexcept { P::named(this, sizeof *this, "shard head"); }
  };
  static Buffer* take_all_of(typename P::template Atomic<Buffer*>& head) noexcept {
    for (;;) {
      Buffer* const clusters = head.exchange(busy(), std::memory_order_acquire);  // (2) acquire: as in pop
      if (clusters != busy()) {
        head.store(nullptr, std::memory_order_relaxed);  // relaxed: nothing lies below that (3) would publish
        return clusters;
      }
      P::pause();
    }
  }
  static Buffer* busy() noexcept { return reinterpret_cast<Buffer*>(std::uintptr_t{1}); }

  std::uint32_t shards_;
  std::unique_ptr<Head[]> heads_;
};

}  // namespace baton
