// The parts of costs.cpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "harness/measure/costs.hpp"

namespace baton::costs {

inline constexpr std::size_t kBatches = 41;

// The median and the quartiles of batches; not empty.
Cost cost_of(std::string name, std::vector<double> batches);

// As a strategy's code would; allocate touches what it got.
void* allocate(std::size_t bytes) noexcept;
void give_back(void* memory) noexcept;

// What takes two CPUs (costs.hpp); nothing if they cannot be had, or the other one is busy for too long.
std::optional<Cost> malloc_across_cost(std::size_t bytes, const Distance& cpus);
// Of two threads that wake each other, on two CPUs or on the same.
std::optional<Cost> wake_up_cost(std::string name, const Distance& cpus);
std::optional<Cost> line_cost(const Distance& cpus);
std::optional<Cost> lines_cost(const Distance& cpus);

}  // namespace baton::costs
