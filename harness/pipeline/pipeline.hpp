// The pipeline: its threads, from start to the last buffer's return.
#pragma once

#include <pthread.h>

#include <cstdint>
#include <ctime>
#include <deque>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "harness/pipeline/client_worker.hpp"
#include "harness/pipeline/fetch_worker.hpp"
#include "harness/pipeline/guard.hpp"
#include "harness/pipeline/shared.hpp"
#include "strategies/contract.hpp"

namespace baton::pipeline {

enum class Role : std::uint8_t { client_worker, fetch_worker, waiter, guard };

struct PipelineOptions {
  bool record_housekeeping = false;
  std::function<void(Role, std::uint32_t index)> on_thread;  // runs first on every thread (ledgers, pinning)
};

// Threads: made, started, stopped and destroyed by one thread; totals(), sample() and cpu_ns() may be called
// meanwhile by others.
//
// A waiter is made with the pipeline and holds the sessions nobody serves:
//   W(Shared&)                  run() on its own thread until finish(); watch(session), close(session) from
//   any worker begin_drain()               no new connections; quiet sessions are closed
//   wait_drained(timeout)       until no session is open; what is still served after the timeout is
//   interrupted
template <Strategy S, Transport T>
class Pipeline {
  using SharedType = Shared<S, T>;

 public:
  Pipeline(const Settings& settings, T& transport, PipelineOptions options)
      : shared_(completed(settings), transport),
        options_(std::move(options)),
        records_(shared_.settings.client_workers + shared_.settings.fetch_workers),
        waiter_(shared_),
        attached_(shared_.settings.client_workers + shared_.settings.fetch_workers) {}
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  ~Pipeline() { stop(); }

  void start() {
    const Settings& settings = shared_.settings;
    if (options_.record_housekeeping) {
      for (WorkerRecord& record : records_) {
        record.housekeeping = std::make_unique<Histogram>();
        record.ties = std::make_unique<Histogram>();
      }
    }
    if constexpr (S::kPromises.needs_guard) {
      guard_.start(shared_.strategy, [this] { begin_thread(Role::guard, 0); });
    }
    for (std::uint32_t i = 0; i < settings.fetch_workers; ++i) {
      const std::uint32_t index = settings.client_workers + i;
      spawn(Role::fetch_worker, i, [this, index] {
        FetchWorker<S, T> worker(shared_, index, records_[index]);
        attached_.count_down();
        worker.run();
      });
    }
    for (std::uint32_t i = 0; i < settings.client_workers; ++i) {
      spawn(Role::client_worker, i, [this, i] {
        ClientWorker<S, T> worker(shared_, i, records_[i], shared_.transport.local(i));
        attached_.count_down();
        worker.run(waiter_);
      });
    }
    attached_
        .wait();  // no session may take what a worker needs for good (workspaces under a limit on buffers)
    waiter_thread_ = std::thread([this] {
      begin_thread(Role::waiter, 0);
      waiter_.run();
    });
  }

  // Serves what is under way, within settings.drain_timeout, and ends all threads. Then footprint() is exact.
  void stop() {
    if (stopped_) {
      return;
    }
    stopped_ = true;
    if (waiter_thread_.joinable()) {
      // The waiter first: clients in memory expect closed connections from then on. The flag is a hint for
      // the workers, and relaxed because the waiter synchronises.
      waiter_.begin_drain();
      shared_.draining.store(true, std::memory_order_relaxed);
      waiter_.wait_drained(shared_.settings.drain_timeout);
    }
    for (auto& pool : shared_.pools) {
      pool.stop();
    }
    for (std::thread& thread : threads_) {
      thread.join();
    }
    if (waiter_thread_.joinable()) {
      waiter_.finish();
      waiter_thread_.join();
    }
    guard_.stop();
  }

  [[nodiscard]] Totals totals() const noexcept {
    Totals totals;
    for (const WorkerRecord& record : records_) {
      add_to(totals, record.counters);
    }
    return totals;
  }
  // CPU time of the threads of a role so far, in nanoseconds; those that have ended do not count.
  [[nodiscard]] std::uint64_t cpu_ns(Role role) noexcept {
    std::uint64_t sum = 0;
    if (role == Role::waiter) {
      return thread_cpu_ns(waiter_thread_);
    }
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      if (roles_[i] == role) {
        sum += thread_cpu_ns(threads_[i]);
      }
    }
    return sum;
  }
  [[nodiscard]] S& strategy() noexcept { return shared_.strategy; }
  [[nodiscard]] const S& strategy() const noexcept { return shared_.strategy; }
  [[nodiscard]] std::uint32_t open_sessions() const noexcept {
    return shared_.open_sessions.load(std::memory_order_relaxed);
  }
  [[nodiscard]] const std::deque<WorkerRecord>& records() const noexcept { return records_; }

 private:
  static Settings completed(Settings settings) {
    settings.buffers.workers = settings.client_workers + settings.fetch_workers;
    settings.buffers.pools = settings.pools;
    return settings;
  }
  static std::uint64_t thread_cpu_ns(std::thread& thread) noexcept {
    clockid_t clock{};
    timespec time{};
    if (!thread.joinable() || pthread_getcpuclockid(thread.native_handle(), &clock) != 0 ||
        clock_gettime(clock, &time) != 0) {
      return 0;
    }
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
  }
  void begin_thread(Role role, std::uint32_t index) {
    if (options_.on_thread) {
      options_.on_thread(role, index);
    }
  }
  template <class F>
  void spawn(Role role, std::uint32_t index, F body) {
    roles_.push_back(role);
    threads_.emplace_back([this, role, index, body = std::move(body)] {
      begin_thread(role, index);
      body();
    });
  }

  SharedType shared_;
  PipelineOptions options_;
  std::deque<WorkerRecord> records_;
  typename T::template Waiter<SharedType> waiter_;
  std::latch attached_;
  Guard<S> guard_;
  std::vector<std::thread> threads_;
  std::vector<Role> roles_;
  std::thread waiter_thread_;
  bool stopped_ = false;
};

}  // namespace baton::pipeline
