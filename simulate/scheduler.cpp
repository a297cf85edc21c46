#include "simulate/scheduler.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "simulate/fibers.hpp"

namespace baton::simulate {

Scheduler::Scheduler(std::uint32_t cores, std::uint32_t threads, Picoseconds slice, Picoseconds change)
    : cores_(cores),
      shares_(threads > cores),
      slice_(slice),
      change_(change),
      clocks_(threads),
      left_(threads, slice),
      by_core_(cores) {
  ready_.reserve(threads);
}

Scheduler::~Scheduler() = default;

void Scheduler::push(ThreadId thread) {
  ready_.push_back({clocks_[thread], thread});
  std::push_heap(ready_.begin(), ready_.end());
}

ThreadId Scheduler::pop() {
  if (ready_.empty()) {
    std::fputs("every simulated thread sleeps, and none is left to wake another\n", stderr);
    std::abort();
  }
  std::pop_heap(ready_.begin(), ready_.end());
  const ThreadId next = ready_.back().thread;
  ready_.pop_back();
  return next;
}

void Scheduler::run(std::uint32_t n, const std::function<void(ThreadId)>& body) {
  std::uint32_t unfinished = n;
  ready_.clear();
  for (ThreadId thread = 0; thread < n; ++thread) come_back(thread, 0, 0, false);
  fibers_ = std::make_unique<Fibers>(n, [&](ThreadId thread) {
    running_ = thread;
    body(thread);
    leave(of(thread));
    if (--unfinished == 0) {
      running_ = kNobody;
      return Fibers::kThread;
    }
    return running_ = pop();
  });
  fibers_->go(Fibers::kThread, pop());
  fibers_.reset();
}

void Scheduler::run_next() {
  const ThreadId self = running_;
  running_ = pop();
  if (running_ != self) fibers_->go(self, running_);
}

void Scheduler::turn() {
  const Ready self{clocks_[running_], running_};
  if (ready_.empty() || ready_.front() < self) return;  // "less" is later
  const ThreadId next = ready_.front().thread;
  // The one at the front goes, this one takes its place and sinks.
  std::size_t at = 0;
  for (std::size_t child = 1; child < ready_.size(); child = 2 * at + 1) {
    if (child + 1 < ready_.size() && ready_[child] < ready_[child + 1]) ++child;
    if (!(self < ready_[child])) break;
    ready_[at] = ready_[child];
    at = child;
  }
  ready_[at] = self;
  running_ = next;
  fibers_->go(self.thread, next);
}

void Scheduler::take(Core& core, ThreadId thread, Picoseconds when) {
  core.has = thread;
  core.since = when + left_[thread];
  clocks_[thread] = when;
  push(thread);
}

void Scheduler::leave(Core& core) {
  const Picoseconds now = clocks_[running_];
  left_[running_] = core.since > now ? core.since - now : slice_;
  core.has = kNobody;
  core.since = now;
  core.taken = false;
  if (core.waiting.empty()) return;
  const Ready next = core.waiting.front();
  core.waiting.pop_front();
  take(core, next.thread, std::max(next.clock, core.since) + change_);
}

void Scheduler::come_back(ThreadId thread, Picoseconds idle, Picoseconds busy, bool takes_core) {
  Core& core = of(thread);
  if (core.has == kNobody) {
    take(core, thread, std::max(idle, core.since));
  } else if (takes_core && !core.taken) {
    core.taken = true;
    core.waiting.push_front({busy, thread});
  } else {
    core.waiting.push_back({busy, thread});
  }
}

void Scheduler::share() {
  if (!shares_) return;
  Core& core = of(running_);
  const Picoseconds now = clocks_[running_];
  if (core.waiting.empty() || core.waiting.front().clock > now) return;
  if (core.taken) {
    core.waiting.insert(core.waiting.begin() + 1, {now, running_});
  } else if (now >= core.since) {
    core.waiting.push_back({now, running_});
  } else {
    return;
  }
  ++preemptions_;
  leave(core);
  run_next();
}

void Scheduler::sleep() {
  leave(of(running_));
  run_next();
}

void Scheduler::sleep_until(Picoseconds when) {
  const ThreadId self = running_;
  leave(of(self));
  clocks_[self] = when;
  push(self);  // with its core or without: it looks when the time has come
  run_next();
  Core& core = of(self);
  if (core.has == kNobody) {
    core.has = self;
    clocks_[self] = std::max(when, core.since);
    core.since = clocks_[self] + left_[self];
  } else {
    core.waiting.push_back({when, self});
    run_next();
  }
}

void Scheduler::wake(ThreadId thread, Picoseconds now, Picoseconds wake_up, bool takes_core) {
  now = std::max(now, clocks_[thread]);  // which is ahead of who has just gone to sleep
  come_back(thread, now + wake_up, now, takes_core);
}

}  // namespace baton::simulate
