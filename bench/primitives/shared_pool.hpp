// A pool of one shared container: what is left to write for a peer is how it pushes and pops.
#pragma once

#include "bench/primitives/depot.hpp"

namespace baton::primitives {

// Container: try_pop() gives a buffer or nullptr, push(buffer); both by any thread. Side is what a thread
// needs besides, made from the container.
template <class Container, class Side = Container&>
class SharedPool {
 public:
  static constexpr std::string_view kName = Container::kName;
  static constexpr Role kRole = Container::kRole;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(SharedPool& pool, unsigned /*index*/) : pool_(pool), side_(pool.container_) {}
    [[nodiscard]] ConnBuffer* acquire() {
      ConnBuffer* const buffer = side_.try_pop();
      return buffer != nullptr ? buffer : pool_.depot_.make();
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      side_.push(buffer);
    }

   private:
    SharedPool& pool_;
    Side side_;
  };

  explicit SharedPool(unsigned /*threads*/) {}
  [[nodiscard]] std::size_t missing() {
    Side side(container_);
    return depot_.missing([&] { return side.try_pop(); });
  }

 private:
  Depot<> depot_;
  Container container_;
};

}  // namespace baton::primitives
