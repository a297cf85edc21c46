// What few rounds cannot know of their own scatter, the questions beside them know.
//
// Four rounds say little about a variance, and Student's t pays for that with intervals three times as wide
// as the scatter warrants. Questions of one kind (the same workload and metric in the same rounds, one
// strategy each) scatter alike, though not equally: their variances are taken as drawn from one distribution,
// a scaled inverse chi-squared, whose degrees of freedom say how alike they are. Each question's variance is
// then its own and the common one's, weighted by degrees of freedom (moderated t: Smyth 2004).
//
// Two departures from Smyth, both towards wider intervals, because with a dozen questions his fit calls too
// much (docs/statistics.md has the figures): the common variance is the arithmetic mean, and the alikeness is
// taken to be one standard error less than estimated.
#pragma once

#include <optional>
#include <span>

namespace baton::stats {

// A variance and the degrees of freedom it is known with.
struct Spread {
  double variance = 0;
  double degrees = 0;
};

// What the questions of a kind have in common. Those without scatter (variance 0) or degrees are left out.
// Unavailable for fewer than three.
std::optional<Spread> common_spread(std::span<const Spread> questions);

// A question's own spread with what is common. Without, or with no scatter of its own (nothing to weigh): as
// it was.
Spread moderated(const Spread& own, const std::optional<Spread>& common) noexcept;

}  // namespace baton::stats
