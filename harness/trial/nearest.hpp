// What to say about a name that is not known: the one implementation behind every such message.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace baton {

// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other.
std::size_t edit_distance(std::string_view left, std::string_view right);

// The valid name closest to `given`; empty if none is close enough to be what was meant.
std::string_view nearest(std::string_view given, std::span<const std::string_view> valid);

// "unknown strategy 'two_cahce'; did you mean 'two_cache'? Valid: ideal, heap, two_cache".
std::string unknown_name(std::string_view kind, std::string_view given,
                         std::span<const std::string_view> valid);

}  // namespace baton
