// A strategy behind one interface, its workers, sessions and slots by number, so that what drives it is
// compiled once. The calls are the contract's; whoever calls keeps its rules.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "strategies/contract.hpp"

namespace baton::test {

inline constexpr std::size_t kWorkers = 3;
inline constexpr std::size_t kPlaces = 3;  // sessions, and as many slots

class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  [[nodiscard]] virtual const Promises& promises() const = 0;
  virtual void attach(std::size_t worker) = 0;
  virtual void detach(std::size_t worker) = 0;
  virtual void open_session(std::size_t session) = 0;
  virtual void close_session(std::size_t session) = 0;
  virtual void open_slot(std::size_t slot) = 0;
  virtual void close_slot(std::size_t slot) = 0;
  virtual ConnBuffer* acquire_client(std::size_t worker, std::size_t session) = 0;
  virtual ConnBuffer* acquire_backend(std::size_t worker, std::size_t slot) = 0;
  virtual ConnBuffer* give(std::size_t worker, ConnBuffer* buffer) = 0;
  virtual ConnBuffer* take(std::size_t worker, ConnBuffer* buffer) = 0;
  virtual void drop(std::size_t worker, ConnBuffer* travelling) = 0;
  virtual void release(std::size_t worker, ConnBuffer* buffer) = 0;
  virtual void idle(std::size_t worker, std::size_t session, ConnBuffer* buffer) = 0;
  virtual bool housekeep(std::size_t worker) = 0;
  virtual void set_buffer_bytes(std::uint32_t bytes) = 0;
  virtual void guard_step() = 0;
  virtual Footprint footprint() = 0;
  virtual Footprint sample() = 0;
};

struct DrivenStrategy {
  std::string name;  // "two_cache", "two_cache_checked"
  std::function<std::unique_ptr<Driver>(const Parameters&)> make;
};
void PrintTo(const DrivenStrategy& strategy, std::ostream* out);
// Every strategy of the registry, plain and checked.
const std::vector<DrivenStrategy>& driven_strategies();

}  // namespace baton::test
