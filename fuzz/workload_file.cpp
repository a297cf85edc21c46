// Workload files: any bytes are read, or refused with a sentence that names the file.
#include <string>

#include "fuzz/configs.hpp"
#include "fuzz/scratch_file.hpp"
#include "harness/trial/check.hpp"
#include "harness/trial/workload.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace baton;
  static const fuzz::ScratchFile kFile("fuzz.toml");
  const std::filesystem::path& file = kFile.with(fuzz::text_of(data, size));
  try {
    const trial::Workload workload = trial::read_workload(file);
    fuzz::require(workload.name == "fuzz" && !workload.title.empty(),
                  "a workload has its file's name, and a title");
    fuzz::require(!trial::find_contradiction(workload.config), "a workload that was read can be run");
    fuzz::require_sound(workload.config);
  } catch (const BadInput& refusal) {
    fuzz::require(std::string_view(refusal.what()).starts_with(file.string() + ":"),
                  "a refusal names the file");
  }
  return 0;
}
