// The strategies' pipelines by name: dispatch happens here, once per run.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "harness/pipeline/running.hpp"
#include "harness/pipeline/tcp_transport.hpp"
#include "harness/trial/memory_transport.hpp"
#include "strategies/contract.hpp"

namespace baton::trial {

template <class T>
using MakePipeline = std::unique_ptr<pipeline::Running> (*)(const pipeline::Settings&, T&, pipeline::PipelineOptions);

// One line of the registry, compiled (cmake/pipeline_unit.cpp.in).
struct Instance {
  const Promises* promises;
  MakePipeline<pipeline::TcpTransport> tcp;
  MakePipeline<MemoryTransport> memory;

  [[nodiscard]] std::string_view name() const noexcept { return promises->name; }
};

// In the registry's order.
std::span<const Instance> instances();
// nullptr if there is none of that name.
const Instance* find_instance(std::string_view name);

}  // namespace baton::trial
