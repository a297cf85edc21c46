// A trivial reference for every strategy: who owns what, and which bytes must be in it. It does a step on
// itself and on the strategy, and throws Broken where the two differ. Steps that the contract forbids where
// things stand are left out, so that any sequence of steps is a legal one.
#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/properties/driver.hpp"

namespace baton::test {

enum class Call : std::uint8_t {
  attach_or_detach,
  open_or_close_session,
  open_or_close_slot,
  acquire_client,
  acquire_backend,
  fill,
  consume,
  give,
  take,
  release,
  idle,
  housekeep,
  set_buffer_bytes,
  guard_step,
  kCount,
};

struct Step {
  Call call = Call::housekeep;
  std::uint32_t worker = 0;  // below kWorkers
  std::uint32_t pick = 0;    // which session, slot, buffer or size
  std::uint32_t bytes = 0;   // how many to fill or consume
};
std::ostream& operator<<(std::ostream& out, const Step& step);

class Broken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Reference {
 public:
  Reference(const DrivenStrategy& strategy, const Parameters& parameters);
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  // Before finish(), something was broken: the strategy is leaked then, since its end would abort the search.
  ~Reference();

  void run(const Step& step);  // and compares everything afterwards
  // Lets go of everything; then nothing may be left.
  void finish();
  [[nodiscard]] std::uint64_t steps_done() const noexcept { return steps_done_; }

 private:
  struct Held {
    ConnBuffer* buffer;
    std::string unread;
    std::uint32_t place;  // of which session or slot
    std::uint32_t home;   // the worker it was acquired on
    std::uint32_t giver;  // of what travels
  };
  struct Worker {
    bool attached = false;
    bool acquired_client = false;  // since its last housekeeping
    bool acquired_backend = false;
    bool took = false;
    std::size_t seen = 0;  // which of sizes_ was in force when it last kept house
    std::vector<Held> clients;
    std::optional<Held> backend;
  };
  struct Session {
    bool open = false;
    bool out = false;
    std::string kept;
  };
  struct Slot {
    bool open = false;
    bool out = false;
  };

  bool attach_or_detach(std::uint32_t index);
  bool open_or_close_session(std::uint32_t index);
  bool open_or_close_slot(std::uint32_t index);
  bool acquire_client(std::uint32_t index, std::uint32_t session);
  bool acquire_backend(std::uint32_t index, std::uint32_t slot);
  bool fill(std::uint32_t index, std::uint32_t pick, std::uint32_t bytes);
  bool consume(std::uint32_t index, std::uint32_t pick, std::uint32_t bytes);
  bool give(std::uint32_t index);
  bool take(std::uint32_t index, std::uint32_t pick);
  bool release(std::uint32_t index, std::uint32_t pick);
  bool idle(std::uint32_t index, std::uint32_t pick);
  bool housekeep(std::uint32_t index);
  bool set_buffer_bytes(std::uint32_t pick);

  Held* held_by(std::uint32_t index, std::uint32_t pick);
  // Another still reads this worker's memory: housekeeping or leaving would wait for it, here for ever.
  [[nodiscard]] bool is_tied(std::uint32_t index) const;
  void require_new(const Worker& worker, const ConnBuffer& buffer, const std::string& unread) const;
  void compare();
  void require(bool holds, const std::string& sentence) const;

  Parameters parameters_;
  std::unique_ptr<Driver> driver_;
  std::array<Worker, kWorkers> workers_;
  std::array<Session, kPlaces> sessions_;
  std::array<Slot, kPlaces> slots_;
  std::vector<Held> travelling_;
  std::vector<std::uint32_t> sizes_;  // that were in force, one for each generation
  std::uint32_t filled_ = 0;          // makes every byte written another one
  std::uint64_t steps_done_ = 0;
  Footprint before_;
  bool finished_ = false;
};

}  // namespace baton::test
