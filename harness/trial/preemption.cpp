#include "harness/trial/preemption.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <ctime>
#include <system_error>

#include "harness/pipeline/timed_acquire.hpp"

namespace baton::trial {
namespace {

std::atomic<std::uint64_t> threads_slept{0};

constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kRetryNs = 3'000, kIdleNs = 100'000;

timespec time_of(std::uint64_t ns) noexcept {
  return {static_cast<time_t>(ns / kSecond), static_cast<long>(ns % kSecond)};
}

// One thread's timer; after its construction used by the signal's handler only.
class ThreadTimer {
 public:
  ThreadTimer() = default;
  ThreadTimer(const ThreadTimer&) = delete;
  ThreadTimer& operator=(const ThreadTimer&) = delete;
  ~ThreadTimer();
  void begin(std::uint64_t between_ns, std::uint64_t sleep_ns, std::uint64_t seed);
  void go_off() noexcept;

 private:
  std::uint64_t draw() noexcept {  // xorshift64
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    return state_ ^= state_ << 17U;
  }
  // Half as much to half as much again.
  std::uint64_t about(std::uint64_t ns) noexcept { return ns / 2 + draw() % ns; }
  void arm(std::uint64_t ns) noexcept {
    const itimerspec in{.it_interval = {}, .it_value = time_of(ns)};
    timer_settime(timer_, 0, &in, nullptr);
  }

  timer_t timer_{};
  std::uint64_t between_ns_ = 0, sleep_ns_ = 0, state_ = 0;
  std::uint32_t acquires_ = 0;  // when it went off the last time
};

thread_local ThreadTimer* this_timer = nullptr;

extern "C" void timer_went_off(int /*signal*/) {
  if (this_timer != nullptr) this_timer->go_off();
}

void ThreadTimer::begin(std::uint64_t between_ns, std::uint64_t sleep_ns, std::uint64_t seed) {
  between_ns_ = between_ns;
  sleep_ns_ = sleep_ns;
  constexpr std::uint64_t kMix = 0x9E37'79B9'7F4A'7C15;
  state_ = (seed + 1) * kMix + static_cast<std::uint64_t>(::gettid());
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = SIGRTMIN;
  event._sigev_un._tid = ::gettid();  // glibc has no name for it before 2.38
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0)
    throw std::system_error(errno, std::generic_category(), "a timer for faults.preempt_per_s");
  this_timer = this;
  arm(about(between_ns_));
}

ThreadTimer::~ThreadTimer() {
  if (this_timer != this) return;
  this_timer = nullptr;
  ::timer_delete(timer_);
}

void ThreadTimer::go_off() noexcept {
  const int before = errno;
  pipeline::AcquireMark& mark = pipeline::acquire_mark;
  const std::uint32_t acquires = mark.acquires;
  if (mark.inside != 0) {
    mark.slept = 1;
    threads_slept.fetch_add(1, std::memory_order_relaxed);  // a count
    const timespec nap = time_of(about(sleep_ns_));
    ::nanosleep(&nap, nullptr);
    arm(about(between_ns_));
  } else {
    arm(about(acquires == acquires_ ? kIdleNs : kRetryNs));
  }
  acquires_ = acquires;
  errno = before;
}

}  // namespace

Preemption::Preemption(const TrialConfig& config)
    : between_(0), sleep_(std::chrono::microseconds(config.faults.preempt_us)), seed_(config.seed) {
  if (config.faults.preempt_per_s <= 0) return;
  between_ = std::chrono::nanoseconds(std::llround(
      static_cast<double>(kSecond) * config.pipeline.client_workers / config.faults.preempt_per_s));
  struct sigaction action {};
  action.sa_handler = timer_went_off;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGRTMIN, &action, nullptr);
}

void Preemption::begin_on_this_thread() const {
  if (between_.count() == 0) return;
  static thread_local ThreadTimer timer;
  timer.begin(static_cast<std::uint64_t>(between_.count()), static_cast<std::uint64_t>(sleep_.count()),
              seed_);
}

std::uint64_t Preemption::happened() noexcept { return threads_slept.load(std::memory_order_relaxed); }

}  // namespace baton::trial
