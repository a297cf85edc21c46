// What `baton load` prints: a view of its result.
#pragma once

#include "harness/load/load_result.hpp"

namespace baton::cli {

void print_report(const load::LoadResult& result);

}  // namespace baton::cli
