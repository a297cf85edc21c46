// What cmake/pipeline_unit.cpp.in expands to, a unit for each strategy.
#pragma once

#include <memory>
#include <utility>

#include "harness/trial/instance.hpp"
#include "strategies/checked.hpp"
#include "strategies/counting_platform.hpp"

namespace baton::trial {

template <Strategy S, pipeline::Transport T>
std::unique_ptr<pipeline::Running> make_pipeline(const pipeline::Settings& settings, T& transport,
                                                 pipeline::PipelineOptions options) {
  return std::make_unique<pipeline::RunningPipeline<S, T>>(settings, transport, std::move(options));
}

template <Strategy Timed, Strategy Verifying>
Instance make_instance() {
  return {.promises = &Timed::kPromises,
          .tcp = make_pipeline<Timed, pipeline::TcpTransport>,
          .verifying_tcp = make_pipeline<Verifying, pipeline::TcpTransport>,
          .memory = make_pipeline<Timed, MemoryTransport>,
          .verifying_memory = make_pipeline<Verifying, MemoryTransport>};
}

}  // namespace baton::trial

// With BATON_CHECKED nothing is meant to be timed: every pipeline checks the contract.
#ifdef BATON_CHECKED
#define BATON_TIMED_STRATEGY(Class) ::baton::Checked<::baton::Class<::baton::NativePlatform>>
#else
#define BATON_TIMED_STRATEGY(Class) ::baton::Class<::baton::NativePlatform>
#endif

#define BATON_INSTANTIATE_PIPELINE(name, Class)                                          \
  namespace baton::trial {                                                               \
  Instance instance_of_##name() {                                                        \
    return make_instance<BATON_TIMED_STRATEGY(Class),                                    \
                         ::baton::Checked<::baton::Class<::baton::CountingPlatform>>>(); \
  }                                                                                      \
  /* What of the unit a copy of it is called for (cmake/BatonCodeCopies.cmake). */       \
  extern "C" MakePipeline<MemoryTransport> baton_memory_of_##name() {                    \
    return make_pipeline<BATON_TIMED_STRATEGY(Class), MemoryTransport>;                  \
  }                                                                                      \
  }
