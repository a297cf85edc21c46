// What can be planted into an execution, to see that the checker finds it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/site.hpp"

namespace baton::model {

// What a worker is doing; the strategy's locks of one of these can be left out.
enum class Call : std::uint8_t { none, attach, acquire, give, take, release, idle, housekeep, exit, guard };
std::string_view to_string(Call call);

// What each modelled thread is in. Scoped: the call before it is restored.
class InCall {
 public:
  explicit InCall(Call call) noexcept;
  InCall(const InCall&) = delete;
  InCall& operator=(const InCall&) = delete;
  ~InCall();

 private:
  unsigned thread_;
  Call before_;
};
[[nodiscard]] Call current_call() noexcept;

struct Weakening {
  OrderSite site;
  std::memory_order to = std::memory_order_relaxed;
};

// Everything off: nothing is planted.
struct Fault {
  std::optional<Weakening> weakened;           // this memory order is a weaker one
  std::uint64_t tag_mask = ~std::uint64_t{0};  // bits of a stack's tag that are kept
  Call unlocked = Call::none;                  // mutexes are not taken during this call
  Call uncounted = Call::none;                 // what a call does is not counted
  bool lost_wake_up = false;                   // notify does nothing
  bool unstamped_size = false;                 // a size change makes no new generation: sizes go unchecked
  bool skipped_exit = false;                   // a leaving worker's destructor does not run
  bool torn_hang_up = false;                   // giver and receiver do not agree on who has a given buffer
  bool busy_left = false;                      // a self-locking head that was empty is not opened again
  bool lost_refusal = false;                   // what a receiver cannot take does not go back to its giver
};

// The one in force. Set between executions only.
const Fault& planted() noexcept;
void plant(const Fault& fault);

}  // namespace baton::model
