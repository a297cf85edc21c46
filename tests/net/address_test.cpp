#include "harness/net/address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace baton::net {
namespace {

TEST(Address, ReadsAndWritesBothFamilies) {
  EXPECT_EQ(Address::parse("127.0.0.1:8080").to_string(), "127.0.0.1:8080");
  EXPECT_EQ(Address::parse("[::1]:80").to_string(), "[::1]:80");
  EXPECT_EQ(Address::parse("0.0.0.0:0").port(), 0);
  EXPECT_EQ(Address::parse("[fe80::1]:65535").port(), 65535);
}

TEST(Address, LocalhostIsTheIpv4LoopbackWithoutALookUp) {
  EXPECT_EQ(Address::parse("localhost:81"), Address::loopback(81));
}

TEST(Address, DiffersInPortHostAndFamily) {
  EXPECT_NE(Address::loopback(1), Address::loopback(2));
  EXPECT_NE(Address::parse("127.0.0.1:1"), Address::parse("127.0.0.2:1"));
  EXPECT_NE(Address::parse("127.0.0.1:1"), Address::parse("[::1]:1"));
}

struct BadAddress {
  const char* text;
  const char* why;
};

class BadAddresses : public testing::TestWithParam<BadAddress> {};

TEST_P(BadAddresses, AreRefusedWithWhatWasGivenWhatIsWrongAndWhatIsValid) {
  try {
    Address::parse(GetParam().text);
    FAIL() << "accepted '" << GetParam().text << "'";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("'" + std::string(GetParam().text) + "'"));
    EXPECT_THAT(error.what(), testing::HasSubstr(GetParam().why));
    EXPECT_THAT(error.what(), testing::HasSubstr("[::1]:8080"));
  }
}

INSTANTIATE_TEST_SUITE_P(All, BadAddresses,
                         testing::Values(BadAddress{"", "no port"}, BadAddress{"127.0.0.1", "no port"},
                                         BadAddress{"127.0.0.1:", "the port ''"},
                                         BadAddress{"127.0.0.1:65536", "the port '65536'"},
                                         BadAddress{"127.0.0.1:-1", "the port '-1'"},
                                         BadAddress{"127.0.0.1:80x", "the port '80x'"},
                                         BadAddress{"127.0.0.1: 80", "the port ' 80'"},
                                         BadAddress{":80", "numeric IPv4"},
                                         BadAddress{"127.1:80", "numeric IPv4"},
                                         BadAddress{"example.org:80", "names are not looked up"},
                                         BadAddress{"::1:80", "square brackets"},
                                         BadAddress{"[::1:80", "square brackets"},
                                         BadAddress{"[127.0.0.1]:80", "numeric IPv6"}));

}  // namespace
}  // namespace baton::net
