// Strategies between real threads: what AddressSanitizer and ThreadSanitizer are to look at.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/strategies/contract/subject.hpp"

namespace baton::test {
namespace {

// What travels between threads, and the lock of a thread pool (contract, rule 13).
class Mailbox {
 public:
  template <class W>
  void post(W& worker, ConnBuffer* travelling) {
    {
      const std::lock_guard lock(mutex_);
      if constexpr (requires { worker.housekeep_locked(); }) {
        worker.housekeep_locked();
      }
      posted_.push_back(travelling);
    }
    arrival_.notify_one();
  }
  // nullptr: closed.
  template <class W>
  ConnBuffer* wait(W& worker) {
    std::unique_lock lock(mutex_);
    if constexpr (requires { worker.housekeep_locked(); }) {
      worker.housekeep_locked();
    }
    arrival_.wait(lock, [this] { return closed_ || !posted_.empty(); });
    return pop();
  }
  ConnBuffer* try_get() {
    const std::lock_guard lock(mutex_);
    return pop();
  }
  template <class W>
  void visit(W& worker) {
    if constexpr (requires { worker.housekeep_locked(); }) {
      const std::lock_guard lock(mutex_);
      worker.housekeep_locked();
    }
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    arrival_.notify_all();
  }

 private:
  ConnBuffer* pop() {
    if (posted_.empty()) {
      return nullptr;
    }
    ConnBuffer* const travelling = posted_.front();
    posted_.pop_front();
    return travelling;
  }

  std::mutex mutex_;
  std::condition_variable arrival_;
  std::deque<ConnBuffer*> posted_;
  bool closed_ = false;
};

template <class S>
class Threads : public ::testing::Test {};
TYPED_TEST_SUITE(Threads, PlainAndChecked, StrategyName);

constexpr std::size_t kFetches = 1500;

std::string payload(std::size_t fetch) {
  return std::string(1 + fetch * 37 % 900, static_cast<char>('a' + fetch % 26));
}

TYPED_TEST(Threads, EveryByteHandedOffArrivesOnceAndInOrder) {
  Parameters parameters;
  parameters.buffer_bytes = 1024;
  parameters.workers = 2;
  TypeParam strategy(parameters);
  Mailbox fetches;
  std::size_t arrived = 0;
  std::size_t wrong = 0;
  std::thread fetcher([&] {
    auto worker = strategy.attach(1);
    for (;;) {
      static_cast<void>(worker.housekeep());
      ConnBuffer* const travelling = fetches.wait(worker);
      if (travelling == nullptr) {
        return;
      }
      ConnBuffer* const buffer = worker.take(travelling);
      wrong += buffer == nullptr || buffer->unread() != payload(arrived) ? 1U : 0U;
      ++arrived;
      if (buffer != nullptr) {
        buffer->clear();
        wrong += buffer->append("what the fetch worker reads on") ? 0U : 1U;
        worker.release(buffer);
      }
    }
  });
  {
    auto worker = strategy.attach(0);
    auto session = strategy.open_session();
    struct Fetch {
      typename TypeParam::Slot slot;
    };
    std::deque<std::unique_ptr<Fetch>> slots;  // open until the fetch is certainly over: until the end
    for (std::size_t i = 0; i < kFetches; ++i) {
      fetches.visit(worker);
      static_cast<void>(worker.housekeep());
      ConnBuffer* const client = worker.acquire(session);
      slots.emplace_back(new Fetch{strategy.open_slot()});
      ConnBuffer* const backend = worker.acquire(slots.back()->slot);
      ASSERT_NE(client, nullptr);
      ASSERT_NE(backend, nullptr);
      ASSERT_TRUE(backend->append("head" + payload(i)));
      backend->consume(4);
      fetches.post(worker, worker.give(backend));
      worker.idle(session, client);
    }
    fetches.close();
    fetcher.join();
  }
  EXPECT_EQ(arrived, kFetches);
  EXPECT_EQ(wrong, 0U);
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

// Everybody acquires, fills, gives to whoever comes, releases; sizes change and workers come and go
// meanwhile.
template <class S>
void serve(S& strategy, Mailbox& fetches, std::uint32_t index, std::atomic<std::uint64_t>& wrong) {
  std::mt19937 random(index);
  auto session = strategy.open_session();
  auto slot = strategy.open_slot();
  for (int life = 0; life < 5; ++life) {
    auto worker = strategy.attach(index);
    for (int request = 0; request < 200; ++request) {
      fetches.visit(worker);
      static_cast<void>(worker.housekeep());
      ConnBuffer* const client = worker.acquire(session);
      const std::string mine(16, static_cast<char>('A' + index));
      if (client != nullptr) {
        client->clear();
        wrong += client->append(mine) ? 0U : 1U;
      }
      if (ConnBuffer* const travelling = fetches.try_get()) {
        if (ConnBuffer* const buffer = worker.take(travelling)) {
          const std::string_view unread = buffer->unread();
          wrong +=
              unread.size() == 16 && unread.find_first_not_of(unread[0]) == std::string_view::npos ? 0U : 1U;
          worker.release(buffer);
        } else {
          drop_travelling(worker, travelling);
        }
      } else if (ConnBuffer* const backend = worker.acquire(slot)) {
        wrong += !backend->has_unread() && backend->append(mine) ? 0U : 1U;
        ConnBuffer* const given = random() % 2 == 0 ? worker.give(backend) : nullptr;
        if (given != nullptr) {
          fetches.post(worker, given);
        } else {
          worker.release(backend);
        }
      }
      if (client != nullptr) {
        wrong += client->unread() == mine ? 0U : 1U;
        if (random() % 4 == 0) {
          worker.idle(session, client);  // with unread bytes
        } else {
          client->clear();
          worker.idle(session, client);
        }
      }
    }
  }
}

template <class S>
void stress(const Parameters& parameters) {
  S strategy(parameters);
  Mailbox fetches;
  std::atomic<std::uint64_t> wrong{0};
  {
    std::vector<std::thread> threads;
    for (std::uint32_t index = 0; index + 1 < parameters.workers; ++index) {
      threads.emplace_back([&, index] { serve(strategy, fetches, index, wrong); });
    }
    for (int change = 0; change < 200; ++change) {
      strategy.set_buffer_bytes(change % 2 == 0 ? 128 : 96);
      static_cast<void>(strategy.sample());
      if constexpr (S::kPromises.needs_guard) {
        static_cast<void>(strategy.guard_step());
      }
      std::this_thread::yield();
    }
    for (auto& thread : threads) {
      thread.join();
    }
    auto last = strategy.attach(parameters.workers - 1);
    while (ConnBuffer* const travelling = fetches.try_get()) {
      if (ConnBuffer* const buffer = last.take(travelling)) {
        last.release(buffer);
      } else {
        drop_travelling(last, travelling);
      }
      static_cast<void>(last.housekeep());
    }
  }
  EXPECT_EQ(wrong.load(), 0U);
  EXPECT_EQ(strategy.footprint().in_transfer, Holding{});
  EXPECT_TRUE(strategy.footprint().conserved(0));
}

// Slots may be reused while what was acquired for them still travels only where nothing lives in them, and a
// giver may go on only where nobody reads its memory.
template <class S>
inline constexpr bool kMayServeAhead =
    S::kPromises.backend_bytes != Residence::slot && !S::kPromises.receiver_depends_on_giver;

template <class S>
class Stress : public ::testing::Test {};
TYPED_TEST_SUITE(Stress, On<NativePlatform>, StrategyName);

TYPED_TEST(Stress, AllBuffersAreBackAfterThreadsSizesAndHandoffsMixed) {
  if constexpr (kMayServeAhead<TypeParam>) {
    Parameters parameters;
    parameters.buffer_bytes = 64;
    parameters.workspace_bytes = 64;
    parameters.workers = 5;
    parameters.pools = 1;
    parameters.list_bound = 3;
    stress<TypeParam>(parameters);
  } else {
    GTEST_SKIP() << "what it hands off is bound to a place; the handoff test above covers it";
  }
}

TYPED_TEST(Stress, AllBuffersAreBackUnderALimitToo) {
  if constexpr (kMayServeAhead<TypeParam>) {
    Parameters parameters;
    parameters.buffer_bytes = 64;
    parameters.workspace_bytes = 64;
    parameters.workers = 5;
    parameters.max_buffers = 6;
    stress<TypeParam>(parameters);
  } else {
    GTEST_SKIP() << "what it hands off is bound to a place; the handoff test above covers it";
  }
}

}  // namespace
}  // namespace baton::test
