// malloc and free: the allocator is the pool. Which one, the environment decides (LD_PRELOAD).
#include <cstdlib>

#include "bench/primitives/depot.hpp"
#include "bench/primitives/family.hpp"

namespace baton::primitives {
namespace {

struct Block : ConnBuffer {
  void* memory = nullptr;
};

struct Malloc {
  static constexpr std::string_view kName = "malloc";
  static constexpr Role kRole = Role::peer;
  static constexpr Abilities kAbilities{};

  struct Handle {
    Handle(Malloc& /*contender*/, unsigned /*index*/) {}
    [[nodiscard]] ConnBuffer* acquire() {
      void* const memory = std::malloc(kBlockBytes);
      if (memory == nullptr) {
        return nullptr;
      }
      auto* const block = construct_in<Block>(memory);
      block->memory = memory;
      return block;
    }
    void release(ConnBuffer* buffer) { std::free(static_cast<Block*>(buffer)->memory); }
  };

  explicit Malloc(unsigned /*threads*/) {}
  [[nodiscard]] static std::size_t missing() {
    return 0;
  }  // nothing is parked here; leaks are the sanitizer's
};

}  // namespace

void add_malloc(Catalogue& catalogue) { add<Malloc>(catalogue); }

}  // namespace baton::primitives
