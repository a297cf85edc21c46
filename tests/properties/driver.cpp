#include "tests/properties/driver.hpp"

#include <ostream>

#include "baton/adapters.hpp"
#include "strategies/checked.hpp"
#include "tests/strategies/drive.hpp"

namespace baton::test {
namespace {

template <Strategy S>
class DriverOf final : public Driver {
 public:
  explicit DriverOf(const Parameters& parameters) : strategy_(parameters) {}

  [[nodiscard]] const Promises& promises() const override { return S::kPromises; }
  void attach(std::size_t worker) override {
    workers_[worker].reset(new Worker(strategy_.attach(static_cast<std::uint32_t>(worker))));
  }
  void detach(std::size_t worker) override { workers_[worker].reset(); }
  void open_session(std::size_t session) override {
    sessions_[session].reset(new Session(strategy_.open_session()));
  }
  void close_session(std::size_t session) override { sessions_[session].reset(); }
  void open_slot(std::size_t slot) override { slots_[slot].reset(new Slot(strategy_.open_slot())); }
  void close_slot(std::size_t slot) override { slots_[slot].reset(); }
  ConnBuffer* acquire_client(std::size_t worker, std::size_t session) override {
    return workers_[worker]->acquire(*sessions_[session]);
  }
  ConnBuffer* acquire_backend(std::size_t worker, std::size_t slot) override {
    return workers_[worker]->acquire(*slots_[slot]);
  }
  ConnBuffer* give(std::size_t worker, ConnBuffer* buffer) override { return workers_[worker]->give(buffer); }
  ConnBuffer* take(std::size_t worker, ConnBuffer* buffer) override { return workers_[worker]->take(buffer); }
  void drop(std::size_t worker, ConnBuffer* travelling) override {
    drop_travelling(*workers_[worker], travelling);
  }
  void release(std::size_t worker, ConnBuffer* buffer) override { workers_[worker]->release(buffer); }
  void idle(std::size_t worker, std::size_t session, ConnBuffer* buffer) override {
    workers_[worker]->idle(*sessions_[session], buffer);
  }
  bool housekeep(std::size_t worker) override { return keep_house(*workers_[worker]); }
  void set_buffer_bytes(std::uint32_t bytes) override { strategy_.set_buffer_bytes(bytes); }
  void guard_step() override {
    if constexpr (S::kPromises.needs_guard) static_cast<void>(strategy_.guard_step());
  }
  Footprint footprint() override { return strategy_.footprint(); }
  Footprint sample() override { return static_cast<const S&>(strategy_).sample(); }

 private:
  using Worker = typename S::Worker;
  using Session = typename S::Session;
  using Slot = typename S::Slot;

  S strategy_;  // dies last
  std::array<std::unique_ptr<Session>, kPlaces> sessions_;
  std::array<std::unique_ptr<Slot>, kPlaces> slots_;
  std::array<std::unique_ptr<Worker>, kWorkers> workers_;
};

template <class S>
DrivenStrategy driven() {
  return {.name = StrategyName::GetName<S>(0),
          .make = [](const Parameters& parameters) { return std::make_unique<DriverOf<S>>(parameters); }};
}

}  // namespace

void PrintTo(const DrivenStrategy& strategy, std::ostream* out) { *out << strategy.name; }

const std::vector<DrivenStrategy>& driven_strategies() {
#define BATON_DRIVEN(name, Class) \
  driven<Class<NativePlatform>>(), driven<Checked<Class<CheckedNativePlatform>>>(),
  static const std::vector<DrivenStrategy> kAll = {BATON_FOR_EACH_STRATEGY(BATON_DRIVEN)
                                                       BATON_FOR_EACH_ADAPTER(BATON_DRIVEN)};
#undef BATON_DRIVEN
  return kAll;
}

}  // namespace baton::test
