// What a run says, as sentences for people, and how far the machine lets them be believed.
#pragma once

#include <cstddef>

#include <nlohmann/json.hpp>

namespace baton::suite {

// From a summary's cells, comparisons and safety: a verdict for each conditions and regime in which requests
// per second or the memory of quiet connections were compared along the first baseline's axis, and one for
// ties. Of each metric the surest first. `main`: of the regimes of one question the one that has the most
// evidence. Numbers of sentences are those of the comparisons whose places in the list they name, rounded.
nlohmann::json verdicts_json(const nlohmann::json& summary, std::size_t cpus);

// "green", "yellow" or "red", and why it is not green.
nlohmann::json machine_json(const nlohmann::json& summary, const nlohmann::json& environment);

// CPUs that the run could use; 0: not known.
std::size_t cpus_of(const nlohmann::json& environment);

}  // namespace baton::suite
