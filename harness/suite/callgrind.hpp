// Instructions, counted by valgrind's callgrind: the same number every time.
#pragma once

#include <cstdint>
#include <istream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baton::suite {

struct CallgrindCosts {
  std::map<std::string, std::uint64_t> inclusive;  // of a function and all it called, by its (demangled) name
  // Of a function's own code, by the program or library it is in and its name.
  std::map<std::pair<std::string, std::string>, std::uint64_t> own;
};
// From a file that callgrind wrote with --compress-strings=no and --compress-pos=no. Throws
// std::runtime_error for what is no such file.
CallgrindCosts read_callgrind(std::istream& file);

struct Counted {
  CallgrindCosts instructions;
  std::string output;  // what the program wrote to standard output
};

// Runs a program under callgrind, which counts only inside functions whose names match `functions` (* and ?
// as in file names). Nothing of this process's environment is passed on but PATH and TMPDIR, so that it
// cannot change what is counted. Throws BadInput with what to do if there is no valgrind, std::runtime_error
// if the program fails.
Counted count_instructions(const std::vector<std::string>& arguments, std::vector<std::string> environment,
                           std::string_view input, std::string_view functions);

}  // namespace baton::suite
