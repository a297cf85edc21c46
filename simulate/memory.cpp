// The program's operator new: within a world, the world's memory.
#include <cstdlib>
#include <new>

#include "simulate/world.hpp"

namespace {

void* take(std::size_t bytes, std::size_t alignment) {
  baton::simulate::World* const world = baton::simulate::World::current();
  void* memory = nullptr;
  if (world != nullptr) {
    memory = world->allocate(bytes, alignment);
  } else if (alignment <= alignof(std::max_align_t)) {
    memory = std::malloc(bytes == 0 ? 1 : bytes);
  } else {
    memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  }
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void give_back(void* memory) noexcept {
  if (baton::simulate::World* const world = baton::simulate::World::current()) {
    world->deallocate(memory);
  } else {
    std::free(memory);
  }
}

}  // namespace

void* operator new(std::size_t bytes) { return take(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return take(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t /*bytes*/) noexcept { give_back(memory); }
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t /*bytes*/, std::align_val_t /*alignment*/) noexcept {
  give_back(memory);
}
