// A planted fault: the nodes of the lock-free stack keep their link in the storage, as intrusive free lists
// do. Then a late pop reads a link that its owner has overwritten, or that was freed.
#pragma once

#include <atomic>
#include <cstdint>

#include "model/platform.hpp"

namespace baton::model {

struct LinkInStoragePlatform : ModelPlatform {};

// A link that lies at the beginning of the node's storage while the node has one.
class LinkInStorage {
 public:
  explicit LinkInStorage(const ConnBuffer& node) : node_(node), link_(0) {}

  std::uint32_t load(std::memory_order order, Site site = Site::here()) const noexcept {
    const std::uint32_t next = link_.load(order, site);
    if (place_ != nullptr) {
      Memory::instance().read(place_);
    }
    return next;
  }
  void store(std::uint32_t next, std::memory_order order, Site site = Site::here()) noexcept {
    link_.store(next, order, site);
    place_ = node_.storage;
    if (place_ != nullptr) {
      Memory::instance().write(place_);
    }
  }

 private:
  const ConnBuffer& node_;
  const char* place_ = nullptr;
  ModelAtomic<std::uint32_t> link_;
};

}  // namespace baton::model

namespace baton {

template <>
struct StackNode<model::LinkInStoragePlatform> : ConnBuffer {
  void* memory = nullptr;
  std::uint32_t held_bytes = 0;
  std::uint32_t index = 0;
  model::LinkInStorage next{*this};
};
template <>
struct NodeTableShape<model::LinkInStoragePlatform> : NodeTableShape<model::ModelPlatform> {};

}  // namespace baton
