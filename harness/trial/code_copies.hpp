// Where a pipeline's code lies makes it some per cent faster or slower (docs/resolution.md). A program can
// have the code of each timed in-memory pipeline several times, at different places
// (cmake/BatonCodeCopies.cmake).
#pragma once

#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include "harness/trial/instance.hpp"

namespace baton::trial {

struct CopiesOf {
  std::string_view strategy;
  std::vector<MakePipeline<MemoryTransport>> copies;  // besides Instance::memory
};

// Of the program that they are linked to, which is baton and not its tests.
std::vector<CopiesOf> linked_code_copies();

// Until this is called there are none. Before any trial; not to be called while another thread asks.
void use_code_copies(std::vector<CopiesOf> copies);

// How often the strategy's code is there: at least once.
std::uint32_t code_copies_of(const Instance& instance) noexcept;
// `copy` is below that; 0 is Instance::memory.
MakePipeline<MemoryTransport> code_copy_of(const Instance& instance, std::uint32_t copy);

// All copies of a strategy in random order, and then again in another.
class CopyOrder {
 public:
  explicit CopyOrder(const Instance& instance) : order_(code_copies_of(instance)) {}
  std::uint32_t next(std::mt19937_64& random);

 private:
  std::vector<std::uint32_t> order_;
  std::size_t at_ = 0;
};

}  // namespace baton::trial
