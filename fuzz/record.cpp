// Records on their way between processes and out of files: configurations, specifications of trials, plans
// and histograms, from any text. What is read is written back the same; the rest is refused by an exception
// that the reader documents, never by anything else.
#include <stdexcept>
#include <utility>

#include "fuzz/configs.hpp"
#include "harness/suite/plan.hpp"
#include "harness/trial/histogram_json.hpp"
#include "harness/trial/trial.hpp"

namespace {

using namespace baton;
using nlohmann::json;

template <class Read>
void attempt(Read read) {
  try {
    read();
  } catch (const json::exception&) {        // something is missing or of another type
  } catch (const BadInput&) {               // a configuration is refused
  } catch (const std::invalid_argument&) {  // a histogram is
  }
}

void read_configuration(const json& told) {
  try {
    fuzz::require_sound(trial::config_from_json(told));
  } catch (const BadInput&) {
  }
}

void read_specification(const json& told) {
  const trial::TrialSpec spec = trial::spec_from_json(told);
  const json written = trial::to_json(spec);
  fuzz::require(trial::to_json(trial::spec_from_json(written)) == written, "a specification survives");
}

void read_plan(const json& told) {
  const json written = suite::to_json(suite::plan_from_json(told));
  fuzz::require(suite::to_json(suite::plan_from_json(written)) == written, "a plan survives");
}

void read_histogram(const json& told) {
  const Histogram histogram = trial::histogram_from_json(told);
  fuzz::require(trial::histogram_from_json(trial::histogram_to_json(histogram)) == histogram,
                "a histogram survives");
}

void read_all(const json& told) {
  read_configuration(told);
  attempt([&] { read_specification(told); });
  attempt([&] { read_plan(told); });
  attempt([&] { read_histogram(told); });
}

// A good configuration, specification, plan or histogram, whichever the text has something of, changed by
// what it says (RFC 7386): inputs get deep into the readers and stay good when settings are added.
json patched(const json& told) {
  json good = trial::to_json(trial::TrialConfig{});
  if (told.is_object() && told.contains("buckets")) {
    good = trial::histogram_to_json(Histogram{});
  } else if (told.is_object() && (told.contains("cells") || told.contains("rounds"))) {
    good = suite::to_json(
        suite::make_plan({.suite = "x", .cells = {{}}, .trials = 1, .seed = 1, .policy = {}, .out = ""}));
  } else if (told.is_object() && (told.contains("config") || told.contains("round"))) {
    good = trial::to_json(trial::TrialSpec{});
  }
  good.merge_patch(told);
  return good;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const json told = json::parse(fuzz::text_of(data, size), nullptr, false);
  if (told.is_discarded()) return 0;
  read_all(told);
  read_all(patched(told));
  return 0;
}
