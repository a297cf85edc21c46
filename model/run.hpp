// An execution of a scenario, and what has to hold in it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/engine.hpp"
#include "model/fault.hpp"
#include "model/platform.hpp"
#include "model/scenario.hpp"
#include "model/subject.hpp"

namespace baton::model {

// The oracles:
//   no race        an owner writes the payload, so that two owners, or an owner and the free, are a race
//   one owner      the strategy hands out nothing that is owned or travels
//   bytes          unread bytes arrive as they were given; a buffer has the size that is in force
//   emptiness      no acquire fails while a buffer must have been there
//   conservation   at rest created - destroyed = parked, nothing travels, leaving workers keep nothing
//   lifetime       nothing is used after it was freed, and nothing is left at the end
//   progress       no deadlock, no livelock (the engine's)
class ScenarioRun : public Execution {
 public:
  ScenarioRun(const Strategies& strategy, Scenario scenario);
  ScenarioRun(const ScenarioRun&) = delete;
  ScenarioRun& operator=(const ScenarioRun&) = delete;
  ~ScenarioRun() override;

  void begin() override;
  void thread(unsigned index) override;
  void end() override;

 private:
  struct Owned {
    ConnBuffer* buffer;
    bool travels;
  };
  struct Thread {
    bool acquiring = false;
    unsigned busiest = 0;  // most buffers that others had since this thread's acquire began
    ConnBuffer* client = nullptr;
    ConnBuffer* backend = nullptr;
    bool client_acquired = false;  // since the last request boundary
    bool backend_acquired = false;
    bool taken = false;
    std::uint32_t kept = 0;  // unread bytes that idle left with the session
    bool attached = false;
  };

  void step(unsigned self, char what);
  void acquire_client(unsigned self);
  void acquire_backend(unsigned self);
  void release(unsigned self, ConnBuffer*& buffer);
  void give(unsigned self);
  void take(unsigned self);
  bool take_from(unsigned self, unsigned giver);
  void not_taken(unsigned self, unsigned giver, ConnBuffer* travelling);
  void idle(unsigned self, bool unread);
  void boundary(unsigned self);
  void leave(unsigned self);
  void attach(unsigned self);
  void let_go(unsigned self);
  void prime();
  std::uint32_t acquire_all();
  void change_size_at_rest();
  void check_conserved(const char* when);

  ConnBuffer* checked(unsigned self, ConnBuffer* buffer, std::uint32_t unread);
  [[nodiscard]] ConnBuffer* obtained(unsigned self, ConnBuffer* buffer);
  void now_busy(int change);
  void abandon();
  void disown(ConnBuffer* buffer);
  ConnBuffer* receive(unsigned giver);

  const Strategies& strategy_;
  Scenario scenario_;
  unsigned threads_;
  std::unique_ptr<Subject> subject_;
  std::unique_ptr<ModelMutex> pool_lock_;
  std::array<std::unique_ptr<Word>, kMaxThreads> channels_;  // what a thread gave and nobody took yet
  std::array<Thread, kMaxThreads> state_;
  std::vector<Owned> owned_;
  unsigned busy_ = 0;  // buffers that are owned, travel, are kept, or that a call may have at the moment
};

}  // namespace baton::model
