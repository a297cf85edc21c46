// What tests of the load client share: an origin of their own and short runs.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "harness/load/load_client.hpp"
#include "harness/load/origin.hpp"

namespace baton::load {

inline LoadTarget target(std::uint64_t bytes, const std::string& query = "") {
  LoadTarget target;
  target.bytes = bytes;
  target.query = query;
  return target;
}

class LoadClientTest : public testing::Test {
 protected:
  LoadClientTest() { origin_.start(); }

  // A run that ends after `requests`, however long that takes.
  LoadOptions limited(std::uint64_t requests) {
    LoadOptions options;
    options.address = origin_.address();
    options.connections = 4;
    options.ramp = std::chrono::milliseconds(0);
    options.measure = std::chrono::seconds(60);
    options.request_limit = requests;
    return options;
  }
  static LoadResult run(const LoadOptions& options) { return LoadClient(options).run(); }

  Origin origin_{net::Address::loopback(0)};
};

inline void expect_all_right(const LoadResult& result, std::uint64_t requests) {
  EXPECT_EQ(result.total.issued, requests);
  EXPECT_EQ(result.total.answered, requests);
  EXPECT_TRUE(result.total.adds_up());
  EXPECT_THAT(result.by_reason, testing::IsEmpty());
  EXPECT_THAT(result.connection_errors, testing::IsEmpty());
}

}  // namespace baton::load
