#include "harness/trial/code_copies.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace baton::trial {

namespace {

std::vector<CopiesOf>& used() {
  static std::vector<CopiesOf> copies;
  return copies;
}

const CopiesOf* copies_of(const Instance& instance) noexcept {
  const auto found = std::ranges::find(used(), instance.name(), &CopiesOf::strategy);
  return found == used().end() ? nullptr : &*found;
}

}  // namespace

void use_code_copies(std::vector<CopiesOf> copies) { used() = std::move(copies); }

std::uint32_t code_copies_of(const Instance& instance) noexcept {
  const CopiesOf* const more = copies_of(instance);
  return more == nullptr ? 1 : 1 + static_cast<std::uint32_t>(more->copies.size());
}

MakePipeline<MemoryTransport> code_copy_of(const Instance& instance, std::uint32_t copy) {
  return copy == 0 ? instance.memory : copies_of(instance)->copies.at(copy - 1);
}

std::uint32_t CopyOrder::next(std::mt19937_64& random) {
  if (at_ == 0) {
    std::iota(order_.begin(), order_.end(), 0U);
    std::shuffle(order_.begin(), order_.end(), random);
  }
  const std::uint32_t copy = order_[at_];
  at_ = (at_ + 1) % order_.size();
  return copy;
}

}  // namespace baton::trial
