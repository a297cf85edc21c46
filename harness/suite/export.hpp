// A run for programs that know other formats.
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

namespace baton::suite {

// As Google Benchmark writes with --benchmark_format=json, for its compare.py and for dashboards: every valid
// trial that was not quarantined is a repetition of its cell. real_time: microseconds from one answer to the
// next, which with an open loop is what was asked for, and no latency; cpu_time: of the pipeline's threads, a
// request. Further columns are the record's. Throws BadInput.
nlohmann::json google_benchmark_of(const std::filesystem::path& run);

}  // namespace baton::suite
