#include "harness/trial/call_counts.hpp"

#include <algorithm>

#include "baton/registry.hpp"

namespace baton::trial {

#define BATON_DECLARE(name, Class) ScriptInstance script_of_##name();
BATON_FOR_EACH_STRATEGY(BATON_DECLARE)
BATON_FOR_EACH_ADAPTER(BATON_DECLARE)
#undef BATON_DECLARE

const ScriptInstance* find_script(std::string_view name) {
#define BATON_CALL(strategy, Class) script_of_##strategy(),
  static const std::vector<ScriptInstance> all = {BATON_FOR_EACH_STRATEGY(BATON_CALL)
                                                      BATON_FOR_EACH_ADAPTER(BATON_CALL)};
#undef BATON_CALL
  const auto found = std::ranges::find(all, name, &ScriptInstance::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace baton::trial
