#include "model/fault.hpp"

#include <array>
#include <utility>

#include "model/engine.hpp"

namespace baton::model {
namespace {
Fault in_force;
std::array<Call, kMaxThreads> calls{};
}  // namespace

InCall::InCall(Call call) noexcept : thread_(this_thread()), before_(std::exchange(calls[thread_], call)) {}
InCall::~InCall() { calls[thread_] = before_; }
Call current_call() noexcept { return calls[this_thread()]; }

const Fault& planted() noexcept { return in_force; }
void plant(const Fault& fault) {
  in_force = fault;
  calls.fill(Call::none);  // an execution that failed left them
}

std::string_view to_string(Call call) {
  switch (call) {
    case Call::none:
      return "nothing";
    case Call::attach:
      return "attach";
    case Call::acquire:
      return "acquire";
    case Call::give:
      return "give";
    case Call::take:
      return "take";
    case Call::release:
      return "release";
    case Call::idle:
      return "idle";
    case Call::housekeep:
      return "housekeep";
    case Call::exit:
      return "exit";
    case Call::guard:
      return "guard";
  }
  return "?";
}

}  // namespace baton::model
