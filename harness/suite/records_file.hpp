// Reading the records of a run, whole again, whether they are compressed or not.
#pragma once

#include <filesystem>
#include <functional>

#include <nlohmann/json.hpp>

namespace baton::suite {

// The file with the records: trials.jsonl while a run writes it, trials.jsonl.gz when it is through. The
// first if there are both: the program was ended in the middle of compressing or expanding it. Throws
// BadInput if there is none.
std::filesystem::path trials_file_of(const std::filesystem::path& directory);

// trials.jsonl to trials.jsonl.gz, and back. The old file is removed when the new one is on the disk. Throws
// std::system_error (a full disk) and BadInput (compressed data that are damaged); the old file is whole
// then.
void compress_records(const std::filesystem::path& directory);
void expand_records(const std::filesystem::path& directory);

// Calls `use` with each record of the run in that directory, in the order of the file. Throws BadInput if
// there is none, or for a line that is no record (with its number); a last line that was cut off is left out.
void read_records(const std::filesystem::path& directory,
                  const std::function<void(const nlohmann::json&)>& use);

}  // namespace baton::suite
