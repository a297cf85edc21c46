// Checked<S>: any strategy, with the contract enforced on both sides of it.
//
// It aborts with a sentence when the caller breaks a rule of contract.hpp (releases twice, releases what
// another owns, takes what nobody gave, acquires twice without housekeeping, dies owning something) and when
// the strategy does (hands one buffer to two workers, loses unread bytes, does not account for every buffer
// at the end). Writes behind a storage kill canaries, which the platform makes room for (kGuardBytes;
// CheckedNativePlatform has it). Released storage is overwritten, and poisoned under AddressSanitizer. For
// verification, not for timing: there is a mutex in every call.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "strategies/contract.hpp"
#include "strategies/support/canary.hpp"
#include "strategies/support/ownership.hpp"

namespace baton {

struct CheckedNativePlatform : NativePlatform {
  static constexpr std::size_t kGuardBytes = 64;
};
static_assert(Platform<CheckedNativePlatform>);

template <Strategy S>
class Checked {
 public:
  static constexpr Promises kPromises = S::kPromises;
  using PlatformType = typename S::PlatformType;

  // A Session or a Slot of S, which must not die while a buffer that was acquired for it is owned or travels.
  template <class Inner, bool kIsSession>
  class Place {
   public:
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      if (checked_.ownership_.out(record_) != 0) {
        broken_contract(std::string(kIsSession ? "a session" : "a slot") +
                        " was closed while its buffer is owned or in transfer");
      }
      checked_.open_places_.fetch_sub(1);
    }

   private:
    friend class Checked;
    explicit Place(Checked& checked)
        : checked_(checked), inner_([&] {
            if constexpr (kIsSession) {
              return checked.strategy_->open_session();
            } else {
              return checked.strategy_->open_slot();
            }
          }()) {
      record_.is_session = kIsSession;
      checked.open_places_.fetch_add(1);
    }

    Checked& checked_;
    Inner inner_;
    PlaceRecord record_;
    std::string kept_;  // unread bytes that idle left with a session
  };
  using Session = Place<typename S::Session, true>;
  using Slot = Place<typename S::Slot, false>;

  static constexpr bool kDrops = requires(typename S::Worker & worker, ConnBuffer* travelling) {
    worker.drop(travelling);
  };

  class Worker {
   public:
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() {
      check_thread();
      if (ownership().owned_by(index_) != 0) {
        broken_contract(worker_name(index_) + " left while it owns a buffer");
      }
      checked_.attached_[index_].store(false);
    }

    [[nodiscard]] ConnBuffer* acquire(Session& session) noexcept {
      once_since_housekeep(acquired_for_session_, "acquired a second client buffer");
      if (ownership().out(session.record_) != 0) {
        broken_contract(worker_name(index_) + " acquired for a session whose buffer is owned already");
      }
      ConnBuffer* const buffer = owned(inner_.acquire(session.inner_), session.record_,
                                       std::exchange(session.kept_, {}), "acquire(session)");
      acquired_for_session_ = buffer != nullptr;
      return buffer;
    }
    [[nodiscard]] ConnBuffer* acquire(Slot& slot) noexcept {
      once_since_housekeep(acquired_for_slot_, "acquired a second backend buffer");
      check_no_backend_buffer("acquired a backend buffer while it owns one");
      ConnBuffer* const buffer = owned(inner_.acquire(slot.inner_), slot.record_, {}, "acquire(slot)");
      acquired_for_slot_ = buffer != nullptr;
      return buffer;
    }
    [[nodiscard]] ConnBuffer* give(ConnBuffer* buffer) noexcept {
      check_own(buffer, "gave");
      std::string unread(buffer->unread());
      ConnBuffer* const travelling = inner_.give(buffer);
      if (travelling == nullptr) {
        return nullptr;
      }
      ownership().given(buffer, travelling, index_, std::move(unread));
      if (travelling != buffer) {
        arm_canaries(*travelling, kGuard);
      }
      return travelling;
    }
    [[nodiscard]] ConnBuffer* take(ConnBuffer* travelling) noexcept {
      check_thread();
      OwnedBuffer arrived = ownership().arrived(travelling, index_);
      const bool from_another = arrived.owner != index_;  // taking back is not counted
      if (from_another) {
        once_since_housekeep(taken_, "took a second buffer");
      }
      check_no_backend_buffer("took a buffer while it owns a backend buffer");
      check_intact(*travelling, "take");
      unpoison(last_backend_storage_);  // the strategy may copy into the worker's own workspace
      ConnBuffer* const taken = inner_.take(travelling);
      if (taken == nullptr) {
        if constexpr (!kDrops) {
          broken_contract("take on " + worker_name(index_) +
                          " returned nothing, but the strategy has no drop");
        }
        ownership().travels_on(travelling, std::move(arrived));
        return nullptr;
      }
      taken_ = taken_ || from_another;
      return owned(taken, *arrived.place, arrived.unread, "take");
    }
    void drop(ConnBuffer* travelling) noexcept requires(kDrops) {
      check_thread();
      static_cast<void>(ownership().arrived(travelling, index_));
      check_intact(*travelling, "dropped");
      inner_.drop(travelling);
    }
    void release(ConnBuffer* buffer) noexcept {
      check_own(buffer, "released");
      const bool is_session = ownership().released(buffer, index_, "released").is_session;
      forget(*buffer, is_session);
      inner_.release(buffer);
    }
    void idle(Session& session, ConnBuffer* buffer) noexcept {
      check_own(buffer, "idled");
      if (ownership().place_of(buffer) != &session.record_) {
        broken_contract(worker_name(index_) + " idled a buffer with a session that it was not acquired for");
      }
      static_cast<void>(ownership().released(buffer, index_, "idled"));
      session.kept_ = buffer->unread();
      if (session.kept_.empty()) {
        forget(*buffer, true);
      }
      inner_.idle(session.inner_, buffer);
    }
    [[nodiscard]] bool housekeep() noexcept {
      check_thread();
      check_no_backend_buffer("kept house while it owns a backend buffer");
      acquired_for_session_ = acquired_for_slot_ = taken_ = false;
      return inner_.housekeep();
    }
    void housekeep_locked() noexcept requires(kPromises.housekeeps_under_pool_lock) {
      check_thread();
      inner_.housekeep_locked();
    }

   private:
    friend class Checked;
    static constexpr std::size_t kGuard = PlatformType::kGuardBytes;

    Worker(Checked& checked, std::uint32_t index)
        : checked_(checked), index_(index), inner_(checked.strategy_->attach(index)) {}

    Ownership& ownership() noexcept { return checked_.ownership_; }
    void check_thread() const noexcept {
      if (thread_ != std::this_thread::get_id()) {
        broken_contract(worker_name(index_) + " was used on another thread than the one it was attached on");
      }
    }
    void once_since_housekeep(bool done, const char* what) const noexcept {
      check_thread();
      if (done) {
        broken_contract(worker_name(index_) + " " + what + " without housekeeping in between");
      }
    }
    void check_no_backend_buffer(const char* what) noexcept {
      if (ownership().backend_owned_by(index_) != 0) {
        broken_contract(worker_name(index_) + " " + what);
      }
    }
    // The buffer is this worker's and nobody wrote where he may not.
    void check_own(ConnBuffer* buffer, const char* call) noexcept {
      check_thread();
      ownership().check_owner(buffer, index_, call);
      check_intact(*buffer, call);
    }
    void check_intact(const ConnBuffer& buffer, const char* call) const noexcept {
      if (buffer.begin > buffer.end || buffer.end > buffer.capacity) {
        broken_contract(worker_name(index_) + " " + call +
                        " a buffer whose unread range does not lie in its storage");
      }
      if (!canaries_alive(buffer, kGuard)) {
        broken_contract(worker_name(index_) + " " + call + " a buffer that somebody wrote behind");
      }
    }
    // What the strategy handed out becomes this worker's. `unread` is what must be in it.
    ConnBuffer* owned(ConnBuffer* buffer, PlaceRecord& place, std::string_view unread,
                      const char* call) noexcept {
      if (buffer == nullptr) {
        return nullptr;
      }
      ownership().acquired(buffer, index_, place);
      unpoison(storage_of(*buffer));
      if (buffer->unread() != unread) {
        broken_contract(std::string(call) + " on " + worker_name(index_) + " returned " +
                        std::to_string(buffer->unread_bytes()) + " unread bytes that are not the " +
                        std::to_string(unread.size()) + " expected");
      }
      arm_canaries(*buffer, kGuard);
      return buffer;
    }
    // Before the strategy hears of it, since it may free the storage.
    void forget(const ConnBuffer& buffer, bool is_session) noexcept {
      const Region storage = storage_of(buffer);
      std::memset(storage.begin, kReleased, storage.bytes);
      poison(storage);
      if (!is_session) {
        last_backend_storage_ = storage;
      }
    }

    Checked& checked_;
    std::uint32_t index_;
    std::thread::id thread_ = std::this_thread::get_id();
    typename S::Worker inner_;
    Region last_backend_storage_;
    bool acquired_for_session_ = false;  // since the last housekeeping
    bool acquired_for_slot_ = false;
    bool taken_ = false;
  };

  explicit Checked(const Parameters& parameters)
      : workers_(parameters.workers),
        attached_(std::make_unique<std::atomic<bool>[]>(parameters.workers)),
        strategy_(std::make_unique<S>(parameters)) {}
  Checked(const Checked&) = delete;
  Checked& operator=(const Checked&) = delete;
  ~Checked() {
    for (std::uint32_t i = 0; i < workers_; ++i) {
      if (attached_[i].load()) {
        broken_contract("the strategy was destroyed while " + worker_name(i) + " is attached");
      }
    }
    if (open_places_.load() != 0) {
      broken_contract("the strategy was destroyed while sessions or slots are open");
    }
    if (const std::string left = ownership_.any_left(); !left.empty()) {
      broken_contract("the strategy was destroyed with " + left);
    }
    if (!strategy_->footprint().conserved(0)) {
      broken_contract("created - destroyed is not what is parked: " + std::string(kPromises.name) +
                      " lost buffers");
    }
  }

  [[nodiscard]] Worker attach(std::uint32_t index) {
    if (index >= workers_) {
      broken_contract(worker_name(index) + " was attached, but there are only " + std::to_string(workers_));
    }
    if (attached_[index].exchange(true)) {
      broken_contract(worker_name(index) + " was attached twice");
    }
    return Worker(*this, index);
  }
  [[nodiscard]] Session open_session() { return Session(*this); }
  [[nodiscard]] Slot open_slot() { return Slot(*this); }
  void set_buffer_bytes(std::uint32_t bytes) noexcept {
    if (bytes == 0) {
      broken_contract("the buffer size was set to 0");
    }
    strategy_->set_buffer_bytes(bytes);
  }
  [[nodiscard]] Footprint footprint() { return strategy_->footprint(); }
  [[nodiscard]] Footprint sample() const { return static_cast<const S&>(*strategy_).sample(); }
  [[nodiscard]] std::uint32_t guard_step() noexcept requires(kPromises.needs_guard) {
    return strategy_->guard_step();
  }

 private:
  std::uint32_t workers_;
  std::unique_ptr<std::atomic<bool>[]> attached_;
  std::atomic<std::uint32_t> open_places_{0};
  Ownership ownership_;
  std::unique_ptr<S> strategy_;
};

}  // namespace baton
