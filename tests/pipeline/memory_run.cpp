#include "tests/pipeline/memory_run.hpp"

#include <gtest/gtest.h>

#include "harness/trial/instance.hpp"
#include "tests/pipeline/live_proxy.hpp"

namespace baton::pipeline {

MemoryOutcome run_in_memory(std::string_view strategy, const Settings& settings,
                            const load::MemoryScript& script, std::uint64_t requests) {
  trial::MemoryTransport transport(script, settings.client_workers);
  const auto running = trial::find_instance(strategy)->memory(settings, transport, {});
  running->start();
  EXPECT_TRUE(eventually([&] { return running->totals().requests >= requests; }))
      << running->totals().requests;
  running->stop();
  MemoryOutcome outcome{.totals = running->totals()};
  for (const load::MemoryLocal& local : transport.locals()) {
    outcome.completed += local.completed_ever;
    outcome.wrong += local.wrong;
    outcome.failed += local.failed;
    outcome.hung_up += local.hung_up;
    outcome.hit += local.hit;
    outcome.recovered += local.recovery.count();
  }
  EXPECT_EQ(running->open_sessions(), 0U);
  EXPECT_TRUE(running->footprint().conserved(0));
  return outcome;
}

}  // namespace baton::pipeline
