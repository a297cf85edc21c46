// What a suite does where the machine is not as it supposes: it runs all the same, a little differently, and
// says so.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/trial/config.hpp"

namespace baton::suite {

struct Machine {
  unsigned cpus = 1;                 // that this process may use
  std::optional<double> quota = {};  // CPU seconds per second of its control group; nothing: no limit
  bool topology = true;              // whether it can be read

  // Threads that can really run at once.
  [[nodiscard]] double at_once() const noexcept;
};
Machine this_machine();

// Workers that cannot all run at once, each on a CPU of its own, are not pinned and sleep while they wait;
// without a topology nobody is pinned.
class MachineFit {
 public:
  explicit MachineFit(const Machine& machine) : machine_(machine) {}

  void adjust(trial::TrialConfig& config);
  // A sentence for each kind of adjustment that was made.
  [[nodiscard]] std::vector<std::string> sentences() const { return {made_.begin(), made_.end()}; }

 private:
  Machine machine_;
  std::set<std::string> made_;
};

}  // namespace baton::suite
