// A pipeline behind one interface, whatever its strategy and transport: the only virtual calls, none on the
// measured path.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "harness/measure/histogram.hpp"
#include "harness/pipeline/pipeline.hpp"
#include "strategies/parameters.hpp"

namespace baton::pipeline {

class Running {
 public:
  Running() = default;
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  virtual ~Running() = default;

  virtual void start() = 0;
  virtual void stop() = 0;
  // Any time:
  [[nodiscard]] virtual Totals totals() const = 0;
  [[nodiscard]] virtual Footprint sample() const = 0;
  [[nodiscard]] virtual std::uint32_t open_sessions() const = 0;
  virtual void set_buffer_bytes(std::uint32_t bytes) = 0;
  // Between start and stop:
  [[nodiscard]] virtual std::uint64_t cpu_ns(Role role) = 0;
  // After stop:
  [[nodiscard]] virtual Footprint footprint() = 0;
  virtual void merge_housekeeping(Histogram& housekeeping, Histogram& ties) const = 0;
  virtual void merge_acquires(Histogram& acquires) const = 0;
};

template <Strategy S, Transport T>
class RunningPipeline final : public Running {
 public:
  RunningPipeline(const Settings& settings, T& transport, PipelineOptions options)
      : pipeline_(settings, transport, std::move(options)) {}

  void start() override { pipeline_.start(); }
  void stop() override { pipeline_.stop(); }
  [[nodiscard]] Totals totals() const override { return pipeline_.totals(); }
  [[nodiscard]] Footprint sample() const override { return pipeline_.strategy().sample(); }
  [[nodiscard]] std::uint32_t open_sessions() const override { return pipeline_.open_sessions(); }
  void set_buffer_bytes(std::uint32_t bytes) override { pipeline_.strategy().set_buffer_bytes(bytes); }
  [[nodiscard]] std::uint64_t cpu_ns(Role role) override { return pipeline_.cpu_ns(role); }
  [[nodiscard]] Footprint footprint() override { return pipeline_.strategy().footprint(); }
  void merge_housekeeping(Histogram& housekeeping, Histogram& ties) const override {
    for (const WorkerRecord& record : pipeline_.records()) {
      if (record.housekeeping) {
        housekeeping.merge(*record.housekeeping);
        ties.merge(*record.ties);
      }
    }
  }
  void merge_acquires(Histogram& acquires) const override {
    for (const WorkerRecord& record : pipeline_.records()) {
      if (record.acquires) acquires.merge(*record.acquires);
    }
  }

 private:
  Pipeline<S, T> pipeline_;
};

}  // namespace baton::pipeline
