#include "harness/measure/noise.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "harness/measure/unavailable.hpp"

namespace baton {
namespace {

constexpr std::uint64_t kLookEveryNs = 250'000'000;  // the kernel counts in ticks of 10 ms

double ticks_per_second() noexcept { return static_cast<double>(sysconf(_SC_CLK_TCK)); }

}  // namespace

void ClockCheck::observe(std::uint64_t monotonic, std::uint64_t stamp_ns) noexcept {
  if (!first_) {
    first_ = Reading{monotonic, stamp_ns};
  } else if (monotonic < last_.monotonic || stamp_ns < last_.stamp) {
    ++backwards_;
  }
  last_ = {monotonic, stamp_ns};
}

void ClockCheck::observe(const TickClock& clock) noexcept {
  const std::uint64_t ticks = clock.ticks();
  observe(monotonic_ns(), clock.ticks_to_ns(ticks));
}

std::optional<double> ClockCheck::drift_ppm() const noexcept {
  constexpr std::uint64_t kShortest = 10'000'000;
  if (!first_ || last_.monotonic < first_->monotonic + kShortest) return std::nullopt;
  const auto real = static_cast<double>(last_.monotonic - first_->monotonic);
  const double stamps = static_cast<double>(last_.stamp) - static_cast<double>(first_->stamp);
  return (stamps - real) / real * 1e6;
}

double others_cores(const CpuTicks& before, const CpuTicks& after, std::uint64_t own_ns,
                    double seconds) noexcept {
  if (seconds <= 0 || after.busy < before.busy) return 0;
  const double busy_s = static_cast<double>(after.busy - before.busy) / ticks_per_second();
  return std::max(0.0, busy_s - static_cast<double>(own_ns) * 1e-9) / seconds;
}

NoiseWatch::Reading NoiseWatch::read() const {
  Reading reading{.at_ns = monotonic_ns(),
                  .all = read_cpu_ticks(),
                  .own = this_process_usage(),
                  .minor_faults = 0,
                  .major_faults = 0};
  for (const int helper : helpers_) {
    if (const auto usage = process_usage(helper)) reading.own += *usage;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  reading.minor_faults = static_cast<std::uint64_t>(usage.ru_minflt);
  reading.major_faults = static_cast<std::uint64_t>(usage.ru_majflt);
  return reading;
}

void NoiseWatch::begin() {
  clock_.observe(TickClock::shared());
  begin_ = last_ = read();
}

void NoiseWatch::sample() {
  clock_.observe(TickClock::shared());
  if (monotonic_ns() - last_.at_ns < kLookEveryNs) return;
  const Reading now = read();
  if (now.all && last_.all) {
    const double cores = others_cores(*last_.all, *now.all, (now.own - last_.own).total_ns(),
                                      static_cast<double>(now.at_ns - last_.at_ns) * 1e-9);
    most_ = std::max(most_.value_or(0), cores);
  }
  last_ = now;
}

void NoiseWatch::end() {
  end_ = read();
  clock_.observe(TickClock::shared());
}

nlohmann::json NoiseWatch::json() const {
  const double seconds = static_cast<double>(end_.at_ns - begin_.at_ns) * 1e-9;
  const CpuUsage own = end_.own - begin_.own;
  std::optional<double> others;
  std::optional<double> steal;
  if (begin_.all && end_.all && seconds > 0) {
    others = others_cores(*begin_.all, *end_.all, own.total_ns(), seconds);
    steal = static_cast<double>(end_.all->steal - std::min(end_.all->steal, begin_.all->steal)) /
            ticks_per_second() / seconds;
  }
  return {{"others_cpu_cores", or_unavailable(others)},
          {"others_cpu_cores_most", or_unavailable(most_ ? most_ : others)},
          {"steal_cores", or_unavailable(steal)},
          {"voluntary_switches", own.voluntary_switches},
          {"involuntary_switches", own.involuntary_switches},
          {"minor_faults", end_.minor_faults - begin_.minor_faults},
          {"major_faults", end_.major_faults - begin_.major_faults},
          {"clock", {{"backwards", clock_.backwards()}, {"drift_ppm", or_unavailable(clock_.drift_ppm())}}}};
}

}  // namespace baton
