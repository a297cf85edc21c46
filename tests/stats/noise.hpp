// Simulated rounds with a known truth: what a noisy machine does to two cells, as log ratios.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <string_view>
#include <vector>

#include "harness/stats/bootstrap.hpp"
#include "harness/stats/random.hpp"

namespace baton::stats::testing {

inline double normal(Random& random) {
  return std::sqrt(-2 * std::log(random.uniform())) * std::cos(2 * std::numbers::pi * random.uniform());
}

// The logarithm of what one trial loses to noise. `stalls` are lognormal: mostly small, at times several
// times that. `regimes` are two modes far apart, as when the cores are near or far; each trial falls into one
// of them on its own.
enum class Noise : std::uint8_t { gaussian, stalls, regimes };
inline constexpr std::array kNoises{Noise::gaussian, Noise::stalls, Noise::regimes};

constexpr std::string_view to_string(Noise noise) {
  switch (noise) {
    case Noise::gaussian:
      return "gaussian";
    case Noise::stalls:
      return "stalls";
    case Noise::regimes:
      return "regimes";
  }
  return "?";
}

inline double draw(Noise noise, Random& random) {
  switch (noise) {
    case Noise::gaussian:
      return 0.03 * normal(random);
    case Noise::stalls:
      return -0.02 * std::exp(0.7 * normal(random));
    case Noise::regimes:
      return (random.uniform() < 0.3 ? -0.1 : 0) + 0.01 * normal(random);
  }
  return 0;
}

// Rounds in which both cells suffer the same kind of noise, each its own draw; log_truth is the ratio
// planted.
inline std::vector<Slices> simulate(Noise noise, std::size_t rounds, double log_truth, Random& random) {
  std::vector<Slices> trials(rounds);
  for (Slices& trial : trials) trial = {log_truth + draw(noise, random) - draw(noise, random)};
  return trials;
}

// Trials that alternate both cells in slices: a part of the noise is the trial's, the rest the slice's.
inline std::vector<Slices> simulate_slices(Noise noise, std::size_t rounds, std::size_t slices,
                                           double log_truth, Random& random) {
  std::vector<Slices> trials(rounds);
  for (Slices& trial : trials) {
    const double of_trial = 0.01 * normal(random);
    for (std::size_t i = 0; i < slices; ++i) {
      trial.push_back(log_truth + of_trial + draw(noise, random) - draw(noise, random));
    }
  }
  return trials;
}

// How often a simulation is repeated: enough for the band asserted, and few where a sanitizer makes each
// repetition slow.
#ifdef BATON_SANITIZER
inline constexpr std::size_t kRepetitions = 150;
inline constexpr double kSlack = 0.04;  // the bands widen with the error of so few
#else
inline constexpr std::size_t kRepetitions = 1200;
inline constexpr double kSlack = 0;
#endif

}  // namespace baton::stats::testing
