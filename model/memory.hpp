// The memory that strategies get: kept until the execution ends, so that whoever uses it too late is seen.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "model/engine.hpp"

namespace baton::model {

class Memory {
 public:
  static Memory& instance();

  void* allocate(std::size_t bytes);
  // Allocating and freeing count as writing all of it: whoever else still reads is a race.
  void deallocate(void* memory);
  // The caller's thread reads or writes the cache line at `place`. Fails if it was freed or never allocated.
  void read(const void* place);
  void write(const void* place);
  // Fails if anything is left.
  void check_all_freed() const;
  // At the end of an execution.
  void clear();
  // Outside of one, after it failed.
  void abandon();

 private:
  struct Block {
    char* begin;
    std::size_t bytes;
    bool freed;
    std::vector<std::unique_ptr<Cell>> lines;  // each stands for a cache line of it
    Cell& line_of(const void* place) const;
  };
  Block& find(const void* place);

  std::vector<Block> blocks_;
};

}  // namespace baton::model
