#include "harness/load/load_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "harness/measure/clock.hpp"
#include "harness/net/tcp.hpp"

namespace baton::load {

LoadClient::LoadClient(LoadOptions options) : options_(std::move(options)) {
  validate(options_);
  for (std::uint32_t i = 0; i < options_.threads; ++i) {
    workers_.push_back(std::make_unique<LoadThread>(options_, phases_, i));
  }
}

LoadClient::~LoadClient() {
  interrupt();
  for (std::thread& thread : threads_) thread.join();
}

bool LoadClient::all(bool (LoadThread::*what)() const noexcept) const noexcept {
  return std::all_of(workers_.begin(), workers_.end(), [&](const auto& worker) { return (*worker.*what)(); });
}

void LoadClient::on_change() {
  { const std::lock_guard lock(mutex_); }
  changed_.notify_all();
}

void LoadClient::wake_all() noexcept {
  for (const auto& worker : workers_) worker->wake();
}

void LoadClient::connect() {
  // One connection that only asks whether anybody is there: later errors are counted, this one is a set-up's.
  if (const int error = net::connect_tcp(options_.address, std::chrono::seconds(5)).error; error != 0) {
    throw std::system_error(error, std::generic_category(),
                            fmt::format("cannot connect to {}", options_.address.to_string()));
  }
  for (const auto& worker : workers_) {
    threads_.emplace_back([this, &worker = *worker] { worker.run([this] { on_change(); }); });
  }
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return all(&LoadThread::ready) || phases_.interrupted(); });
}

void LoadClient::begin_load() {
  phases_.begin_load(monotonic_ns());
  wake_all();
}

void LoadClient::begin_measure() {
  phases_.begin_measure(monotonic_ns());
  wake_all();
}

void LoadClient::wait_measured() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, options_.measure, [&] { return all(&LoadThread::done) || phases_.interrupted(); });
}

void LoadClient::end_measure() {
  phases_.end_measure(monotonic_ns());
  wake_all();
}

LoadResult LoadClient::finish() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  LoadResult result;
  result.open_loop = options_.loop == LoadLoop::open;
  for (const auto& worker : workers_) result.merge(worker->result());
  if (phases_.end() != LoadPhases::kNever)
    result.measured_s = static_cast<double>(phases_.end() - phases_.begin()) / 1e9;
  return result;
}

LoadResult LoadClient::run(const Hooks& hooks) {
  connect();
  if (options_.ramp.count() != 0) {
    begin_load();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, options_.ramp, [&] { return all(&LoadThread::done) || phases_.interrupted(); });
  }
  begin_measure();
  if (hooks.measure_begins) hooks.measure_begins();
  if (options_.ramp.count() == 0) begin_load();
  wait_measured();
  end_measure();
  if (hooks.measure_ends) hooks.measure_ends();
  return finish();
}

void LoadClient::interrupt() {
  phases_.interrupt();
  wake_all();
  on_change();
}

}  // namespace baton::load
