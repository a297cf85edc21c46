// What cmake/pipeline_unit.cpp.in expands to, a unit for each strategy.
#pragma once

#include <memory>
#include <utility>

#include "harness/trial/instance.hpp"

namespace baton::trial {

template <Strategy S, pipeline::Transport T>
std::unique_ptr<pipeline::Running> make_pipeline(const pipeline::Settings& settings, T& transport, pipeline::PipelineOptions options) {
  return std::make_unique<pipeline::RunningPipeline<S, T>>(settings, transport, std::move(options));
}

template <Strategy Timed>
Instance make_instance() {
  return {.promises = &Timed::kPromises,
          .tcp = make_pipeline<Timed, pipeline::TcpTransport>,
          .memory = make_pipeline<Timed, MemoryTransport>};
}

}  // namespace baton::trial

#define BATON_INSTANTIATE_PIPELINE(name, Class)                                                                     \
  namespace baton::trial {                                                                                          \
  Instance instance_of_##name() { return make_instance<::baton::Class<::baton::NativePlatform>>(); }                \
  }
