#include "model/memory.hpp"

#include <cstdlib>
#include <string>

#include "strategies/parameters.hpp"

namespace baton::model {
namespace {

std::size_t line_number(const void* place) { return reinterpret_cast<std::size_t>(place) / kCacheLineBytes; }

}  // namespace

Memory& Memory::instance() {
  static Memory memory;
  return memory;
}

void* Memory::allocate(std::size_t bytes) {
  auto* const memory = static_cast<char*>(std::malloc(bytes));
  Block& block = blocks_.emplace_back();
  block.begin = memory;
  block.bytes = bytes;
  block.freed = false;
  block.lines.resize(line_number(memory + bytes - 1) - line_number(memory) + 1);
  for (auto& line : block.lines) {
    line = std::make_unique<Cell>(0);
  }
  return memory;
}

void Memory::deallocate(void* memory) {
  Block& block = find(memory);
  if (block.begin != memory) {
    fail("freed memory that was not allocated there");
  }
  for (auto& line : block.lines) {
    line->write(0);
  }
  block.freed = true;
}

Cell& Memory::Block::line_of(const void* place) const {
  return *lines[line_number(place) - line_number(begin)];
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

void Memory::read(const void* place) { static_cast<void>(find(place).line_of(place).read()); }
void Memory::write(const void* place) { find(place).line_of(place).write(1); }

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
    for (auto& line : block.lines) {
      static_cast<void>(line.release());  // its record ended with the execution
    }
  }
  clear();
}

}  // namespace baton::model
