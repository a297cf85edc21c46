#include "harness/suite/run_counts.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>

#include "harness/measure/environment.hpp"
#include "harness/suite/counts.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

// A tenth of what `baton count` takes by default is the same to three digits in all suites.
constexpr trial::ScriptLength kLength{.warm_up = 100, .requests = 400};

}  // namespace

std::vector<PlannedCell> cells_to_count(const Plan& plan) {
  std::vector<PlannedCell> cells;
  for (const PlannedCell& cell : plan.cells) {
    const bool asked = cell.asks.empty() || std::ranges::find(cell.asks, "throughput") != cell.asks.end();
    if (asked && !cell.again && cell.config.load.idle_connections == 0 &&
        cell.config.transport == trial::TransportKind::memory &&
        cell.config.load.loop == trial::Loop::closed) {
      cells.push_back(cell);
    }
  }
  return cells;
}

json count_cells(const std::vector<PlannedCell>& cells, const std::function<bool()>& stop) {
  json counted = json::object(), not_counted = json::object();
  std::mutex mutex;
  std::exception_ptr impossible;
  std::atomic<std::size_t> next{0};  // relaxed: hands out numbers, and the results are under the mutex
  const auto work = [&] {
    for (std::size_t i = next.fetch_add(1, std::memory_order_relaxed); i < cells.size() && !stop();
         i = next.fetch_add(1, std::memory_order_relaxed)) {
      const CountRequest request{
          .strategy = cells[i].config.strategy, .config = cells[i].config, .length = kLength};
      try {
        json counts = count_calls(request);
        const std::lock_guard lock(mutex);
        counted[cells[i].id] = std::move(counts);
      } catch (const BadInput&) {
        const std::lock_guard lock(mutex);
        impossible = std::current_exception();
        return;
      } catch (const std::exception& error) {
        const std::lock_guard lock(mutex);
        not_counted[cells[i].id] = error.what();
      }
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < usable_cpus(); ++i) threads.emplace_back(work);
  threads.clear();
  if (impossible) std::rethrow_exception(impossible);
  return {{"warm_up", kLength.warm_up},
          {"requests", kLength.requests},
          {"cells", std::move(counted)},
          {"not_counted", std::move(not_counted)}};
}

}  // namespace baton::suite
