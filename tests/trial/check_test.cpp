#include "harness/trial/check.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <string>

#include "harness/trial/bad_input.hpp"
#include "harness/trial/setting.hpp"

namespace baton::trial {
namespace {

struct Rule {
  const char* sentence;  // the test's name
  const char* setting;   // the one to change, "section.key"
  void (*make_valid)(TrialConfig&);
  void (*break_it)(TrialConfig&);  // after make_valid
};

class Contradictions : public testing::TestWithParam<Rule> {};

TEST_P(Contradictions, are_found_and_name_the_setting) {
  const Rule& rule = GetParam();
  TrialConfig config;
  rule.make_valid(config);
  EXPECT_FALSE(find_contradiction(config).has_value()) << find_contradiction(config)->what;
  rule.break_it(config);
  const auto found = find_contradiction(config);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->section + "." + found->key, rule.setting);
  const Setting* setting = find_setting(found->section, found->key);
  ASSERT_NE(setting, nullptr);
  try {
    check(config);
    FAIL() << "check() accepts it";
  } catch (const BadInput& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("--" + std::string(setting->option) + " is "));
  }
}

void nothing(TrialConfig& /*config*/) {}

INSTANTIATE_TEST_SUITE_P(
    Rules, Contradictions,
    testing::Values(
        Rule{"slices_over_sockets", "trial.slice_ms", [](TrialConfig& c) { c.slice_ms = 40; },
             [](TrialConfig& c) { c.transport = TransportKind::tcp; }},
        Rule{"slices_in_an_open_loop", "trial.slice_ms", [](TrialConfig& c) { c.slice_ms = 40; },
             [](TrialConfig& c) {
               c.load.loop = Loop::open;
               c.load.rate = 1;
             }},
        Rule{"sleepers_in_untimed_acquires", "faults.preempt_per_s", nothing,
             [](TrialConfig& c) { c.faults.preempt_per_s = 10; }},
        Rule{"sleepers_in_slices", "faults.preempt_per_s",
             [](TrialConfig& c) {
               c.time_acquires = true;
               c.faults.preempt_per_s = 10;
             },
             [](TrialConfig& c) { c.slice_ms = 40; }},
        Rule{"more_sleepers_than_awake", "faults.preempt_per_s",
             [](TrialConfig& c) {
               c.time_acquires = true;
               c.faults.preempt_us = 1000;
               c.faults.preempt_per_s = 100;
             },
             [](TrialConfig& c) { c.faults.preempt_per_s = 5000; }},
        Rule{"a_fault_behind_the_body", "faults.at_bytes", [](TrialConfig& c) { c.faults.reset = 0.1; },
             [](TrialConfig& c) { c.faults.at_bytes = 2000; }},
        Rule{"a_place_of_no_fault", "faults.at_bytes", nothing,
             [](TrialConfig& c) { c.faults.at_bytes = 10; }},
        Rule{"more_faults_than_requests", "faults.lie", [](TrialConfig& c) { c.faults.stall = 0.7; },
             [](TrialConfig& c) { c.faults.lie = 0.7; }},
        Rule{"faults_with_pipelining", "faults.truncate", [](TrialConfig& c) { c.faults.truncate = 0.1; },
             [](TrialConfig& c) { c.load.pipelining = 4; }},
        Rule{"a_lie_about_no_length", "faults.lie", [](TrialConfig& c) { c.faults.lie = 0.1; },
             [](TrialConfig& c) { c.body.chunked = true; }},
        Rule{"leaving_anywhere_without_anybody_who_leaves", "hangup.anywhere", nothing,
             [](TrialConfig& c) { c.hangup.anywhere = true; }},
        Rule{"leaving_anywhere_and_somewhere", "hangup.after_bytes",
             [](TrialConfig& c) {
               c.hangup.anywhere = true;
               c.hangup.fraction = 0.5;
             },
             [](TrialConfig& c) { c.hangup.after_bytes = 10; }},
        Rule{"slices_of_buffers_that_change_their_size", "trial.slice_ms",
             [](TrialConfig& c) { c.slice_ms = 40; }, [](TrialConfig& c) { c.resize_bytes = {4096}; }},
        Rule{"a_table_that_goes_down", "body.quantiles", nothing,
             [](TrialConfig& c) {
               c.body.quantiles = {1, 3, 2};
             }},
        Rule{"heads_larger_than_a_buffer", "load.head_quantiles", nothing,
             [](TrialConfig& c) {
               c.load.head_quantiles = {100, 60'000};
             }},
        Rule{"connections_that_end_with_pipelining", "load.requests_per_connection",
             [](TrialConfig& c) { c.load.requests_per_connection = {3}; },
             [](TrialConfig& c) { c.load.pipelining = 2; }},
        Rule{"a_connection_without_requests", "load.requests_per_connection", nothing,
             [](TrialConfig& c) {
               c.load.requests_per_connection = {0, 3};
             }},
        Rule{"thinking_in_an_open_loop", "load.think_us", [](TrialConfig& c) { c.load.think_us = {10}; },
             [](TrialConfig& c) {
               c.load.loop = Loop::open;
               c.load.rate = 1;
             }},
        Rule{"slow_readers_of_whom_there_are_none", "load.slow_share",
             [](TrialConfig& c) { c.load.slow_share = 0.5; },
             [](TrialConfig& c) { c.load.slow_share = 0.1; }},
        Rule{"heads_only_without_a_table", "load.head_share", nothing,
             [](TrialConfig& c) { c.load.head_share = 0.5; }},
        Rule{"gaps_in_a_closed_loop", "load.gaps_us",
             [](TrialConfig& c) {
               c.load.loop = Loop::open;
               c.load.gaps_us = {5};
             },
             [](TrialConfig& c) { c.load.loop = Loop::closed; }},
        Rule{"gaps_and_a_rate", "load.gaps_us",
             [](TrialConfig& c) {
               c.load.loop = Loop::open;
               c.load.gaps_us = {5};
             },
             [](TrialConfig& c) { c.load.rate = 5; }},
        Rule{"a_pace_of_nothing", "load.pace", nothing, [](TrialConfig& c) { c.load.pace = 2; }},
        Rule{"a_trace_that_is_not_there", "load.trace", nothing,
             [](TrialConfig& c) {
               c.load.loop = Loop::open;
               c.load.trace = "/nonexistent/trace";
             }},
        Rule{"a_trace_in_a_closed_loop", "load.trace", nothing,
             [](TrialConfig& c) { c.load.trace = "/nonexistent/trace"; }},
        Rule{"a_burst_that_is_none", "load.burst_s", nothing, [](TrialConfig& c) { c.load.burst_s = 0.1; }},
        Rule{"a_burst_without_a_length", "load.burst_s",
             [](TrialConfig& c) {
               c.load.loop = Loop::open;
               c.load.rate = 100;
               c.load.burst_factor = 20;
               c.load.burst_s = 0.1;
             },
             [](TrialConfig& c) { c.load.burst_s = 0; }},
        Rule{"a_burst_after_the_end", "load.burst_s",
             [](TrialConfig& c) {
               c.load.loop = Loop::open;
               c.load.rate = 100;
               c.load.burst_factor = 20;
               c.load.burst_s = 0.1;
             },
             [](TrialConfig& c) { c.load.burst_at_s = 0.95; }},
        Rule{"slices_longer_than_what_is_measured", "trial.slice_ms",
             [](TrialConfig& c) { c.slice_ms = 1000; }, [](TrialConfig& c) { c.measure_s = 0.5; }},
        Rule{"slices_and_a_calm", "trial.slice_ms", [](TrialConfig& c) { c.slice_ms = 40; },
             [](TrialConfig& c) { c.calm_s = 1; }},
        Rule{"more_pinned_workers_than_cpus", "trial.pinning",
             [](TrialConfig& c) {
               c.pinning = Pinning::spread;
               c.pipeline.client_workers = 1;
               c.pipeline.fetch_workers = 0;
             },
             [](TrialConfig& c) { c.pipeline.client_workers = 4096; }},
        Rule{"handoff_without_fetch_workers", "handoff.ratio",
             [](TrialConfig& c) { c.pipeline.handoff.ratio = 0.5; },
             [](TrialConfig& c) { c.pipeline.fetch_workers = 0; }},
        Rule{"more_pools_than_client_workers", "pipeline.pools",
             [](TrialConfig& c) { c.pipeline.pools = c.pipeline.client_workers; },
             [](TrialConfig& c) { c.pipeline.pools = c.pipeline.client_workers + 1; }},
        Rule{"more_hops_than_fetch_workers", "handoff.hops",
             [](TrialConfig& c) {
               c.pipeline.handoff.ratio = 1;
               c.pipeline.handoff.hops = c.pipeline.fetch_workers;
             },
             [](TrialConfig& c) { c.pipeline.handoff.hops = c.pipeline.fetch_workers + 1; }},
        Rule{"more_supply_than_buffers", "buffers.supply",
             [](TrialConfig& c) { c.pipeline.buffers.max_buffers = 2; },
             [](TrialConfig& c) { c.pipeline.buffers.supply = 3; }},
        Rule{"as_much_slack_as_supply", "buffers.slack",
             [](TrialConfig& c) { c.pipeline.buffers.slack = c.pipeline.buffers.supply - 1; },
             [](TrialConfig& c) { c.pipeline.buffers.slack = c.pipeline.buffers.supply; }},
        Rule{"request_heads_larger_than_a_buffer", "load.request_head_bytes",
             [](TrialConfig& c) { c.load.request_head_bytes = c.pipeline.buffers.buffer_bytes; },
             [](TrialConfig& c) { ++c.load.request_head_bytes; }},
        Rule{"fewer_sessions_than_connections", "pipeline.max_sessions",
             [](TrialConfig& c) {
               c.transport = TransportKind::tcp;
               c.load.idle_connections = 3;
               c.pipeline.max_sessions = c.load.connections + 3;
             },
             [](TrialConfig& c) { --c.pipeline.max_sessions; }},
        Rule{"open_loop_without_a_rate", "load.rate",
             [](TrialConfig& c) {
               c.load.loop = Loop::open;
               c.load.rate = 1;
             },
             [](TrialConfig& c) { c.load.rate = 0; }},
        Rule{"closed_loop_with_a_rate", "load.rate", nothing, [](TrialConfig& c) { c.load.rate = 1; }},
        Rule{"idle_connections_in_memory", "load.idle_connections",
             [](TrialConfig& c) {
               c.transport = TransportKind::tcp;
               c.load.idle_connections = 1;
             },
             [](TrialConfig& c) { c.transport = TransportKind::memory; }},
        Rule{"hang_up_behind_the_shortest_body", "hangup.after_bytes",
             [](TrialConfig& c) {
               c.body.bytes = {100, 50};
               c.hangup = {.fraction = 0.5, .after_bytes = 49};
             },
             [](TrialConfig& c) { c.hangup.after_bytes = 50; }},
        Rule{"hang_up_among_pipelined_requests", "hangup.fraction",
             [](TrialConfig& c) { c.hangup.fraction = 0.5; }, [](TrialConfig& c) { c.load.pipelining = 2; }},
        Rule{"pause_behind_the_body", "body.pause_at",
             [](TrialConfig& c) {
               c.body.bytes = {100};
               c.body.pause_ms = 1;
               c.body.pause_at = 99;
             },
             [](TrialConfig& c) { c.body.pause_at = 100; }},
        Rule{"pause_at_without_a_pause", "body.pause_at", nothing,
             [](TrialConfig& c) { c.body.pause_at = 1; }},
        Rule{"hang_up_behind_the_pause", "hangup.after_bytes",
             [](TrialConfig& c) {
               c.body.pause_ms = 1;
               c.body.pause_at = 10;
               c.hangup = {.fraction = 0.5, .after_bytes = 10};
             },
             [](TrialConfig& c) { c.hangup.after_bytes = 11; }},
        Rule{"two_ends_of_the_first_write_over_tcp", "body.read_ahead_bytes",
             [](TrialConfig& c) {
               c.transport = TransportKind::tcp;
               c.body.pause_ms = 1;
               c.body.pause_at = c.body.read_ahead_bytes = 10;
             },
             [](TrialConfig& c) { c.body.read_ahead_bytes = 11; }}),
    [](const testing::TestParamInfo<Rule>& rule) { return std::string(rule.param.sentence); });

TEST(Contradiction, of_a_proxy_asks_nothing_of_the_load) {
  pipeline::Settings settings;
  settings.max_sessions = 1;
  EXPECT_NO_THROW(check(settings));
}

}  // namespace
}  // namespace baton::trial
