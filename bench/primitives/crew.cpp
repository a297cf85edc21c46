#include "bench/primitives/crew.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <chrono>

namespace baton::primitives {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void run_on(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(processor), &set);
  // Where it is not allowed the threads run where they like; the distance is measured all the same.
  static_cast<void>(pthread_setaffinity_np(pthread_self(), sizeof set, &set));
}

void relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::atomic_signal_fence(std::memory_order_seq_cst);
#endif
}

}  // namespace

const std::vector<int>& processors() {
  static const std::vector<int> found = [] {
    std::vector<int> allowed;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
      for (int i = 0; i < CPU_SETSIZE; ++i) {
        if (CPU_ISSET(static_cast<std::size_t>(i), &set)) {
          allowed.push_back(i);
        }
      }
    }
    if (allowed.empty()) {
      allowed.push_back(0);
    }
    return allowed;
  }();
  return found;
}

void Waiter::pause() noexcept {
  constexpr std::uint32_t kSpinsBeforeYield = 64;
  if (crowded_ && ++spins_ >= kSpinsBeforeYield) {
    spins_ = 0;
    std::this_thread::yield();
    return;
  }
  relax();
}

Crew::Crew(unsigned threads) : planned_(threads), spans_(threads) {
  static_cast<void>(processors());  // before any thread is bound to one of them
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) {
    threads_.emplace_back([this, i] { serve(i); });
  }
}

Crew::~Crew() {
  work_ = nullptr;
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (auto& thread : threads_) {
    thread.join();
  }
}

void Crew::serve(unsigned index) {
  const auto& cpus = processors();
  run_on(cpus[index % cpus.size()]);
  for (std::uint32_t round = 0;; ++round) {
    round_.wait(round, std::memory_order_acquire);
    if (work_ == nullptr) {
      return;
    }
    ready_.fetch_add(1, std::memory_order_acq_rel);
    Waiter waiter(planned_ > cpus.size());
    while (ready_.load(std::memory_order_acquire) < planned_) {
      waiter.pause();
    }
    spans_[index].start = now();
    (*work_)(index);
    spans_[index].end = now();
    if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == planned_) {
      done_.notify_one();
    }
  }
}

double Crew::run(const std::function<void(unsigned)>& work) {
  work_ = &work;
  ready_.store(0, std::memory_order_relaxed);
  done_.store(0, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  for (std::uint32_t done = 0; done != planned_; done = done_.load(std::memory_order_acquire)) {
    done_.wait(done, std::memory_order_acquire);
  }
  double start = spans_[0].start;
  double end = spans_[0].end;
  for (const Span& span : spans_) {
    start = std::min(start, span.start);
    end = std::max(end, span.end);
  }
  return end - start;
}

}  // namespace baton::primitives
