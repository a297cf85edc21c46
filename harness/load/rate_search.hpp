// Finds the highest rate of an open loop that keeps a latency bound. It decides what to try next; whoever
// asks runs the probes.
//
// From the first rate it doubles or halves until one rate holds and a higher one does not, then bisects (the
// geometric mean, because what matters is the ratio) until they are `precision` apart. A rate is the answer
// only after it has held `confirmations` times more; each failure to confirm lowers it by one step of the
// precision. A single probe is easily spoilt or flattered by the machine; that is what confirming is for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace baton::load {

struct RateSearchOptions {
  double first = 1000;  // requests per second
  double least = 1;     // below that no rate is tried: none holds
  double most = 1e8;    // above that neither: the bound is no bound
  double precision = 0.05;
  std::uint32_t confirmations = 2;
  std::uint32_t most_probes = 48;
};

enum class ProbeKind : std::uint8_t { bracket, bisect, confirm };
std::string_view to_string(ProbeKind kind) noexcept;

class RateSearch {
 public:
  // Why it ended.
  enum class End : std::uint8_t {
    confirmed,  // rate() held, and held again
    none,       // not even the least rate holds
    unbounded,  // the highest rate holds
    given_up,   // too many probes, or give_up()
  };
  struct Next {
    double rate;  // requests per second
    ProbeKind kind;
  };

  explicit RateSearch(const RateSearchOptions& options) : options_(options), trying_(options.first) {}

  // What to try; empty when it has ended.
  [[nodiscard]] std::optional<Next> next() const;
  // The outcome of what next() said.
  void note(bool holds);
  void give_up() noexcept;  // the time is up

  [[nodiscard]] std::optional<End> end() const noexcept { return end_; }
  // The highest rate known to hold: the answer if end() is confirmed, else the best guess; empty if none
  // held.
  [[nodiscard]] std::optional<double> rate() const noexcept { return holds_; }
  [[nodiscard]] std::uint32_t probes() const noexcept { return probes_; }

 private:
  void after_bracket(bool held);
  void narrow();
  void confirm(bool held);

  RateSearchOptions options_;
  ProbeKind kind_ = ProbeKind::bracket;
  double trying_;
  std::optional<double> holds_;  // the highest that held
  std::optional<double> fails_;  // the lowest that did not
  std::uint32_t confirmed_ = 0;
  std::uint32_t probes_ = 0;
  std::optional<End> end_;
};
std::string_view to_string(RateSearch::End end) noexcept;

}  // namespace baton::load
