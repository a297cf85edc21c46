// A script of requests under heap, with so many instructions planted in give as its argument says.
#include <cstdlib>
#include <string_view>

#include "harness/trial/call_script.hpp"
#include "strategies/heap.hpp"
#include "tests/suite/planted/script.hpp"

namespace baton {
namespace {

template <bool kPlanted>
class PlantedHeap : public Heap<NativePlatform> {
  using HeapWorker = Heap<NativePlatform>::Worker;

 public:
  class Worker : public HeapWorker {
   public:
    using HeapWorker::HeapWorker;
    [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) noexcept {
      if constexpr (kPlanted) asm volatile("nop\n nop\n nop\n nop\n nop\n nop\n nop");
      return HeapWorker::give(buffer);
    }
  };
  using Heap<NativePlatform>::Heap;
  [[nodiscard]] Worker attach(std::uint32_t index) { return Worker(*this, index); }
};

template <bool kPlanted>
void run() {
  trial::TrialConfig config;
  config.pipeline.client_workers = config.pipeline.fetch_workers = 1;
  config.pipeline.handoff.ratio = 1;
  trial::CallScript<PlantedHeap<kPlanted>>(config).run(
      {.warm_up = 10, .requests = planted::kPlantedRequests});
}

}  // namespace
}  // namespace baton

int main(int count, char** arguments) {
  if (count != 2) return EXIT_FAILURE;
  std::string_view(arguments[1]) == "planted" ? baton::run<true>() : baton::run<false>();
  return EXIT_SUCCESS;
}
