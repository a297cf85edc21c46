// kCacheLineBytes, for folders that may not include strategies. What one thread writes at every request gets
// lines of its own: otherwise chance decides which workers' counts share one, and pipelines differ by that.
#pragma once

#include "strategies/parameters.hpp"  // IWYU pragma: export
