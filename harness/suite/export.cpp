#include "harness/suite/export.hpp"

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/suite/metrics.hpp"
#include "harness/suite/records_file.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::suite {

using nlohmann::json;

namespace {

json context_of(const json& record) {
  const json& cpu = record.at("environment").at("cpu");
  return {{"date", record.at("started_at")},
          {"executable", "baton"},
          {"num_cpus", cpu.value("usable", 0)},
          {"mhz_per_cpu", 0},
          {"cpu_scaling_enabled", false},
          {"caches", json::array()},
          {"load_avg", json::array()},
          {"library_build_type", record.at("build").at("build_type") == "Release" ? "release" : "debug"},
          {"baton_run_id", record.at("run_id")},
          {"baton_commit", record.at("build").at("commit")},
          {"cpu_model", cpu.at("model")}};
}

// nothing: it cannot be told how long a request took.
json repetition_of(const json& record) {
  const json& requests_per_s = record.at("throughput").at("requests_per_s");
  const json& cpu = record.at("cpu").at("per_request_us");
  if (!requests_per_s.is_number() || requests_per_s.get<double>() <= 0 || !cpu.is_number()) return nullptr;
  constexpr double kMicroseconds = 1e6;
  json one{{"name", record.at("cell_id")},
           {"run_name", record.at("cell_id")},
           {"run_type", "iteration"},
           {"threads", record.at("configuration").at("client_workers")},
           {"iterations", record.at("requests").at("completed")},
           {"real_time", kMicroseconds / requests_per_s.get<double>()},
           {"cpu_time", cpu},
           {"time_unit", "us"},
           {"items_per_second", requests_per_s}};
  for (const Metric& metric : metrics()) {
    const auto value = value_of(metric, record);
    if (value && metric.name != "throughput" && metric.name != "cpu")
      one[fmt::format("{}_{}", metric.name, metric.unit)] = *value;
  }
  return one;
}

}  // namespace

json google_benchmark_of(const std::filesystem::path& run) {
  json context;
  std::vector<std::string> order;
  std::map<std::string, std::vector<json>> by_cell;
  read_records(run, [&](const json& record) {
    if (record.at("role") != "trial" || !record.at("verdict").at("valid").get<bool>()) return;
    const auto quarantine = record.find("quarantine");
    if (quarantine != record.end() && quarantine->is_object() && quarantine->at("quarantined").get<bool>())
      return;
    json one = repetition_of(record);
    if (one.is_null()) return;
    if (context.is_null()) context = context_of(record);
    std::vector<json>& repetitions = by_cell[record.at("cell_id").get<std::string>()];
    if (repetitions.empty()) order.push_back(record.at("cell_id"));
    one["repetition_index"] = repetitions.size();
    repetitions.push_back(std::move(one));
  });
  if (order.empty())
    throw BadInput(fmt::format("{}: no trial of the run counts; there is nothing to export", run.string()));
  json benchmarks = json::array();
  for (std::size_t family = 0; family < order.size(); ++family) {
    for (json& one : by_cell[order[family]]) {
      one["repetitions"] = by_cell[order[family]].size();
      one["family_index"] = family;
      one["per_family_instance_index"] = 0;
      benchmarks.push_back(std::move(one));
    }
  }
  return {{"context", std::move(context)}, {"benchmarks", std::move(benchmarks)}};
}

}  // namespace baton::suite
