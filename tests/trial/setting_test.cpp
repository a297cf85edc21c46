#include "harness/trial/setting.hpp"

#include <gmock/gmock.h>

#include <set>
#include <string>

#include "harness/trial/bad_input.hpp"
#include "tests/trial/different_config.hpp"

namespace baton::trial {
namespace {

const Setting& setting(std::string_view section, std::string_view key) {
  const Setting* found = find_setting(section, key);
  EXPECT_NE(found, nullptr) << section << "." << key;
  return *found;
}

// The message of the BadInput that putting the text there throws; empty if it was accepted.
std::string refusal(const Setting& where, std::string_view text) {
  TrialConfig config;
  try {
    accept(where, config, parse_value(where, text));
  } catch (const BadInput& error) {
    return error.what();
  }
  return {};
}

TEST(Settings, have_a_name_of_their_own_everywhere) {
  std::set<std::string_view> options;
  std::set<std::string_view> pointers;
  std::set<std::string> keys;
  for (const Setting& one : settings()) {
    EXPECT_TRUE(options.insert(one.option).second) << one.option;
    EXPECT_TRUE(pointers.insert(one.json).second) << one.json;
    EXPECT_TRUE(keys.insert(std::string(one.section) + "." + std::string(one.key)).second) << one.key;
  }
}

TEST(Settings, of_a_section_stand_together) {
  std::set<std::string_view> left;
  std::string_view last;
  for (const Setting& one : settings()) {
    EXPECT_FALSE(left.contains(one.section)) << one.section << "." << one.key;
    if (last != one.section) {
      left.insert(last);
      last = one.section;
    }
  }
}

TEST(Settings, have_defaults_that_are_valid) {
  for (const Setting& one : settings()) {
    TrialConfig config;
    EXPECT_NO_THROW(accept(one, config, one.get(config))) << one.option;
  }
}

TEST(Settings, lie_at_a_place_of_their_own) {
  for (const Setting& one : settings()) {
    TrialConfig config;
    const Value wanted = other_value(one, one.get(config));
    accept(one, config, wanted);
    for (const Setting& other : settings()) {
      EXPECT_EQ(other.get(config), other.option == one.option ? wanted : other.get(TrialConfig{}))
          << one.option << " changed " << other.option;
    }
  }
}

TEST(Settings, come_back_from_their_text) {
  const TrialConfig config = different_config();
  for (const Setting& one : settings()) {
    EXPECT_EQ(parse_value(one, to_text(one.get(config))), one.get(config)) << one.option;
  }
}

TEST(Settings, refuse_what_is_out_of_range_with_the_range) {
  EXPECT_EQ(refusal(setting("pipeline", "client_workers"), "0"), "is 0; valid is an integer from 1 to 4096");
  EXPECT_EQ(refusal(setting("pipeline", "client_workers"), "4097"),
            "is 4097; valid is an integer from 1 to 4096");
  EXPECT_EQ(refusal(setting("handoff", "ratio"), "1.5"), "is 1.5; valid is a number from 0 to 1");
  EXPECT_EQ(refusal(setting("handoff", "ratio"), "nan"), "is nan; valid is a number from 0 to 1");
  EXPECT_EQ(refusal(setting("body", "bytes"), "1+99999999999999"),
            "is 1+99999999999999; valid is one or more integers from 0 to 1099511627776");
}

TEST(Settings, accept_both_ends_of_their_range) {
  EXPECT_EQ(refusal(setting("pipeline", "client_workers"), "1"), "");
  EXPECT_EQ(refusal(setting("pipeline", "client_workers"), "4096"), "");
  EXPECT_EQ(refusal(setting("handoff", "ratio"), "0"), "");
  EXPECT_EQ(refusal(setting("handoff", "ratio"), "1"), "");
}

TEST(Settings, refuse_what_is_no_number) {
  for (const std::string_view text : {"", "x", "-1", "1x", " 1", "1.5", "0x10", "99999999999999999999999"}) {
    EXPECT_THAT(refusal(setting("load", "connections"), text),
                testing::HasSubstr("valid is an integer from 1"))
        << text;
  }
  for (const std::string_view text : {"", "+", "1+", "+1", "1,2"}) {
    EXPECT_THAT(refusal(setting("body", "bytes"), text), testing::HasSubstr("valid is one or more integers"))
        << text;
  }
  EXPECT_EQ(refusal(setting("body", "chunked"), "yes"), "is 'yes'; valid is true or false");
}

TEST(Settings, refuse_an_unknown_name_with_the_valid_ones_and_the_nearest) {
  EXPECT_EQ(refusal(setting("pipeline", "waiting"), "blok"),
            "is 'blok' (did you mean 'block'?); valid is block or spin");
  EXPECT_EQ(refusal(setting("pipeline", "waiting"), "zzz"), "is 'zzz'; valid is block or spin");
}

TEST(Settings, refuse_a_value_of_another_type) {
  TrialConfig config;
  EXPECT_THROW(accept(setting("pipeline", "client_workers"), config, Value(true)), BadInput);
  EXPECT_THROW(accept(setting("pipeline", "client_workers"), config, Value(2.5)), BadInput);
  EXPECT_THROW(accept(setting("pipeline", "waiting"), config, Value(std::uint64_t{1})), BadInput);
  EXPECT_THROW(accept(setting("body", "bytes"), config, Value(Integers{})), BadInput);
  EXPECT_THROW(accept(setting("body", "chunked"), config, Value(std::uint64_t{1})), BadInput);
}

TEST(Settings, take_one_integer_for_a_list_and_for_a_number) {
  TrialConfig config;
  accept(setting("body", "bytes"), config, Value(std::uint64_t{5}));
  accept(setting("handoff", "ratio"), config, Value(std::uint64_t{1}));
  EXPECT_EQ(config.body.bytes, Integers{5});
  EXPECT_EQ(config.pipeline.handoff.ratio, 1.0);
}

}  // namespace
}  // namespace baton::trial
