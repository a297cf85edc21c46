#include "harness/measure/lookout.hpp"

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>

#include "harness/measure/clock.hpp"
#include "harness/measure/small_work.hpp"

namespace baton {
namespace {

constexpr std::size_t kBatches = 9;
constexpr unsigned kThousands = 1;  // of multiplications in a batch
constexpr unsigned kLoads = 50;
constexpr unsigned kTrips = 12;
constexpr std::uint64_t kPatienceNs = 2'000'000;  // for the other CPU

}  // namespace

// Two threads at most: one works, the other answers its round trips.
class Lookout::Crew {
 public:
  explicit Crew(CpuPair cpus) : alone_(cpus.from == cpus.to) {
    one_ = std::thread([this, cpus] { serve(cpus.from, [this] { glance_ = work(); }); });
    if (alone_) return;
    try {
      other_ = std::thread([this, cpus] { serve(cpus.to, [this] { line_.answer(end_ns_); }); });
    } catch (...) {
      dismiss();
      throw;
    }
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew() { dismiss(); }

  Glance look() {
    line_.word.store(0, std::memory_order_relaxed);
    end_ns_ = monotonic_ns() + kPatienceNs;
    busy_.store(alone_ ? 1 : 2, std::memory_order_relaxed);
    call(Order::look);
    for (unsigned busy = busy_.load(std::memory_order_acquire); busy != 0;
         busy = busy_.load(std::memory_order_acquire)) {
      busy_.wait(busy, std::memory_order_acquire);
    }
    if (unpinned_.load(std::memory_order_relaxed))
      throw std::runtime_error("calibration: a CPU cannot be had");
    return glance_;
  }

 private:
  enum class Order : std::uint8_t { none, look, leave };

  void call(Order order) noexcept {
    order_ = order;
    called_.fetch_add(1, std::memory_order_release);
    called_.notify_all();
  }
  void dismiss() noexcept {
    call(Order::leave);
    one_.join();
    if (other_.joinable()) other_.join();
  }

  template <class Work>
  void serve(int cpu, Work work) {
    if (!small_work::pin_this_thread(cpu)) unpinned_.store(true, std::memory_order_relaxed);
    for (unsigned heard = 0;; ++heard) {
      called_.wait(heard, std::memory_order_acquire);
      if (order_ == Order::leave) return;
      work();
      if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
    }
  }

  Glance work() {
    Glance glance;
    std::array<double, kBatches> costs{};
    for (double& cost : costs) cost = small_work::spin(kThousands);
    glance.spin_ns = small_work::median(costs);
    for (double& cost : costs) cost = chase_.run(kLoads);
    glance.memory_ns = small_work::median(costs);
    if (!alone_) glance.round_trip_ns = rally();
    return glance;
  }

  std::optional<double> rally() {
    std::array<double, kBatches> costs{};
    std::uint64_t word = 0;
    bool going = line_.trip(word, end_ns_);  // until the other is there
    for (double& cost : costs) {
      const std::uint64_t begin = monotonic_ns();
      for (unsigned trip = 0; going && trip < kTrips; ++trip) going = line_.trip(word, end_ns_);
      cost = static_cast<double>(monotonic_ns() - begin) / kTrips;
    }
    line_.over();
    return going ? std::optional(small_work::median(costs)) : std::nullopt;
  }

  small_work::RallyLine line_;
  small_work::MemoryChase chase_;
  const bool alone_;
  Order order_ = Order::none;  // written before called_ grows
  std::uint64_t end_ns_ = 0;   // likewise
  // Looks asked for, and the leave. Released by the caller, acquired by the crew: so it sees order_, end_ns_,
  // and the relaxed stores to line_ and busy_ before.
  std::atomic<unsigned> called_{0};
  std::atomic<unsigned> busy_{
      0};  // threads that still work at this look; the last one's release publishes glance_
  std::atomic<bool> unpinned_{false};  // relaxed: stored before its thread's busy_
  Glance glance_;                      // read when nobody is busy
  std::thread one_, other_;
};

Lookout::Lookout(CpuPair cpus) : crew_(std::make_unique<Crew>(cpus)) {}
Lookout::~Lookout() = default;

Glance Lookout::look() { return crew_->look(); }

}  // namespace baton
