// Targets of the origin: any bytes are a plan within the limits of its keys, or an error that says why.
#include <string>

#include "fuzz/target.hpp"
#include "harness/load/origin_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace baton;
  const fuzz::Exact memory(fuzz::text_of(data, size));
  load::AnswerPlan plan;
  const load::TargetError error = load::parse_target(memory.view(), plan);
  if (error.status != 0) {
    fuzz::require(error.status == 400 || error.status == 404, "an error is 400 or 404");
    fuzz::require(!error.message.empty(), "an error says why");
    return 0;
  }
  fuzz::require(plan.status >= 200 && plan.status <= 599 && plan.chunk_bytes >= 1, "a plan is within limits");
  if (memory.view().starts_with('/')) {
    load::AnswerPlan absolute;
    const std::string target = "http://o.example:1" + std::string(memory.view());
    fuzz::require(load::parse_target(target, absolute).status == 0,
                  "the same target in absolute form is good");
    fuzz::require(absolute.body.bytes == plan.body.bytes && absolute.body.seed == plan.body.seed &&
                      absolute.content == plan.content && absolute.status == plan.status &&
                      absolute.stall_at == plan.stall_at && absolute.lie == plan.lie,
                  "the same target in absolute form means the same");
  }
  return 0;
}
