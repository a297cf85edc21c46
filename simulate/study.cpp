#include "simulate/study.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>

namespace baton::simulate {
namespace {

// The i-th of the Halton sequence of that base, between 0 and 1.
double halton(std::uint32_t i, std::uint32_t base) {
  double fraction = 1, result = 0;
  for (; i != 0; i /= base) {
    fraction /= base;
    result += fraction * (i % base);
  }
  return result;
}

void add(Point& point, const Outcome& outcome) {
  point.requests += outcome.requests;
  point.failed += outcome.failed;
  point.handoffs += outcome.handoffs;
  point.stalled += outcome.stalled;
  Tally& sum = point.tally;
  const Tally& part = outcome.tally;
  for (std::size_t i = 0; i < sum.transfers.size(); ++i) sum.transfers[i] += part.transfers[i];
  sum.from_memory += part.from_memory;
  sum.failed_exchanges += part.failed_exchanges;
  sum.sleeps += part.sleeps;
  sum.holes += part.holes;
  sum.preemptions += part.preemptions;
  sum.events += part.events;
  // Names may come in another order.
  for (std::size_t i = 0; i < outcome.names.size(); ++i) {
    const auto known = std::ranges::find(point.names, outcome.names[i]);
    const auto at = static_cast<std::size_t>(known - point.names.begin());
    if (known == point.names.end()) point.names.push_back(outcome.names[i]);
    sum.lines[at].stalled += part.lines[i].stalled;
    sum.lines[at].transfers += part.lines[i].transfers;
    sum.locks[at].taken += part.locks[i].taken;
    sum.locks[at].waited += part.locks[i].waited;
    sum.locks[at].waiting += part.locks[i].waiting;
    sum.locks[at].asleep += part.locks[i].asleep;
  }
}

}  // namespace

std::vector<Unknowns> unknown_settings(std::uint32_t n, std::uint64_t seed) {
  std::vector<Unknowns> settings;
  for (std::uint32_t i = 0; i < n; ++i) {
    Unknowns one;
    one.seed = seed + i;
    if (i != 0) {
      one.tenure = 0.1 + 0.6 * halton(i, 2);
      one.occupancy = 15 * halton(i, 3);
      one.distance = 0.75 + 0.5 * halton(i, 5);
      one.sleeping = std::exp2(2 * halton(i, 7) - 1);
      one.slice_ms *= std::exp2(2 * halton(i, 11) - 1);
      one.takes_core = halton(i, 13);
    }
    settings.push_back(one);
  }
  return settings;
}

Band band_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  const double median = values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {.low = values.front(), .median = median, .high = values.back()};
}

std::vector<CellStudy> study(const Plan& plan) {
  std::vector<CellStudy> cells;
  struct Task {
    std::size_t cell, row, point;
  };
  std::vector<Task> tasks;
  for (std::size_t cell = 0; cell < plan.cells.size(); ++cell) {
    CellStudy& one = cells.emplace_back();
    one.label = plan.cells[cell].label;
    for (std::size_t row = 0; row < plan.rows.size(); ++row) {
      RowStudy& studied = one.rows.emplace_back();
      studied.name = plan.rows[row].name;
      for (std::size_t i = 0; i < plan.cores.size(); ++i) {
        Point& point = studied.points.emplace_back();
        point.cores = plan.cores[i];
        tasks.push_back({cell, row, i});
      }
    }
  }
  // The largest first, so that no host thread is left with one at the end.
  std::ranges::stable_sort(tasks, [&](const Task& one, const Task& other) {
    return plan.cores[one.point] > plan.cores[other.point];
  });
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    for (std::size_t i = next.fetch_add(1, std::memory_order_relaxed); i < tasks.size();  // a count
         i = next.fetch_add(1, std::memory_order_relaxed)) {                              // likewise
      const Task& task = tasks[i];
      Point& point = cells[task.cell].rows[task.row].points[task.point];
      try {
        for (const Unknowns& setting : plan.settings) {
          const Outcome outcome =
              plan.rows[task.row].run(plan.cells[task.cell].scenario, plan.machine, setting, point.cores);
          if (!outcome.conserved)
            throw std::runtime_error(
                fmt::format("{} has lost a buffer, or has one twice, on {} simulated cores of {}",
                            plan.rows[task.row].name, point.cores, cells[task.cell].label));
          add(point, outcome);
          point.per_s.push_back(outcome.per_s());
          point.p50_ns.push_back(outcome.latency_ns(0.5));
          point.p99_ns.push_back(outcome.latency_ns(0.99));
        }
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = tasks.size();
      }
    }
  };
  std::vector<std::jthread> threads;
  for (std::uint32_t i = 1; i < plan.threads; ++i) threads.emplace_back(work);
  work();
  threads.clear();
  if (failure) std::rethrow_exception(failure);
  return cells;
}

}  // namespace baton::simulate
