// Threads that run batches together, each on a processor of its own as far as there are any.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace baton::primitives {

// The processors this process may use.
const std::vector<int>& processors();

// Waits for another thread: spins where everybody has a processor, and lets others run where not.
class Waiter {
 public:
  explicit Waiter(bool crowded) noexcept : crowded_(crowded) {}
  void pause() noexcept;

 private:
  bool crowded_;
  std::uint32_t spins_ = 0;
};

class Crew {
 public:
  // Thread i runs on processor i modulo their number.
  explicit Crew(unsigned threads);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;
  ~Crew();

  [[nodiscard]] unsigned size() const noexcept { return static_cast<unsigned>(threads_.size()); }
  [[nodiscard]] bool crowded() const noexcept { return size() > processors().size(); }

  // Every thread calls work(index), all from one start. Seconds from the first start to the last end.
  double run(const std::function<void(unsigned)>& work);

 private:
  void serve(unsigned index);

  struct alignas(64) Span {
    double start = 0;
    double end = 0;
  };
  unsigned planned_;
  const std::function<void(unsigned)>* work_ = nullptr;  // nullptr: go home
  std::vector<Span> spans_;
  alignas(64) std::atomic<std::uint32_t> round_{0};
  alignas(64) std::atomic<std::uint32_t> ready_{0};
  alignas(64) std::atomic<std::uint32_t> done_{0};
  std::vector<std::thread> threads_;
};

}  // namespace baton::primitives
