// Buffers that go home: what a worker has of its own and of others', and the inboxes of all.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "strategies/parameters.hpp"
#include "strategies/support/own_count.hpp"
#include "strategies/support/sharded_list.hpp"

namespace baton {

// Buffers linked by next.
template <class P>
struct Chain {
  ClusteredBuffer<P>* first = nullptr;
  OwnCount<P> n;

  void push(ClusteredBuffer<P>* buffer, std::uint32_t before) noexcept {  // where there are so many
    buffer->next = first;
    first = buffer;
    n = before + 1;
  }
  // nullptr if empty.
  [[nodiscard]] ClusteredBuffer<P>* pop() noexcept {
    ClusteredBuffer<P>* const buffer = first;
    if (buffer != nullptr) [[likely]] {
      n = n - 1;
      first = buffer->colder();
    }
    return buffer;
  }
};

// A worker's own unused buffers, and those of others that are to be sent. Only its worker touches it.
template <class P>
class alignas(kCacheLineBytes) HomingCache {
 public:
  using Buffer = ClusteredBuffer<P>;

  HomingCache() noexcept { P::named(this, sizeof *this, "own supply"); }
  [[nodiscard]] std::uint32_t size() const noexcept { return own_.n + gathered_; }
  [[nodiscard]] std::uint32_t own() const noexcept { return own_.n; }
  [[nodiscard]] bool sends() const noexcept { return gathered_ != 0; }

  // One of its own; false if it has `most` already.
  [[nodiscard]] bool push(Buffer* buffer, std::uint32_t most) noexcept {
    const std::uint32_t n = own_.n;
    if (n >= most) [[unlikely]] {
      return false;
    }
    own_.push(buffer, n);
    return true;
  }
  // Of its own; nullptr: there is none.
  [[nodiscard]] Buffer* pop() noexcept { return own_.pop(); }
  // One of another's. What is to be sent at once, `batch` of one owner or fewer, goes to send(home, first of
  // n).
  template <class Send>
  void gather(Buffer* buffer, std::uint32_t batch, Send send) noexcept {
    Parcel& parcel = parcels_[buffer->home % kDestinations];
    if (parcel.home != buffer->home) {
      send_parcel(parcel, send);
      parcel.home = buffer->home;
    }
    parcel.chain.push(buffer, parcel.chain.n);
    gathered_ = gathered_ + 1;
    if (parcel.chain.n >= batch) {
      send_parcel(parcel, send);
    }
  }
  template <class Send>
  void send_gathered(Send send) noexcept {
    for (Parcel& parcel : parcels_) {
      send_parcel(parcel, send);
    }
  }
  template <class Send>
  void send_own(std::uint32_t home, Send send) noexcept {
    send_off(home, own_, send);
  }
  // Exact, so only for a quiet worker.
  [[nodiscard]] Holding holding() const noexcept {
    Holding sum;
    const auto add = [&sum](const Chain<P>& chain) {
      const Buffer* buffer = chain.first;
      for (std::uint32_t left = chain.n; left != 0; --left, buffer = buffer->colder()) {
        sum += {1, buffer->held_bytes};
      }
    };
    add(own_);
    for (const Parcel& parcel : parcels_) {
      add(parcel.chain);
    }
    return sum;
  }

 private:
  static constexpr std::uint32_t kDestinations = 8;
  struct Parcel {
    std::uint32_t home = 0;
    Chain<P> chain;
  };

  template <class Send>
  void send_parcel(Parcel& parcel, Send send) noexcept {
    gathered_ = gathered_ - parcel.chain.n;
    send_off(parcel.home, parcel.chain, send);
  }
  template <class Send>
  void send_off(std::uint32_t home, Chain<P>& chain, Send send) noexcept {
    if (chain.n != 0) {
      chain.first->cluster = chain.n;
      chain.n = 0;
      send(home, std::exchange(chain.first, nullptr));
    }
  }

  Chain<P> own_;
  OwnCount<P> gathered_;
  std::array<Parcel, kDestinations> parcels_;  // for home % kDestinations
};

// One inbox for each worker, attached or not. Any thread may put a cluster into any, and take all that there
// is: since nobody takes one alone, there is no ABA, and a worker that has left, or sleeps, can be helped
// out.
//   (1) put publishes the cluster with release; (2) take_all acquires. Puts in between are exchanges of the
//   same word, so they continue the release sequence
template <class P>
class Inboxes {
 public:
  using Buffer = ClusteredBuffer<P>;

  explicit Inboxes(std::uint32_t workers) : workers_(workers), inboxes_(std::make_unique<Inbox[]>(workers)) {}

  [[nodiscard]] std::uint32_t workers() const noexcept { return workers_; }
  // A cluster's first; behind it, by next, are the others.
  void put(std::uint32_t home, Buffer* cluster) noexcept {
    auto& newest = inboxes_[home].newest;
    Buffer* seen = newest.load(std::memory_order_relaxed);  // relaxed: only linked to
    do {
      cluster->warmer = seen;
      // (1) release: pairs with (2). Failure relaxed: as the first load
    } while (
        !newest.compare_exchange_weak(seen, cluster, std::memory_order_release, std::memory_order_relaxed));
  }
  // Clusters, linked by `warmer`, the latest first; nullptr: there is none.
  [[nodiscard]] Buffer* take_all(std::uint32_t home) noexcept {
    auto& newest = inboxes_[home].newest;
    if (newest.load(std::memory_order_relaxed) == nullptr) {  // relaxed: whether it is worth while
      return nullptr;
    }
    return newest.exchange(nullptr, std::memory_order_acquire);  // (2) acquire: pairs with (1)
  }
  // As take_all, from the worker's own inbox, or that of a worker that has left.
  [[nodiscard]] Buffer* take_for(std::uint32_t worker) noexcept {
    Buffer* clusters = take_all(worker);
    for (std::uint32_t home = 0; clusters == nullptr && home < workers_; ++home) {
      clusters = attached(home) ? nullptr : take_all(home);
    }
    return clusters;
  }
  // As take_all, from whichever has something.
  [[nodiscard]] Buffer* take_any() noexcept {
    Buffer* clusters = nullptr;
    for (std::uint32_t home = 0; clusters == nullptr && home < workers_; ++home) {
      clusters = take_all(home);
    }
    return clusters;
  }
  // Each of them to use(Buffer*).
  template <class Use>
  static void each(Buffer* clusters, Use use) noexcept {
    while (clusters != nullptr) {
      use(std::exchange(clusters, clusters->warmer));
    }
  }
  // Back, what was taken and is not used.
  void put_all(std::uint32_t home, Buffer* clusters) noexcept {
    each(clusters, [this, home](Buffer* cluster) { put(home, cluster); });
  }
  [[nodiscard]] bool attached(std::uint32_t worker) const noexcept {
    return inboxes_[worker].attached.load(std::memory_order_relaxed) != 0;  // relaxed: only whom to help out
  }
  void set_attached(std::uint32_t worker, bool attached) noexcept {
    inboxes_[worker].attached.store(attached ? 1 : 0, std::memory_order_relaxed);  // relaxed: as above
  }

 private:
  struct alignas(2 * kCacheLineBytes) Inbox {
    typename P::template Atomic<Buffer*> newest{nullptr};
    typename P::template Atomic<std::uint32_t> attached{0};
    Inbox() noexcept { P::named(this, sizeof *this, "inbox"); }
  };

  std::uint32_t workers_;
  std::unique_ptr<Inbox[]> inboxes_;
};

}  // namespace baton
