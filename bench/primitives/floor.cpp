// What the work around a pool costs: nothing here is a pool that could be used.
#include <array>

#include "bench/primitives/depot.hpp"
#include "bench/primitives/family.hpp"

namespace baton::primitives {
namespace {

// A plain array per thread. It never gives a buffer to another thread, and has no bound, no sizes, no books.
class PlainArray {
 public:
  static constexpr std::string_view kName = "plain_array";
  static constexpr Role kRole = Role::floor;
  static constexpr Abilities kAbilities{.handoff = false};
  static constexpr std::uint32_t kSlots = 64;

  class Handle {
   public:
    Handle(PlainArray& contender, unsigned index) : parked_(contender.parked_[index]) {
      while (count_ < kSlots) {
        slots_[count_++] = contender.depot_.make();
      }
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { parked_ = {count_, slots_}; }
    [[nodiscard]] ConnBuffer* acquire() noexcept { return slots_[--count_]; }
    void release(ConnBuffer* buffer) noexcept {
      buffer->clear();
      slots_[count_++] = buffer;
    }

   private:
    friend class PlainArray;
    struct Parked {
      std::uint32_t count = 0;
      std::array<ConnBuffer*, kSlots> slots{};
    };
    std::uint32_t count_ = 0;
    std::array<ConnBuffer*, kSlots> slots_{};
    Parked& parked_;
  };

  explicit PlainArray(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    unsigned thread = 0;
    return depot_.missing([&]() -> ConnBuffer* {
      while (thread < kMostThreads && parked_[thread].count == 0) {
        ++thread;
      }
      return thread < kMostThreads ? parked_[thread].slots[--parked_[thread].count] : nullptr;
    });
  }

 private:
  Depot<> depot_;
  std::array<Handle::Parked, kMostThreads> parked_{};
};

// A handoff without a pool: the giver uses a fixed set of buffers in turn, the receiver does nothing to give
// them back. The set is so large that the ring's slots come round first.
class RingAlone {
 public:
  static constexpr std::string_view kName = "ring_alone";
  static constexpr Role kRole = Role::floor;
  static constexpr Abilities kAbilities{.pair = false, .burst = false};
  static constexpr std::uint32_t kBuffers = 2 * Ring::kSlots;

  class Handle {
   public:
    Handle(RingAlone& contender, unsigned /*index*/) {
      for (auto& buffer : buffers_) {
        buffer = contender.depot_.make();
      }
    }
    [[nodiscard]] ConnBuffer* acquire() noexcept { return buffers_[next_++ % kBuffers]; }
    static void release(ConnBuffer* buffer) noexcept { buffer->clear(); }

   private:
    std::uint32_t next_ = 0;
    std::array<ConnBuffer*, kBuffers> buffers_{};
  };

  explicit RingAlone(unsigned /*threads*/) {}
  [[nodiscard]] static std::size_t missing() { return 0; }  // they never leave

 private:
  Depot<> depot_;
};

}  // namespace

void add_floor(Catalogue& catalogue) {
  add<PlainArray>(catalogue);
  add<RingAlone>(catalogue);
}

}  // namespace baton::primitives
