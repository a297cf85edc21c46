// The strategies' pipelines by name: dispatch happens here, once per run.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "harness/pipeline/running.hpp"
#include "harness/pipeline/tcp_transport.hpp"
#include "harness/trial/memory_transport.hpp"
#include "strategies/contract.hpp"

namespace baton::trial {

template <class T>
using MakePipeline = std::unique_ptr<pipeline::Running> (*)(const pipeline::Settings&, T&,
                                                            pipeline::PipelineOptions);

// One line of the registry, compiled (cmake/pipeline_unit.cpp.in). `verifying` is the same strategy on the
// counting platform inside Checked: slower, with a ledger and the contract's checks.
struct Instance {
  const Promises* promises;
  MakePipeline<pipeline::TcpTransport> tcp;
  MakePipeline<pipeline::TcpTransport> verifying_tcp;
  MakePipeline<MemoryTransport> memory;
  MakePipeline<MemoryTransport> verifying_memory;

  [[nodiscard]] std::string_view name() const noexcept { return promises->name; }
};

// In the registry's order: Baton's own strategies, and the adapters to the libraries that were there when
// this was built. Adapters take part where they are asked for.
std::span<const Instance> instances();
std::span<const Instance> adapters();
// Of both. nullptr if there is none of that name.
const Instance* find_instance(std::string_view name);
// The names of instances(), then those of adapters().
std::vector<std::string_view> strategy_names();
// What may be named instead of strategies: "all" for instances(), each group of the registry, "adapters".
std::vector<std::string_view> strategy_groups();
// The group of the registry that one of instances() is of.
std::string_view group_of(std::string_view strategy);
// What a name stands for where several may be named: those of a group, a strategy for itself; otherwise
// nothing.
std::vector<std::string_view> strategies_called(std::string_view name);

}  // namespace baton::trial
