// std::pmr::synchronized_pool_resource, the standard library's own pool for several threads.
#include <memory_resource>

#include "bench/primitives/depot.hpp"
#include "bench/primitives/family.hpp"

namespace baton::primitives {
namespace {

// What lies behind the pool, and how much of it is out.
class CountingResource : public std::pmr::memory_resource {
 public:
  [[nodiscard]] std::size_t blocks() const noexcept { return blocks_; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    ++blocks_;
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t alignment) override {
    --blocks_;
    std::pmr::new_delete_resource()->deallocate(memory, bytes, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }
  std::atomic<std::size_t> blocks_{0};
};

struct Block : ConnBuffer {
  void* memory = nullptr;
};

class Pmr {
 public:
  static constexpr std::string_view kName = "pmr_synchronized";
  static constexpr Role kRole = Role::peer;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(Pmr& contender, unsigned /*index*/) : pool_(contender.pool_) {}
    [[nodiscard]] ConnBuffer* acquire() {
      void* const memory = pool_.allocate(kBlockBytes);
      auto* const block = construct_in<Block>(memory);
      block->memory = memory;
      return block;
    }
    void release(ConnBuffer* buffer) { pool_.deallocate(static_cast<Block*>(buffer)->memory, kBlockBytes); }

   private:
    std::pmr::synchronized_pool_resource& pool_;
  };

  explicit Pmr(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    pool_.release();
    return upstream_.blocks();
  }

 private:
  // Without the option blocks of this size would not be pooled, or would be: the default is the library's.
  static constexpr std::pmr::pool_options kOptions{.max_blocks_per_chunk = 0,
                                                   .largest_required_pool_block = kBlockBytes};
  CountingResource upstream_;
  std::pmr::synchronized_pool_resource pool_{kOptions, &upstream_};
};

}  // namespace

void add_pmr(Catalogue& catalogue) { add<Pmr>(catalogue); }

}  // namespace baton::primitives
