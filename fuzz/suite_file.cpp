// Suite files: any bytes are read, or refused with a sentence that names the file; cells that were read can
// be run, and the plan made of them survives the way to its file and back.
#include <string>
#include <vector>

#include "fuzz/configs.hpp"
#include "fuzz/scratch_file.hpp"
#include "harness/suite/plan.hpp"
#include "harness/suite/suite_file.hpp"
#include "harness/trial/check.hpp"
#include "harness/trial/workload.hpp"

namespace {

using namespace baton;

void require_sound(const suite::RunRequest& request) {
  constexpr std::size_t kEnough = 64;  // of a large suite's cells
  const std::size_t cells = std::min(request.cells.size(), kEnough);
  for (std::size_t i = 0; i < cells; ++i) {
    trial::check(request.cells[i].config);
    fuzz::require_sound(request.cells[i].config);
  }
  suite::RunRequest small = request;
  small.cells.resize(cells);
  small.trials = std::min(small.trials, 2U);
  const suite::Plan plan = suite::make_plan(small);
  const nlohmann::json written = suite::to_json(plan);
  const nlohmann::json again = suite::to_json(suite::plan_from_json(nlohmann::json::parse(written.dump())));
  fuzz::require(again == written, "a plan survives the way to its file and back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::ScratchFile kFile("fuzz.toml");
  static const std::vector<trial::Workload> kWorkloads = trial::read_workloads(trial::workload_directory(""));
  const std::filesystem::path& file = kFile.with(fuzz::text_of(data, size));
  suite::RunRequest request;
  try {
    request = suite::read_suite(file, kWorkloads);
  } catch (const BadInput& refusal) {
    fuzz::require(std::string_view(refusal.what()).starts_with(file.string() + ":"),
                  "a refusal names the file");
    return 0;
  }
  require_sound(request);
  return 0;
}
