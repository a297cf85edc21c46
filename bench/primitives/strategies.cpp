// Every strategy of the registry.
#include <array>
#include <mutex>

#include "baton/registry.hpp"
#include "bench/primitives/family.hpp"
#include "strategies/contract.hpp"

namespace baton::primitives {
namespace {

template <class S>
class OfRegistry {
  // Bound to a worker or a slot: one buffer at a time, and a boundary after each (contract, rule 8).
  static constexpr bool kPools =
      S::kPromises.backend_bytes == Residence::pool || S::kPromises.backend_bytes == Residence::request;

 public:
  static constexpr std::string_view kName = S::kPromises.name;
  static constexpr Role kRole = Role::strategy;
  static constexpr Abilities kAbilities{.burst = kPools, .boundary = true, .request = true, .resize = true};

  class Handle {
   public:
    Handle(OfRegistry& contender, unsigned index)
        : worker_(contender.strategy_.attach(index)),
          mutex_(contender.mutex_),
          session_(contender.strategy_.open_session()),
          slots_(open(contender.strategy_)) {}
    [[nodiscard]] ConnBuffer* acquire() noexcept {
      if constexpr (!kPools) {
        boundary();
      }
      return worker_.acquire(slots_[slot_]);
    }
    void release(ConnBuffer* buffer) noexcept { worker_.release(buffer); }
    [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) noexcept { return worker_.give(buffer); }
    [[nodiscard]] ConnBuffer* take(ConnBuffer* buffer) noexcept { return worker_.take(buffer); }
    void next_slot() noexcept { slot_ = (slot_ + 1) % kSlots; }
    void request() noexcept {
      boundary();
      ConnBuffer* const client = worker_.acquire(session_);
      ConnBuffer* const backend = worker_.acquire(slots_[slot_]);
      if (client == nullptr || backend == nullptr) [[unlikely]] {
        broken("a strategy is exhausted");
      }
      benchmark::ClobberMemory();
      worker_.release(backend);
      worker_.idle(session_, client);
    }
    // The lock of the thread pool is taken here for what a runner does while it holds it anyway, so that row
    // pays for more than it would in a server.
    void boundary() noexcept {
      if constexpr (S::kPromises.housekeeps_under_pool_lock) {
        const std::lock_guard lock(mutex_);
        worker_.housekeep_locked();
      }
      benchmark::DoNotOptimize(worker_.housekeep());
    }

   private:
    using Slot = typename S::Slot;
    static constexpr std::uint32_t kSlots = 2 * Ring::kSlots;  // so many can travel, and as many again
    template <std::size_t... i>
    static std::array<Slot, sizeof...(i)> open(S& strategy, std::index_sequence<i...> /*slots*/) {
      return {(static_cast<void>(i), strategy.open_slot())...};
    }
    static std::array<Slot, kSlots> open(S& strategy) {
      return open(strategy, std::make_index_sequence<kSlots>());
    }

    typename S::Worker worker_;
    std::mutex& mutex_;
    typename S::Session session_;
    std::uint32_t slot_ = 0;
    std::array<Slot, kSlots> slots_;
  };

  explicit OfRegistry(unsigned threads)
      : strategy_(Parameters{.buffer_bytes = kBufferBytes, .workers = threads}) {
    if constexpr (S::kPromises.needs_guard) {  // which grows the pool before there is any load
      for (int visits = 0; visits < 100; ++visits) {
        static_cast<void>(strategy_.guard_step());
      }
    }
  }
  void resize(std::uint32_t bytes) noexcept { strategy_.set_buffer_bytes(bytes); }
  [[nodiscard]] std::size_t missing() {
    const Footprint footprint = strategy_.footprint();
    return footprint.alive().buffers - footprint.parked().buffers;
  }

 private:
  S strategy_;
  std::mutex mutex_;
};

}  // namespace

void add_strategies(Catalogue& catalogue) {
#define BATON_ADD(name, Class) add<OfRegistry<Class<>>>(catalogue);
  BATON_FOR_EACH_STRATEGY(BATON_ADD)
#undef BATON_ADD
}

}  // namespace baton::primitives
