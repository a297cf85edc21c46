// What a soak decides by chance, repeatable by seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>

namespace baton::soak {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  // From 0 to sides - 1.
  std::uint64_t below(std::uint64_t sides) { return engine_() % sides; }
  bool one_in(std::uint64_t sides) { return below(sides) == 0; }
  template <class V>
  V one_of(std::initializer_list<V> values) {
    return values.begin()[below(values.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace baton::soak
