// The pipeline: its threads, from start to the last buffer's return.
#pragma once

#include <pthread.h>

#include <cstdint>
#include <ctime>
#include <deque>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "harness/pipeline/client_worker.hpp"
#include "harness/pipeline/fetch_worker.hpp"
#include "harness/pipeline/guard.hpp"
#include "harness/pipeline/shared.hpp"
#include "strategies/contract.hpp"

namespace baton::pipeline {

enum class Role : std::uint8_t { client_worker, fetch_worker, waiter, guard };

struct PipelineOptions {
  bool record_housekeeping = false;
  bool record_acquires = false;
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
    if (options_.record_acquires) {
      for (WorkerRecord& record : records_) record.acquires = std::make_unique<Histogram>();
    }
    for (std::uint32_t i = 0; i < settings.client_workers + settings.fetch_workers; ++i) {
      members_.push_back({.index = i});
    }
    for (Member& member : members_) {
      const std::lock_guard lock(members_mutex_);
      begin(member, nullptr);
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
    for (Member& member : members_) {
      for (std::thread thread = take_thread(member); thread.joinable(); thread = take_thread(member))
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
  // CPU time of the threads of a role so far, in nanoseconds; of those that have ended it counts where others
  // took their place.
  [[nodiscard]] std::uint64_t cpu_ns(Role role) noexcept {
    std::uint64_t sum = 0;
    if (role == Role::waiter) {
      return thread_cpu_ns(waiter_thread_);
    }
    const std::lock_guard lock(members_mutex_);
    for (Member& member : members_) {
      if (role_of(member) == role) {
        sum += member.ended_ns + thread_cpu_ns(member.thread);
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
  // A worker's place: the threads that serve there one after the other.
  struct Member {
    std::uint32_t index;  // of the worker: client workers first
    std::thread thread = {};
    std::uint64_t ended_ns = 0;  // CPU time of threads that have ended
    bool attached = false;       // one of them has begun
  };
  [[nodiscard]] Role role_of(const Member& member) const noexcept {
    return member.index < shared_.settings.client_workers ? Role::client_worker : Role::fetch_worker;
  }
  // With the lock held. The thread before has ended when this one begins.
  void begin(Member& member, const std::shared_ptr<std::thread>& before) {
    member.thread = std::thread([this, &member, before] {
      if (before) before->join();
      serve(member);
    });
  }
  // The body of a worker's thread. Another takes its place as long as there is one to be had.
  void serve(Member& member) {
    const Role role = role_of(member);
    begin_thread(role,
                 role == Role::fetch_worker ? member.index - shared_.settings.client_workers : member.index);
    while (serve_as(role, member)) {
      records_[member.index].counters.replaced.add();
      const std::lock_guard lock(members_mutex_);
      const std::uint64_t so_far = thread_cpu_ns(member.thread);
      const auto self = std::make_shared<std::thread>(std::move(member.thread));
      try {
        begin(member, self->joinable() ? self : nullptr);  // not joinable: stop() waits for this one already
        member.ended_ns += so_far;
        return;
      } catch (const std::system_error&) {
        member.thread = std::move(*self);  // no thread is to be had: this one goes on
      }
    }
  }
  // True: the worker is to be replaced. Everything of it is gone then.
  bool serve_as(Role role, Member& member) {
    const std::uint32_t index = member.index;
    if (role == Role::fetch_worker) {
      FetchWorker<S, T> worker(shared_, index, records_[index]);
      attach(member);
      return worker.run();
    }
    ClientWorker<S, T> worker(shared_, index, records_[index], shared_.transport.local(index));
    attach(member);
    return worker.run(waiter_);
  }
  void attach(Member& member) {
    if (!std::exchange(member.attached, true)) attached_.count_down();
  }
  std::thread take_thread(Member& member) {
    const std::lock_guard lock(members_mutex_);
    return std::move(member.thread);
  }

  SharedType shared_;
  PipelineOptions options_;
  std::deque<WorkerRecord> records_;
  typename T::template Waiter<SharedType> waiter_;
  std::latch attached_;
  Guard<S> guard_;
  std::mutex members_mutex_;  // over their threads
  std::deque<Member> members_;
  std::thread waiter_thread_;
  bool stopped_ = false;
};

}  // namespace baton::pipeline
