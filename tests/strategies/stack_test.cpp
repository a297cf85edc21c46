// The tagged stack and its node table.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "strategies/lockfree_stack.hpp"

namespace baton::test {
namespace {

using Nodes = NodeTable<NativePlatform>;
using Stack = TaggedStack<NativePlatform>;

TEST(NodeTable, HandsOutEveryIndexOnceAcrossSegments) {
  const auto nodes = std::make_unique<Nodes>();
  for (std::uint32_t i = 0; i < 3 * Nodes::kSegmentNodes; ++i) {
    StackNode<NativePlatform>* const node = nodes->add();
    ASSERT_NE(node, nullptr);
    EXPECT_EQ(node->index, i);
    EXPECT_EQ(&(*nodes)[i], node);
  }
}

TEST(NodeTable, NodesStayWhereTheyAreWhileItGrows) {
  const auto nodes = std::make_unique<Nodes>();
  const auto* const first = nodes->add();
  for (std::uint32_t i = 0; i < 2 * Nodes::kSegmentNodes; ++i) {
    ASSERT_NE(nodes->add(), nullptr);
  }
  EXPECT_EQ(&(*nodes)[0], first);
}

TEST(TaggedStack, IsLastInFirstOut) {
  const auto nodes = std::make_unique<Nodes>();
  Stack stack(*nodes);
  EXPECT_EQ(stack.pop(), nullptr);
  auto& a = *nodes->add();
  auto& b = *nodes->add();
  stack.push(a);
  stack.push(b);
  EXPECT_EQ(stack.pop(), &b);
  EXPECT_EQ(stack.pop(), &a);
  EXPECT_EQ(stack.pop(), nullptr);
}

TEST(TaggedStack, TakesAllAsAChain) {
  const auto nodes = std::make_unique<Nodes>();
  Stack stack(*nodes);
  EXPECT_EQ(stack.take_all(), nullptr);
  auto& a = *nodes->add();
  auto& b = *nodes->add();
  stack.push(a);
  stack.push(b);
  auto* const first = stack.take_all();
  EXPECT_EQ(first, &b);
  EXPECT_EQ(stack.next_in_chain(*first), &a);
  EXPECT_EQ(stack.next_in_chain(a), nullptr);
  EXPECT_EQ(stack.pop(), nullptr);
}

// A platform whose exchanges let the test step in between a pop's reads and its exchange.
struct SteppedPlatform : NativePlatform {
  static inline void (*before_exchange)() = nullptr;
  template <class T>
  struct Atomic : std::atomic<T> {
    using std::atomic<T>::atomic;
    bool compare_exchange_weak(T& expected, T wanted, std::memory_order success,
                               std::memory_order failure) noexcept {
      if (before_exchange != nullptr) {
        std::exchange(before_exchange, nullptr)();
      }
      return std::atomic<T>::compare_exchange_strong(expected, wanted, success, failure);
    }
  };
};

TEST(TaggedStack, APopThatWasOvertakenDoesNotBringBackWhatOthersHave) {
  static std::unique_ptr<NodeTable<SteppedPlatform>> nodes;
  static TaggedStack<SteppedPlatform>* stack;
  nodes = std::make_unique<NodeTable<SteppedPlatform>>();
  TaggedStack<SteppedPlatform> pool(*nodes);
  stack = &pool;
  pool.push(*nodes->add());  // 0, below
  pool.push(*nodes->add());  // 1, on top
  // While this thread is about to exchange 1 for 0, another pops both and pushes 1 back: the index is the
  // same (ABA).
  SteppedPlatform::before_exchange = [] {
    auto* const top = stack->pop();
    ASSERT_EQ(stack->pop(), &(*nodes)[0]);
    stack->push(*top);
  };
  EXPECT_EQ(pool.pop(), &(*nodes)[1]);
  EXPECT_EQ(pool.pop(), nullptr);  // and not 0, which the other still has
  nodes.reset();
}

TEST(TaggedStack, NoNodeIsLostOrPoppedTwiceByFourThreads) {
  constexpr std::uint32_t kNodes = 6;
  const auto nodes = std::make_unique<Nodes>();
  Stack stack(*nodes);
  std::vector<std::atomic<bool>> taken(kNodes);
  for (std::uint32_t i = 0; i < kNodes; ++i) {
    stack.push(*nodes->add());
  }
  std::atomic<std::uint32_t> twice{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        if (auto* const node = stack.pop()) {
          twice += taken[node->index].exchange(true) ? 1U : 0U;
          taken[node->index].store(false);
          stack.push(*node);
        }
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(twice.load(), 0U);
  std::uint32_t left = 0;
  while (stack.pop() != nullptr) {
    ++left;
  }
  EXPECT_EQ(left, kNodes);
}

TEST(LockfreeStack, OneThatWorksAloneNeverNeedsMoreThanItHadAtOnce) {
  LockfreeStack<> strategy{Parameters{}};
  auto worker = strategy.attach(0);
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  for (int request = 0; request < 100; ++request) {
    ConnBuffer* const client = worker.acquire(session);
    worker.release(worker.acquire(slot));
    worker.release(client);
  }
  EXPECT_EQ(strategy.footprint().created.buffers, 2U);
}

}  // namespace
}  // namespace baton::test
