#include "harness/trial/instance.hpp"

#include <algorithm>
#include <vector>

#include "baton/registry.hpp"

namespace baton::trial {

#define BATON_DECLARE(name, Class) Instance instance_of_##name();
BATON_FOR_EACH_STRATEGY(BATON_DECLARE)
#undef BATON_DECLARE

std::span<const Instance> instances() {
#define BATON_CALL(name, Class) instance_of_##name(),
  static const std::vector<Instance> all = {BATON_FOR_EACH_STRATEGY(BATON_CALL)};
#undef BATON_CALL
  return all;
}

const Instance* find_instance(std::string_view name) {
  const auto all = instances();
  const auto found = std::ranges::find(all, name, &Instance::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace baton::trial
