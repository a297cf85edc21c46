// What exact counts (counts.hpp) say a strategy adds to a request, at what this machine's steps cost
// (harness/measure/costs.hpp). docs/counts.md has the model and what it leaves out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace baton::suite {

// One kind of step: how many more of them the candidate takes than the baseline, per request, and what those
// cost, nanoseconds.
struct Term {
  std::string_view name;  // instruction, lock, exchange, free_elsewhere, copy, line, lines (docs/counts.md)
  double more = 0;
  double ns = 0;
  double low = 0;
  double high = 0;
};

// Every term that is not zero, in a fixed order. The costs are members of environment.json's `costs` that
// were measured with the CPUs as far apart as they were then: a step whose cost is not known has none, and
// then there is no sum.
struct Difference {
  std::vector<Term> terms;
  bool complete = true;  // every term has a cost

  [[nodiscard]] double ns() const;
  [[nodiscard]] double low() const;
  [[nodiscard]] double high() const;
};
Difference difference_of(const nlohmann::json& candidate, const nlohmann::json& baseline,
                         const std::vector<nlohmann::json>& costs);

// Of `all` (environment.json's `costs`), those that were measured while a line took about so long from one
// CPU to the other; all of them if that is not known.
std::vector<nlohmann::json> costs_at(const nlohmann::json& all, std::optional<double> round_trip_ns);

// The one term that would explain a measured difference, if its step cost so many times as much as it does by
// itself: of all terms the one for which that takes least. Nothing if none could.
struct Rescaled {
  std::string_view term;
  double factor = 1;
};
std::optional<Rescaled> rescaled_to(const Difference& difference, double measured_ns);

// How many threads share the requests' work: at least the client workers, at most all that the requests pass
// through.
struct Sharing {
  double least = 1;
  double most = 1;
};
Sharing sharing_of(const nlohmann::json& configuration, const nlohmann::json& counts);

struct Predicted {
  double ratio = 1;  // of requests per second
  double low = 1;
  double high = 1;
  double threads = 1;  // that `ratio` supposes to share the work
};
// For a baseline that answers a request every `request_ns`. Nothing for a difference that is not complete.
std::optional<Predicted> predict(const Difference& difference, double request_ns, const Sharing& sharing);

}  // namespace baton::suite
