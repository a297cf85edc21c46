#include "model/memory.hpp"

#include <cstdlib>
#include <string>

namespace baton::model {

Memory& Memory::instance() {
  static Memory memory;
  return memory;
}

void* Memory::allocate(std::size_t bytes) {
  auto* const memory = static_cast<char*>(std::malloc(bytes));
  blocks_.push_back({memory, bytes, false, std::make_unique<Cell>(0)});
  return memory;
}

void Memory::deallocate(void* memory) {
  Block& block = find(memory);
  if (block.begin != memory) {
    fail("freed memory that was not allocated there");
  }
  block.content->write(0);
  block.freed = true;
}

Memory::Block& Memory::find(const void* place) {
  for (Block& block : blocks_) {
    if (place >= block.begin && place < block.begin + block.bytes) {
      if (block.freed) {
        fail("uses or frees memory that was freed");
      }
      return block;
    }
  }
  fail("uses or frees memory that nobody allocated");
}

void Memory::read(const void* place) { static_cast<void>(find(place).content->read()); }
void Memory::write(const void* place) { find(place).content->write(1); }

void Memory::check_all_freed() const {
  std::size_t left = 0;
  for (const Block& block : blocks_) {
    left += block.freed ? 0 : 1;
  }
  if (left != 0) {
    fail("leak: " + std::to_string(left) + " allocations are never freed");
  }
}

void Memory::clear() {
  for (const Block& block : blocks_) {
    std::free(block.begin);
  }
  blocks_.clear();
}
void Memory::abandon() {
  for (Block& block : blocks_) {
    static_cast<void>(block.content.release());
  }
  clear();
}

}  // namespace baton::model
