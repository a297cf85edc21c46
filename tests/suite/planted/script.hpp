#pragma once

#include <cstdint>

namespace baton::planted {

constexpr std::uint64_t kPlantedRequests = 30;     // all handed off
constexpr std::uint64_t kPlantedInstructions = 7;  // in each give

}  // namespace baton::planted
