#include "model/subject.hpp"

#include <algorithm>

#include "baton/registry.hpp"
#include "model/platform.hpp"
#include "model/subject_of.hpp"

namespace baton::model {
namespace {

template <class S>
std::unique_ptr<Subject> make(const Parameters& parameters, unsigned threads) {
  return std::make_unique<SubjectOf<S>>(parameters, threads);
}

}  // namespace

const std::vector<Strategies>& strategies() {
#define BATON_MODELLED(name, Class) {&Class<ModelPlatform>::kPromises, make<Class<ModelPlatform>>},
  static const std::vector<Strategies> kAll = {BATON_FOR_EACH_STRATEGY(BATON_MODELLED)};
#undef BATON_MODELLED
  return kAll;
}

const Strategies* find_strategy(std::string_view name) {
  const auto found = std::ranges::find_if(
      strategies(), [name](const Strategies& one) { return one.promises->name == name; });
  return found == strategies().end() ? nullptr : &*found;
}

}  // namespace baton::model
