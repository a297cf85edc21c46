#include "harness/load/rate_search.hpp"

#include <algorithm>
#include <cmath>

namespace baton::load {

std::string_view to_string(ProbeKind kind) noexcept {
  switch (kind) {
    case ProbeKind::bracket:
      return "bracket";
    case ProbeKind::bisect:
      return "bisect";
    case ProbeKind::confirm:
      return "confirm";
  }
  return "";
}

std::string_view to_string(RateSearch::End end) noexcept {
  switch (end) {
    case RateSearch::End::confirmed:
      return "confirmed";
    case RateSearch::End::none:
      return "no rate holds";
    case RateSearch::End::unbounded:
      return "the highest rate holds";
    case RateSearch::End::given_up:
      return "given up";
  }
  return "";
}

std::optional<RateSearch::Next> RateSearch::next() const {
  if (end_) {
    return std::nullopt;
  }
  return Next{.rate = trying_, .kind = kind_};
}

void RateSearch::note(bool holds) {
  if (end_) {
    return;
  }
  ++probes_;
  if (kind_ == ProbeKind::confirm) {
    confirm(holds);
  } else {
    (holds ? holds_ : fails_) = trying_;
    if (kind_ == ProbeKind::bracket) {
      after_bracket(holds);
    } else {
      narrow();
    }
  }
  if (!end_ && probes_ >= options_.most_probes) {
    end_ = End::given_up;
  }
}

void RateSearch::give_up() noexcept {
  if (!end_) {
    end_ = End::given_up;
  }
}

void RateSearch::after_bracket(bool held) {
  if (holds_ && fails_) {
    narrow();
    return;
  }
  const double further = held ? trying_ * 2 : trying_ / 2;
  if (held && further > options_.most) {
    end_ = End::unbounded;
  } else if (!held && further < options_.least) {
    end_ = End::none;
  }
  trying_ = further;
}

void RateSearch::narrow() {
  if (*fails_ / *holds_ > 1 + options_.precision) {
    kind_ = ProbeKind::bisect;
    trying_ = std::sqrt(*holds_ * *fails_);
    return;
  }
  kind_ = ProbeKind::confirm;
  trying_ = *holds_;
  confirmed_ = 0;
}

void RateSearch::confirm(bool held) {
  if (held) {
    holds_ = trying_;
    if (++confirmed_ == options_.confirmations) {
      end_ = End::confirmed;
    }
    return;
  }
  fails_ = trying_;
  holds_.reset();
  confirmed_ = 0;
  trying_ /= 1 + options_.precision;
  if (trying_ < options_.least) {
    end_ = End::none;
  }
}

}  // namespace baton::load
