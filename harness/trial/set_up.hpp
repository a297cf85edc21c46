// What both kinds of trial share before and after the measured phase.
#pragma once

#include <chrono>
#include <string>

#include "harness/trial/config.hpp"
#include "harness/trial/instance.hpp"
#include "harness/trial/outcome.hpp"

namespace baton::trial {

// Throws std::runtime_error if there is no such strategy: whoever read the user's words has refused it
// before.
const Instance& instance_named(const std::string& strategy);

// Memory is sampled about this often: some dozens of samples, but not so many that they disturb.
std::chrono::nanoseconds sample_interval(const TrialConfig& config);

// After the drain: adds the reasons why the trial is not valid, and says whether an open loop was saturated.
// While one lives, that share of the allocations of strategies on the counting platform fails.
class FailingAllocations {
 public:
  explicit FailingAllocations(double share) noexcept;
  FailingAllocations(const FailingAllocations&) = delete;
  FailingAllocations& operator=(const FailingAllocations&) = delete;
  ~FailingAllocations();
};

// Error answers (5xx) belong to it: buffers or connections run out on purpose.
bool expects_errors(const TrialConfig& config) noexcept;

void judge(const TrialConfig& config, Outcome& outcome);

// SIGINT, SIGTERM or SIGHUP came: the trial ends its measured phase at once and is not valid.
// handle_interrupts() is called once, by the trial's process, before it starts threads.
void handle_interrupts();
bool interrupted() noexcept;

}  // namespace baton::trial
