// A handoff whose receiver cannot hold the read-ahead comes back: the client worker fetches itself.
#include <gtest/gtest.h>

#include <cstdint>
#include <semaphore>
#include <string>
#include <string_view>

#include "harness/trial/instantiate.hpp"
#include "strategies/checked.hpp"
#include "strategies/workspace_copy.hpp"
#include "tests/pipeline/live_proxy.hpp"

namespace baton::pipeline {
namespace {

// workspace_copy as if memory were so short that no worker but the first ever had a workspace.
class NobodyReceives : public WorkspaceCopy<CheckedNativePlatform> {
  using Base = WorkspaceCopy<CheckedNativePlatform>;

 public:
  class Worker : public Base::Worker {
   public:
    Worker(NobodyReceives& strategy, std::uint32_t index)
        : Base::Worker(strategy, index), receives_(index == 0) {}
    [[nodiscard]] ConnBuffer* take(ConnBuffer* travelled) noexcept {
      return receives_ ? Base::Worker::take(travelled) : nullptr;
    }

   private:
    bool receives_;
  };
  using Base::Base;
  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
};

// Nor can the giver take it back. The receiver says so when it is told to.
class NobodyTakes : public WorkspaceCopy<CheckedNativePlatform> {
  using Base = WorkspaceCopy<CheckedNativePlatform>;

 public:
  static inline std::binary_semaphore may_refuse{0};

  class Worker : public Base::Worker {
   public:
    Worker(NobodyTakes& strategy, std::uint32_t index)
        : Base::Worker(strategy, index), receiver_(index != 0) {}
    [[nodiscard]] ConnBuffer* take(ConnBuffer* /*travelled*/) noexcept {
      if (receiver_) {
        may_refuse.acquire();
      }
      return nullptr;
    }

   private:
    bool receiver_;
  };
  using Base::Base;
  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
};

template <class S>
LiveProxy proxy_in_front(const Settings& settings) {
  return LiveProxy(trial::make_pipeline<Checked<S>, TcpTransport>, settings);
}
Settings all_handed_off() {
  Settings settings = test_settings();
  settings.handoff.ratio = 1;
  return settings;
}

TEST(Returned, EveryByteIsServedByTheClientWorker) {
  LiveProxy proxy = proxy_in_front<NobodyReceives>(all_handed_off());
  RawClient client = proxy.client();
  for (std::uint64_t i = 1; i <= 5; ++i) {
    expect_body(client.ask("/bytes/50000?seed=" + std::to_string(i)), {50000, i});
    expect_body(client.ask("/bytes/3000?chunk=700&seed=" + std::to_string(i)), {3000, i});
  }
  EXPECT_EQ(proxy.totals().handoffs_taken, 10U);
  EXPECT_EQ(proxy.totals().handoffs_returned, 10U);
}

TEST(Returned, TheSameWhereFetchWorkersHandOn) {
  Settings hops = all_handed_off();
  hops.fetch_workers = 3;
  hops.handoff.hops = 3;
  LiveProxy proxy = proxy_in_front<NobodyReceives>(hops);
  expect_body(proxy.client().ask("/bytes/50000?seed=1"), {50000, 1});
  EXPECT_EQ(proxy.totals().handoffs_returned, 1U);
}

TEST(Returned, ClientsThatHangUpMeanwhileLeaveNothingBehind) {
  LiveProxy proxy = proxy_in_front<NobodyReceives>(all_handed_off());
  for (int i = 0; i < 50; ++i) {
    RawClient client = proxy.client();
    client.get("/bytes/500000");
    client.close();
  }
  EXPECT_TRUE(eventually([&proxy] { return proxy.open_sessions() == 0; }));
  expect_serves(proxy);
  proxy.stop();  // expects that every buffer came back, as Checked does
}

// The head went out while the giver waited for bytes.
TEST(Returned, WhereItsGiverCannotTakeItEitherTheAnswerBreaksOffAndNoSecondFollows) {
  LiveProxy proxy = proxy_in_front<NobodyTakes>(all_handed_off());
  RawClient client = proxy.client();
  client.get("/bytes/50000?seed=1");
  EXPECT_NE(client.read_once(), 0U);
  NobodyTakes::may_refuse.release();
  while (client.read_once() != 0) {
  }
  const std::string_view sent = client.unread();
  EXPECT_EQ(sent.rfind("HTTP/1.1 "), 0U) << sent;
  EXPECT_TRUE(sent.starts_with("HTTP/1.1 200 OK\r\n")) << sent;
  EXPECT_TRUE(sent.ends_with("\r\n\r\n")) << "and nothing of the body";
  EXPECT_EQ(proxy.totals().handoffs_returned, 1U);
}

}  // namespace
}  // namespace baton::pipeline
