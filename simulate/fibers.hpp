// Fibers that switch to one another: Boost.Context's, with room for the thread's own.
#pragma once

#include <boost/context/fiber.hpp>
#include <boost/context/fixedsize_stack.hpp>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace baton::simulate {

class Fibers {
 public:
  static constexpr std::uint32_t kThread = ~std::uint32_t{0};

  // body(i) is fiber i's; it returns which one runs next (kThread: the thread).
  Fibers(std::uint32_t n, std::function<std::uint32_t(std::uint32_t)> body) : body_(std::move(body)) {
    constexpr std::size_t kStackBytes = 128 * 1024;
    fibers_.reserve(n);
    for (std::uint32_t i = 0; i < n; ++i) {
      fibers_.emplace_back(std::allocator_arg, boost::context::fixedsize_stack(kStackBytes),
                           [this, i](boost::context::fiber&& before) {
                             of(before_) = std::move(before);
                             const std::uint32_t next = body_(i);
                             before_ = i;  // what of() of it gets is empty: it has ended
                             return std::move(of(next));
                           });
    }
  }
  // `from` runs, and goes on when somebody switches back to it.
  void go(std::uint32_t from, std::uint32_t to) {
    before_ = from;
    boost::context::fiber came_from = std::move(of(to)).resume();
    of(before_) = std::move(came_from);
  }

 private:
  boost::context::fiber& of(std::uint32_t i) noexcept { return i == kThread ? thread_ : fibers_[i]; }

  std::function<std::uint32_t(std::uint32_t)> body_;
  std::vector<boost::context::fiber> fibers_;
  boost::context::fiber thread_;
  std::uint32_t before_ = kThread;
};

}  // namespace baton::simulate
