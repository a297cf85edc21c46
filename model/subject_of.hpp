// Subject for one strategy.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "model/engine.hpp"
#include "model/subject.hpp"

namespace baton::model {

template <class S>
class SubjectOf : public Subject {
 public:
  SubjectOf(const Parameters& parameters, unsigned threads) : strategy_(std::make_unique<S>(parameters)) {
    for (unsigned i = 0; i < threads; ++i) {
      threads_[i].session.reset(new typename S::Session(strategy_->open_session()));
    }
  }
  void attach(unsigned worker) override {
    threads_[worker].worker.reset(new typename S::Worker(strategy_->attach(worker)));
  }
  void leave(unsigned worker) override { threads_[worker].worker.reset(); }
  void forget(unsigned worker) override { static_cast<void>(threads_[worker].worker.release()); }
  ConnBuffer* acquire_client(unsigned worker) override {
    return at(worker).acquire(*threads_[worker].session);
  }
  // Each fetch has a slot of its own, since an earlier one may still be going on.
  ConnBuffer* acquire_backend(unsigned worker) override {
    auto& slots = threads_[worker].slots;
    slots.emplace_back(new typename S::Slot(strategy_->open_slot()));
    return at(worker).acquire(*slots.back());
  }
  ConnBuffer* give(unsigned worker, ConnBuffer* buffer) override { return at(worker).give(buffer); }
  ConnBuffer* take(unsigned worker, ConnBuffer* buffer) override { return at(worker).take(buffer); }
  void drop(unsigned worker, ConnBuffer* buffer) override { drop_travelling(at(worker), buffer); }
  void release(unsigned worker, ConnBuffer* buffer) override { at(worker).release(buffer); }
  void idle(unsigned worker, ConnBuffer* buffer) override {
    at(worker).idle(*threads_[worker].session, buffer);
  }
  void housekeep_locked(unsigned worker) override {
    if constexpr (S::kPromises.housekeeps_under_pool_lock) {
      at(worker).housekeep_locked();
    }
  }
  void housekeep(unsigned worker) override { static_cast<void>(at(worker).housekeep()); }
  void guard_step() override {
    if constexpr (S::kPromises.needs_guard) {
      static_cast<void>(strategy_->guard_step());
    }
  }
  void set_buffer_bytes(std::uint32_t bytes) override { strategy_->set_buffer_bytes(bytes); }
  Footprint footprint() override { return strategy_->footprint(); }
  void close_places() override {
    for (auto& thread : threads_) {
      thread.session.reset();
      thread.slots.clear();
    }
  }

 private:
  struct Thread {
    std::unique_ptr<typename S::Session> session;
    std::vector<std::unique_ptr<typename S::Slot>> slots;
    std::unique_ptr<typename S::Worker> worker;
  };
  typename S::Worker& at(unsigned worker) { return *threads_[worker].worker; }

  std::unique_ptr<S> strategy_;
  std::array<Thread, kMaxThreads> threads_;
};

}  // namespace baton::model
