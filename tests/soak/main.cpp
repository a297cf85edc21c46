// baton_soak: the live pipeline under random faults, strategy by strategy, until the time is over.
#include <fmt/format.h>
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/origin.hpp"
#include "harness/measure/process_memory.hpp"
#include "harness/trial/instance.hpp"
#include "tests/soak/life.hpp"

namespace baton::soak {
namespace {

struct Options {
  std::vector<std::string> strategies;
  double minutes = 0;
  double seconds = 0;
  std::uint64_t seed = 1;
  std::uint32_t life_ms = 0;
};

std::uint64_t held_bytes() {
  ::malloc_trim(0);
  return read_process_memory().held().value_or(0);
}

[[maybe_unused]] std::uint64_t median(std::vector<std::uint64_t> values) {
  std::sort(values.begin(), values.end());
  return values.at(values.size() / 2);
}

// What the process holds after each life: the second half beside the first. Thread stacks and the allocator's
// arenas settle by themselves, hence the first life is left out and some room is given; what leaks grows with
// the requests.
bool memory_is_flat(std::vector<std::uint64_t> held, std::string& told) {
#ifdef BATON_SANITIZER
  told = "memory not compared: a sanitizer keeps what is freed";
  return held.empty() || true;
#else
  constexpr std::uint64_t kRoom = std::uint64_t{3} << 20U;
  held.erase(held.begin());
  const auto middle = held.begin() + static_cast<std::ptrdiff_t>(held.size() / 2);
  const std::uint64_t first = median({held.begin(), middle});
  const std::uint64_t second = median({middle, held.end()});
  told = fmt::format("held {:.1f} MiB in the first half, {:.1f} MiB in the second",
                     static_cast<double>(first) / (1 << 20), static_cast<double>(second) / (1 << 20));
  return second <= first + first / 10 + kRoom;
#endif
}

// Whether everything held.
bool soak(const trial::Instance& strategy, const net::Address& origin, double seconds,
          const Options& options) {
  const auto begin = std::chrono::steady_clock::now();
  const auto since = [begin] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const std::uint32_t life_ms =
      options.life_ms != 0 ? options.life_ms
                           : static_cast<std::uint32_t>(std::clamp(seconds * 1000 / 10, 50.0, 2000.0));
  constexpr std::size_t kFewestLives = 7;  // one to warm up, and two halves of three
  LifeResult sum;
  std::vector<std::uint64_t> held;
  bool good = true;
  while (since() < seconds || held.size() < kFewestLives) {
    const std::uint64_t seed = options.seed * 1000 + held.size();
    const LifeResult life = live(strategy, origin, seed, held.size() % 2 == 1, life_ms);
    for (const std::string& fault : life.faults) {
      fmt::print("{}: life {} of seed {}: {}\n", strategy.name(), held.size(), options.seed, fault);
      good = false;
    }
    sum.clients += life.clients;
    sum.totals.requests += life.totals.requests;
    sum.totals.handoffs_taken += life.totals.handoffs_taken;
    sum.totals.client_hangups += life.totals.client_hangups;
    sum.totals.broken_answers += life.totals.broken_answers;
    sum.totals.error_answers += life.totals.error_answers;
    sum.resizes += life.resizes;
    held.push_back(held_bytes());
  }
  std::string memory;
  if (!memory_is_flat(held, memory)) {
    fmt::print("{}: memory GREW\n", strategy.name());
    good = false;
  }
  if (sum.totals.handoffs_taken == 0 || sum.totals.client_hangups == 0 || sum.totals.error_answers == 0 ||
      sum.clients.answered == 0) {
    fmt::print("{}: no handoff, no hang-up, no error or no answer: this was not a soak\n", strategy.name());
    good = false;
  }
  fmt::print(
      "{:<22} {} lives, {:.0f} s: {} requests, {} handed off, {} clients hung up, {} answers broke off, {} "
      "error "
      "answers, {} resizes; without a fault {} of {} answered; {}: {}\n",
      strategy.name(), held.size(), since(), sum.totals.requests, sum.totals.handoffs_taken,
      sum.totals.client_hangups, sum.totals.broken_answers, sum.totals.error_answers, sum.resizes,
      sum.clients.answered, sum.clients.honest, memory, good ? "good" : "NOT GOOD");
  std::fflush(stdout);
  return good;
}

int run(const Options& options) {
  std::vector<const trial::Instance*> chosen;
  for (const std::string& name : options.strategies) {
    const trial::Instance* instance = trial::find_instance(name);
    if (instance == nullptr) {
      fmt::print(stderr, "there is no strategy '{}'; valid are", name);
      for (const std::string_view valid : trial::strategy_names()) fmt::print(stderr, " {}", valid);
      fmt::print(stderr, "\n");
      return 2;
    }
    chosen.push_back(instance);
  }
  if (chosen.empty()) {
    for (const std::string_view name : trial::strategy_names()) chosen.push_back(trial::find_instance(name));
  }
  const double seconds = options.seconds + 60 * options.minutes;
  ::mallopt(M_ARENA_MAX, 1);  // fragments in an arena per thread settle slowly and look like a leak
  load::Origin origin(net::Address::loopback(0));
  origin.start();
  bool good = true;
  for (const trial::Instance* strategy : chosen)
    good = soak(*strategy, origin.address(), seconds, options) && good;
  return good ? 0 : 1;
}

}  // namespace
}  // namespace baton::soak

int main(int argc, char** argv) {
  baton::soak::Options options;
  CLI::App app(
      "Runs the live pipeline of each strategy under random faults of clients and origin, with size changes "
      "and\n"
      "workers that leave and come back, and looks for wrong bytes, lost buffers and growing memory.");
  app.add_option("--strategy", options.strategies,
                 "Which (may be repeated); default all, one after the other");
  app.add_option("--minutes", options.minutes, "How long, for each strategy")
      ->check(CLI::Range(0.0, 10'000.0));
  app.add_option("--seconds", options.seconds, "How long, for each strategy")
      ->check(CLI::Range(0.0, 600'000.0));
  app.add_option("--seed", options.seed, "Of everything random but the scheduler");
  app.add_option("--life-ms", options.life_ms,
                 "How long a pipeline lives; default a tenth of the time, at most 2 s");
  app.footer(
      "Examples:\n  baton_soak --seconds 2\n  baton_soak --minutes 10 --strategy two_cache --seed 7\n"
      "Exit code 0: everything held; 1: something did not, and is said; 2: bad input.");
  try {
    app.parse(argc, argv);
    return baton::soak::run(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "baton_soak: {}\n", error.what());
    return 1;
  }
}
