// DPDK's mempool, which ring_cache has its idea from: a cache for each thread over a bounded ring. Of 22.11,
// so that it empties its cache at 1.5 times its size. Without huge pages and devices.
#include <pthread.h>
#include <rte_eal.h>
#include <rte_mempool.h>
#include <sched.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/primitives/depot.hpp"
#include "bench/primitives/family.hpp"
#include "strategies/parameters.hpp"

namespace baton::primitives {
namespace {

// Once in a process. DPDK pins whoever starts it; that is undone.
bool start_dpdk() {
  static const bool kStarted = [] {
    cpu_set_t before;
    pthread_getaffinity_np(pthread_self(), sizeof before, &before);
    std::array<std::string, 8> words = {"baton",       "--no-huge",      "-m",           "64", "--no-pci",
                                        "--no-shconf", "--no-telemetry", "--log-level=1"};
    std::array<char*, 8> arguments{};
    for (std::size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
    const bool started = rte_eal_init(static_cast<int>(arguments.size()), arguments.data()) >= 0;
    pthread_setaffinity_np(pthread_self(), sizeof before, &before);
    return started;
  }();
  return kStarted;
}

class DpdkMempool {
  static constexpr unsigned kObjects = 1023;  // a power of two less one fits the ring

 public:
  static constexpr std::string_view kName = "dpdk_mempool";
  static constexpr Role kRole = Role::peer;
  static constexpr Abilities kAbilities{};

  class Handle {
   public:
    Handle(DpdkMempool& pool, unsigned /*index*/)
        : pool_(pool.pool_), cache_(rte_mempool_cache_create(2 * Parameters{}.batch, SOCKET_ID_ANY)) {
      if (cache_ == nullptr) std::abort();
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() {
      rte_mempool_cache_flush(cache_, pool_);
      rte_mempool_cache_free(cache_);
    }
    [[nodiscard]] ConnBuffer* acquire() {
      void* object = nullptr;
      return rte_mempool_generic_get(pool_, &object, 1, cache_) == 0 ? static_cast<ConnBuffer*>(object)
                                                                     : nullptr;
    }
    void release(ConnBuffer* buffer) {
      buffer->clear();
      void* object = buffer;
      rte_mempool_generic_put(pool_, &object, 1, cache_);
    }

   private:
    rte_mempool* pool_;
    rte_mempool_cache* cache_;
  };

  explicit DpdkMempool(unsigned /*threads*/) {
    static unsigned number = 0;
    const std::string name = "buffers" + std::to_string(number++);
    pool_ = start_dpdk() ? rte_mempool_create(name.c_str(), kObjects, kCacheLineBytes + kBufferBytes, 0, 0,
                                              nullptr, nullptr, construct, nullptr, SOCKET_ID_ANY, 0)
                         : nullptr;
    if (pool_ == nullptr) {
      std::fprintf(stderr, "dpdk_mempool: DPDK does not start here; leave it out with --filter\n");
      std::exit(1);
    }
  }
  DpdkMempool(const DpdkMempool&) = delete;
  DpdkMempool& operator=(const DpdkMempool&) = delete;
  ~DpdkMempool() { rte_mempool_free(pool_); }
  [[nodiscard]] std::size_t missing() const { return kObjects - rte_mempool_avail_count(pool_); }

 private:
  static void construct(rte_mempool* /*pool*/, void* /*argument*/, void* object, unsigned /*index*/) {
    auto* const buffer = ::new (object) ConnBuffer;
    buffer->storage = static_cast<char*>(object) + kCacheLineBytes;
    buffer->capacity = kBufferBytes;
  }
  rte_mempool* pool_;
};

}  // namespace

void add_dpdk(Catalogue& catalogue) { add<DpdkMempool>(catalogue); }

}  // namespace baton::primitives
