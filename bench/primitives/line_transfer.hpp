// How far apart two processors are today.
#pragma once

#include <optional>

namespace baton::primitives {

// Nanoseconds for one cache line to go from one processor to the other (half a round trip), between the first
// two this process may use. Unavailable if there is only one. Takes about a millisecond.
std::optional<double> line_transfer_ns();

}  // namespace baton::primitives
