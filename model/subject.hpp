// A strategy of the registry on the model's platform, with the handles of its workers, behind one interface.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "strategies/contract.hpp"

namespace baton::model {

// Workers, sessions and slots have the index of their thread.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual void attach(unsigned worker) = 0;
  virtual void leave(unsigned worker) = 0;   // its destructor
  virtual void forget(unsigned worker) = 0;  // planted: without it
  virtual ConnBuffer* acquire_client(unsigned worker) = 0;
  virtual ConnBuffer* acquire_backend(unsigned worker) = 0;
  virtual ConnBuffer* give(unsigned worker, ConnBuffer* buffer) = 0;
  virtual ConnBuffer* take(unsigned worker, ConnBuffer* buffer) = 0;
  virtual void drop(unsigned worker, ConnBuffer* buffer) = 0;
  virtual void release(unsigned worker, ConnBuffer* buffer) = 0;
  virtual void idle(unsigned worker, ConnBuffer* buffer) = 0;
  virtual void housekeep_locked(unsigned worker) = 0;  // nothing for strategies that have none
  virtual void housekeep(unsigned worker) = 0;
  virtual void guard_step() = 0;  // likewise
  virtual void set_buffer_bytes(std::uint32_t bytes) = 0;
  virtual Footprint footprint() = 0;
  virtual void close_places() = 0;
};

struct Strategies {
  const Promises* promises;
  std::unique_ptr<Subject> (*make)(const Parameters&, unsigned threads);
};
// All of the registry.
const std::vector<Strategies>& strategies();
// nullptr if there is none of that name.
const Strategies* find_strategy(std::string_view name);

}  // namespace baton::model
