// Proofs that the concepts reject what breaks a rule by its type, with the sentence for it, and not only that
// they accept what is right. It compiles or not.
#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

#include "strategies/contract.hpp"
#include "strategies/refusal.hpp"

namespace baton::test {
namespace {

constexpr Promises kAny{.name = "fake",
                        .summary = "",
                        .source = "",
                        .progress = Progress::blocking,
                        .client_bytes = Residence::pool,
                        .backend_bytes = Residence::pool,
                        .receiver_depends_on_giver = false,
                        .memory_bound = ""};
constexpr Promises kUnderLock = [] {
  Promises promises = kAny;
  promises.housekeeps_under_pool_lock = true;
  return promises;
}();
constexpr Promises kGuarded = [] {
  Promises promises = kAny;
  promises.needs_guard = true;
  return promises;
}();

struct Session {};
struct Slot {};

// A worker and a strategy that are right; only declared, since nobody calls them.
struct Worker {
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ConnBuffer* acquire(Session& session) noexcept;
  ConnBuffer* acquire(Slot& slot) noexcept;
  ConnBuffer* give(ConnBuffer* buffer) noexcept;
  ConnBuffer* take(ConnBuffer* buffer) noexcept;
  void release(ConnBuffer* buffer) noexcept;
  void idle(Session& session, ConnBuffer* buffer) noexcept;
  bool housekeep() noexcept;

 protected:
  Worker() = default;
};
template <class W = Worker>
struct Right {
  static constexpr Promises kPromises = kAny;
  using PlatformType = NativePlatform;
  using Session = test::Session;
  using Slot = test::Slot;
  using Worker = W;
  explicit Right(const Parameters& parameters);
  Right(const Right&) = delete;
  Right& operator=(const Right&) = delete;
  Worker attach(std::uint32_t index);
  Session open_session();
  Slot open_slot();
  void set_buffer_bytes(std::uint32_t bytes) noexcept;
  Footprint footprint();
  [[nodiscard]] Footprint sample() const;
};

// Is no strategy, and is told so by a sentence that starts like this.
template <class S>
consteval bool refused(std::string_view start) {
  return !Strategy<S> && refusal<S>().starts_with(start);
}
static_assert(is_strategy<Right<>>());

// Each is right but for what it declares anew. The first of both kinds declares nothing: so deriving is no
// mistake in itself.
struct SameWorker : Worker {};
static_assert(is_strategy<Right<SameWorker>>());
struct SameStrategy : Right<> {
  using Right<>::Right;
};
static_assert(is_strategy<SameStrategy>());

// Rule 2: acquire, for both sides, returns a buffer or nullptr and never throws.
struct AcquireMayThrow : Worker {
  using Worker::acquire;
  ConnBuffer* acquire(test::Session& session);
};
static_assert(refused<Right<AcquireMayThrow>>("Worker::acquire: expected is `ConnBuffer* acquire(Session&"));
struct AcquireReturnsVoidPointer : Worker {
  using Worker::acquire;
  void* acquire(test::Slot& slot) noexcept;
};
static_assert(
    refused<Right<AcquireReturnsVoidPointer>>("Worker::acquire: expected is `ConnBuffer* acquire(Slot&"));
struct NoClientSide : Worker {
  ConnBuffer* acquire(test::Slot& slot) noexcept;
};
static_assert(refused<Right<NoClientSide>>("Worker::acquire: expected is `ConnBuffer* acquire(Session&"));
struct NoBackendSide : Worker {
  ConnBuffer* acquire(test::Session& session) noexcept;
};
static_assert(refused<Right<NoBackendSide>>("Worker::acquire: expected is `ConnBuffer* acquire(Slot&"));

// Rules 3 and 4: what travels is what give returns.
struct GiveReturnsNothing : Worker {
  void give(ConnBuffer* buffer) noexcept;
};
static_assert(refused<Right<GiveReturnsNothing>>("Worker::give"));
struct GiveMayThrow : Worker {
  ConnBuffer* give(ConnBuffer* buffer);
};
static_assert(refused<Right<GiveMayThrow>>("Worker::give"));
struct TakeMayThrow : Worker {
  ConnBuffer* take(ConnBuffer* buffer);
};
static_assert(refused<Right<TakeMayThrow>>("Worker::take"));
struct TakeReturnsBool : Worker {
  bool take(ConnBuffer* buffer) noexcept;
};
static_assert(refused<Right<TakeReturnsBool>>("Worker::take"));

// Rules 5 and 6.
struct ReleaseMayFail : Worker {
  bool release(ConnBuffer* buffer) noexcept;
};
static_assert(refused<Right<ReleaseMayFail>>("Worker::release"));
struct ReleaseMayThrow : Worker {
  void release(ConnBuffer* buffer);
};
static_assert(refused<Right<ReleaseMayThrow>>("Worker::release"));
struct IdleWithoutSession : Worker {
  void idle(ConnBuffer* buffer) noexcept;
};
static_assert(refused<Right<IdleWithoutSession>>("Worker::idle"));
struct IdleMayThrow : Worker {
  void idle(test::Session& session, ConnBuffer* buffer);
};
static_assert(refused<Right<IdleMayThrow>>("Worker::idle"));

// Rule 7: housekeep says whether it had to wait.
struct HousekeepDoesNotSay : Worker {
  void housekeep() noexcept;
};
static_assert(refused<Right<HousekeepDoesNotSay>>("Worker::housekeep:"));
struct HousekeepMayThrow : Worker {
  bool housekeep();
};
static_assert(refused<Right<HousekeepMayThrow>>("Worker::housekeep:"));

// Rule 10: one handle per thread, which dies without throwing.
struct CopyableWorker : Worker {
  CopyableWorker(const CopyableWorker& other);
};
static_assert(refused<Right<CopyableWorker>>("Worker: expected is that it cannot be copied"));
struct AssignableWorker : Worker {
  AssignableWorker& operator=(const AssignableWorker& other);
};
static_assert(refused<Right<AssignableWorker>>("Worker: expected is that it cannot be copied"));
struct WorkerDiesLoudly : Worker {
  ~WorkerDiesLoudly() noexcept(false);
};
static_assert(refused<Right<WorkerDiesLoudly>>("Worker: expected is a public destructor"));

// The strategy itself.
struct AttachReturnsSomethingElse : Right<> {
  using Right<>::Right;
  int attach(std::uint32_t index);
};
static_assert(refused<AttachReturnsSomethingElse>("attach:"));
struct SlotIsASession : Right<> {
  using Right<>::Right;
  using Slot = test::Session;
  Slot open_slot();
};
static_assert(refused<SlotIsASession>("Session, Slot:"));
struct NoSessions : Right<> {
  using Right<>::Right;
  void open_session();
};
static_assert(refused<NoSessions>("open_session:"));
struct SizeMayThrow : Right<> {
  using Right<>::Right;
  void set_buffer_bytes(std::uint32_t bytes);
};
static_assert(refused<SizeMayThrow>("set_buffer_bytes:"));
struct NoFootprint : Right<> {
  using Right<>::Right;
  void footprint();
};
static_assert(refused<NoFootprint>("footprint:"));
struct SampleChangesIt : Right<> {
  using Right<>::Right;
  Footprint sample();
};
static_assert(refused<SampleChangesIt>("sample:"));
struct NotMadeOfParameters : Right<> {
  NotMadeOfParameters();
};
static_assert(refused<NotMadeOfParameters>("constructor: expected is `explicit"));
struct Copyable : Right<> {
  using Right<>::Right;
  Copyable(const Copyable& other);
};
static_assert(refused<Copyable>("constructor: expected is that"));
struct NoSlots : Right<> {
  using Right<>::Right;
  void open_slot();
};
static_assert(refused<NoSlots>("open_slot:"));
struct NoPlatform : Right<> {
  using Right<>::Right;
  using PlatformType = int;
};
static_assert(refused<NoPlatform>("PlatformType:"));
static_assert(refused<int>("kPromises:"));
struct PromisesAString : Right<> {
  using Right<>::Right;
  static constexpr const char* kPromises = "trust me";
};
static_assert(refused<PromisesAString>("kPromises:"));

// Rules 13 and 14: who promises more has to provide more.
template <class W>
struct UnderLock : Right<W> {
  using Right<W>::Right;
  static constexpr Promises kPromises = kUnderLock;
};
struct HousekeepsLocked : Worker {
  void housekeep_locked() noexcept;
};
struct HousekeepsLockedLoudly : Worker {
  void housekeep_locked();
};
static_assert(is_strategy<UnderLock<HousekeepsLocked>>());
static_assert(refused<UnderLock<Worker>>("kPromises.housekeeps_under_pool_lock"));
static_assert(refused<UnderLock<HousekeepsLockedLoudly>>("kPromises.housekeeps_under_pool_lock"));
struct Unguarded : Right<> {
  using Right<>::Right;
  static constexpr Promises kPromises = kGuarded;
};
struct Guarded : Unguarded {
  using Unguarded::Unguarded;
  std::uint32_t guard_step() noexcept;
};
struct GuardedForever : Unguarded {
  using Unguarded::Unguarded;
  void guard_step() noexcept;
};
static_assert(refused<Unguarded>("kPromises.needs_guard"));
static_assert(is_strategy<Guarded>());
static_assert(refused<GuardedForever>("kPromises.needs_guard"));

// Platforms.
struct NoMutex {
  template <class T>
  using Atomic = std::atomic<T>;
  template <class T>
  using Plain = T;
  static constexpr std::size_t kGuardBytes = 0;
  static void* allocate(std::size_t bytes) noexcept;
  static void deallocate(void* memory) noexcept;
  static void copied(const void* to, const void* from, std::size_t bytes) noexcept;
  static void named(const void* memory, std::size_t bytes, std::string_view what) noexcept;
  static void pause() noexcept;
  static constexpr bool kRestarts = false;
  static std::uint32_t cpus() noexcept;
  static std::uint32_t cpu() noexcept;
  static std::uint32_t thread() noexcept;
};
static_assert(!Platform<NoMutex>);
struct WithMutex : NoMutex {
  using Mutex = std::mutex;
};
static_assert(Platform<WithMutex>);
struct AllocateThrows : WithMutex {
  static void* allocate(std::size_t bytes);
};
static_assert(!Platform<AllocateThrows>);
struct NobodyHearsOfCopies : WithMutex {
  static void copied() noexcept;
};
static_assert(!Platform<NobodyHearsOfCopies>);

TEST(Proofs, TheConceptsRejectWhatBreaksARuleByItsType) { SUCCEED() << "this file compiled"; }

}  // namespace
}  // namespace baton::test
