// A pipeline on real sockets for tests: by strategy name, with an origin of its own, on free loopback ports.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/origin.hpp"
#include "harness/net/address.hpp"
#include "harness/pipeline/counters.hpp"
#include "harness/pipeline/settings.hpp"
#include "harness/trial/instance.hpp"
#include "strategies/contract.hpp"
#include "tests/load/raw_client.hpp"

namespace baton::pipeline {

using load::RawAnswer;
using load::RawClient;

// One client worker, one fetch worker, a short linger: what happens is easy to tell, and sessions go through
// the waiter too.
Settings test_settings();

// Waits, for at most 20 s, until something is true that another thread brings about.
testing::AssertionResult eventually(const std::function<bool()>& condition);

class LiveProxy {
 public:
  // In front of a load::Origin of its own.
  explicit LiveProxy(std::string_view strategy, const Settings& settings = test_settings());
  // Of a strategy that is in no registry.
  explicit LiveProxy(trial::MakePipeline<TcpTransport> make, const Settings& settings = test_settings());
  // In front of whatever listens there.
  LiveProxy(std::string_view strategy, const Settings& settings, const net::Address& origin);
  LiveProxy(const LiveProxy&) = delete;
  LiveProxy& operator=(const LiveProxy&) = delete;
  ~LiveProxy();  // stops

  // Drains, ends all threads, and expects that every buffer came back. Idempotent.
  void stop();

  [[nodiscard]] net::Address address() const;
  [[nodiscard]] RawClient client() const { return RawClient(address()); }
  [[nodiscard]] load::Origin& origin();
  [[nodiscard]] Totals totals() const;
  [[nodiscard]] std::uint32_t open_sessions() const;
  [[nodiscard]] std::uint64_t refused() const;
  [[nodiscard]] std::uint64_t accept_failures() const;
  [[nodiscard]] Footprint sample() const;
  void set_buffer_bytes(std::uint32_t bytes);

 private:
  void start(trial::MakePipeline<TcpTransport> make, const Settings& settings);

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Every strategy of the registry, each without and with handoff.
struct Case {
  std::string strategy;
  bool handoff = false;
};
void PrintTo(const Case& value, std::ostream* out);

const Promises& promises_of(std::string_view strategy);
std::vector<Case> all_cases();
std::vector<Case> all_handoff_cases();
std::string case_name(const testing::TestParamInfo<Case>& info);
std::string waiting_name(const testing::TestParamInfo<net::Waiting>& info);

class ByCase : public testing::TestWithParam<Case> {
 protected:
  // Handoff as the case says.
  [[nodiscard]] static Settings settings();
  [[nodiscard]] static const std::string& strategy() { return GetParam().strategy; }
  [[nodiscard]] static bool handoff() { return GetParam().handoff; }
};

// The whole body, every byte compared.
void expect_body(const RawAnswer& answer, load::BodyId body);
// One more request is answered as if nothing had happened.
void expect_serves(const LiveProxy& proxy);

}  // namespace baton::pipeline
