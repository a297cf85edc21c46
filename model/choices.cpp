#include "model/choices.hpp"

#include <stdexcept>

namespace baton::model {
namespace {

constexpr std::string_view kDigits = "0123456789abcdefghijklmnopqrstuvwxyz";

}  // namespace

Choices Choices::exhaustive(Bounds bounds) { return {Mode::exhaustive, bounds}; }

Choices Choices::random(Bounds bounds, std::uint64_t seed) {
  Choices choices(Mode::random, bounds);
  choices.random_.seed(seed);
  choices.begin();
  return choices;
}

Choices Choices::replay(std::string_view schedule) {
  Choices choices(Mode::replay, Bounds{.spurious_failures = ~0U});
  for (const char digit : schedule) {
    const std::size_t chosen = kDigits.find(digit);
    if (chosen == std::string_view::npos) {
      throw std::invalid_argument("schedule: '" + std::string(1, digit) +
                                  "' is no choice; valid are 0 to 9 and a to z");
    }
    choices.made_.push_back({0, static_cast<std::uint8_t>(chosen)});
  }
  return choices;
}

unsigned* Choices::budget(Choice kind) {
  switch (kind) {
    case Choice::thread:
      return &left_.preemptions;
    case Choice::stale_load:
      return &left_.stale_loads;
    case Choice::spurious_failure:
      return &left_.spurious_failures;
    case Choice::other:
      break;
  }
  return nullptr;
}

unsigned Choices::choose(unsigned limit, Choice kind) {
  if (limit < 2) {
    return 0;
  }
  unsigned* const budget_left = budget(kind);
  if (budget_left != nullptr && *budget_left == 0) {
    limit = 1;  // recorded all the same, so that a schedule means the same under other bounds
  }
  unsigned chosen = 0;
  if (depth_ < made_.size()) {
    // A replayed schedule may be one of another build: what it asks for need not be there.
    chosen = made_[depth_].chosen < limit ? made_[depth_].chosen : 0;
    made_[depth_].limit = static_cast<std::uint8_t>(limit);
  } else {
    chosen = draw(limit, kind);
    made_.push_back({static_cast<std::uint8_t>(limit), static_cast<std::uint8_t>(chosen)});
  }
  ++depth_;
  if (chosen != 0 && budget_left != nullptr && *budget_left != ~0U) {
    --*budget_left;
  }
  return chosen;
}

unsigned Choices::draw(unsigned limit, Choice kind) {
  if (mode_ != Mode::random || limit < 2) {
    return 0;
  }
  const auto one_in = [this](unsigned n) { return random_() % n == 0; };
  const auto any_other = [&] { return 1 + static_cast<unsigned>(random_() % (limit - 1)); };
  switch (kind) {
    case Choice::thread:
      return one_in(switch_one_in_) ? any_other() : 0;
    case Choice::stale_load:
      return one_in(3) ? any_other() : 0;
    case Choice::spurious_failure:
      return one_in(8) ? any_other() : 0;
    case Choice::other:
      return static_cast<unsigned>(random_() % limit);
  }
  return 0;
}

void Choices::begin() {
  depth_ = 0;
  left_ = bounds_;
  if (mode_ == Mode::random) {
    made_.clear();
    switch_one_in_ = 2U << (random_() % 4);  // dense switches find other faults than rare ones
  }
}

bool Choices::next() {
  if (mode_ == Mode::replay) {
    return false;
  }
  if (mode_ == Mode::exhaustive) {
    made_.resize(depth_);
    while (!made_.empty() && made_.back().chosen + 1U >= made_.back().limit) {
      made_.pop_back();
    }
    if (made_.empty()) {
      return false;
    }
    ++made_.back().chosen;
  }
  begin();
  return true;
}

std::string Choices::schedule() const {
  std::string digits;
  for (std::size_t i = 0; i < depth_; ++i) {
    digits += kDigits[made_[i].chosen];
  }
  digits.erase(digits.find_last_not_of('0') + 1);
  return digits.empty() ? "0" : digits;
}

}  // namespace baton::model
