#include "harness/measure/instruction_meter.hpp"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace baton {
namespace {

class Meter {
 public:
  Meter() noexcept {
    perf_event_attr attributes{};
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_HARDWARE;
    attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
    attributes.pinned = 1;  // always counting, or not at all
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    constexpr int kThisThread = 0;
    constexpr int kAnyCpu = -1;
    constexpr int kNoGroup = -1;
    descriptor_ = static_cast<int>(
        syscall(SYS_perf_event_open, &attributes, kThisThread, kAnyCpu, kNoGroup, PERF_FLAG_FD_CLOEXEC));
    if (descriptor_ < 0) error_ = errno;
  }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  ~Meter() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  [[nodiscard]] bool read(std::uint64_t& value) const noexcept {
    return descriptor_ >= 0 && ::read(descriptor_, &value, sizeof value) == sizeof value;
  }
  [[nodiscard]] int error() const noexcept { return error_; }

 private:
  int descriptor_ = -1;
  int error_ = 0;
};

const Meter& meter() noexcept {
  thread_local const Meter own;
  return own;
}

}  // namespace

std::uint64_t thread_instructions() noexcept {
  std::uint64_t value = 0;
  return meter().read(value) ? value : 0;
}

std::string no_instruction_counter() {
  if (meter().error() != 0) return std::generic_category().message(meter().error());
  std::uint64_t value = 0;
  return meter().read(value) ? "" : "the processor's counters are in use";
}

}  // namespace baton
