#include "tests/pipeline/live_proxy.hpp"

#include <chrono>
#include <thread>
#include <utility>

namespace baton::pipeline {

struct LiveProxy::Parts {
  Parts(std::unique_ptr<load::Origin> own_origin, const net::Address& address)
      : origin(std::move(own_origin)), transport(net::listen_tcp(net::Address::loopback(0), 256), address) {}

  std::unique_ptr<load::Origin> origin;
  TcpTransport transport;
  std::unique_ptr<Running> running;
  bool stopped = false;
};

Settings test_settings() {
  Settings settings;
  settings.client_workers = 1;
  settings.fetch_workers = 1;
  settings.linger = std::chrono::milliseconds(5);
  return settings;
}

testing::AssertionResult eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline)
      return testing::AssertionFailure() << "not within 20 seconds";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return testing::AssertionSuccess();
}

LiveProxy::LiveProxy(std::string_view strategy, const Settings& settings)
    : LiveProxy(trial::find_instance(strategy)->tcp, settings) {}

LiveProxy::LiveProxy(trial::MakePipeline<TcpTransport> make, const Settings& settings) {
  auto origin = std::make_unique<load::Origin>(net::Address::loopback(0));
  origin->start();
  const net::Address address = origin->address();
  parts_ = std::make_unique<Parts>(std::move(origin), address);
  start(make, settings);
}

LiveProxy::LiveProxy(std::string_view strategy, const Settings& settings, const net::Address& origin)
    : parts_(std::make_unique<Parts>(nullptr, origin)) {
  start(trial::find_instance(strategy)->tcp, settings);
}

void LiveProxy::start(trial::MakePipeline<TcpTransport> make, const Settings& settings) {
  parts_->running = make(settings, parts_->transport, {});
  parts_->running->start();
}

LiveProxy::~LiveProxy() { stop(); }

void LiveProxy::stop() {
  if (parts_->stopped) return;
  parts_->stopped = true;
  parts_->running->stop();
  const Footprint footprint = parts_->running->footprint();
  EXPECT_EQ(parts_->running->open_sessions(), 0U);
  EXPECT_TRUE(footprint.conserved(0))
      << footprint.alive().buffers << " buffers alive, of them in supplies " << footprint.supplies.buffers
      << ", shared " << footprint.shared.buffers << ", with sessions " << footprint.sessions.buffers
      << ", in transfer " << footprint.in_transfer.buffers;
  EXPECT_EQ(footprint.in_transfer, Holding{});
  EXPECT_EQ(footprint.sessions, Holding{}) << "all sessions are closed";
}

net::Address LiveProxy::address() const { return net::local_address(parts_->transport.listener()); }
load::Origin& LiveProxy::origin() { return *parts_->origin; }
Totals LiveProxy::totals() const { return parts_->running->totals(); }
std::uint32_t LiveProxy::open_sessions() const { return parts_->running->open_sessions(); }
std::uint64_t LiveProxy::refused() const { return parts_->transport.refused.load(); }
std::uint64_t LiveProxy::accept_failures() const { return parts_->transport.accept_failures.load(); }
Footprint LiveProxy::sample() const { return parts_->running->sample(); }
void LiveProxy::set_buffer_bytes(std::uint32_t bytes) { parts_->running->set_buffer_bytes(bytes); }

void PrintTo(const Case& value, std::ostream* out) {
  *out << value.strategy << (value.handoff ? " with handoff" : " without handoff");
}

const Promises& promises_of(std::string_view strategy) { return *trial::find_instance(strategy)->promises; }

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const std::string_view strategy : trial::strategy_names()) {
    for (const bool handoff : {false, true}) {
      cases.push_back({.strategy = std::string(strategy), .handoff = handoff});
    }
  }
  return cases;
}
std::vector<Case> all_handoff_cases() {
  std::vector<Case> cases = all_cases();
  std::erase_if(cases, [](const Case& one) { return !one.handoff; });
  return cases;
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
  return info.param.strategy + (info.param.handoff ? "_handoff" : "_own");
}

std::string waiting_name(const testing::TestParamInfo<net::Waiting>& info) {
  return info.param == net::Waiting::block ? "block" : "spin";
}

Settings ByCase::settings() {
  Settings settings = test_settings();
  settings.handoff.ratio = handoff() ? 1 : 0;
  return settings;
}

void expect_body(const RawAnswer& answer, load::BodyId body) {
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(answer.body.size(), body.bytes);
  EXPECT_TRUE(load::matches_pattern(answer.body, body, 0));
}

void expect_serves(const LiveProxy& proxy) {
  expect_body(proxy.client().ask("/bytes/3000?seed=77"), {3000, 77});
}

}  // namespace baton::pipeline
