#include "model/run.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace baton::model {
namespace {

constexpr std::uint32_t kFirstBytes = 64;
constexpr std::uint32_t kOtherBytes = 128;
constexpr std::uint32_t kReadAhead = 3;

// Strategies whose every unused buffer anybody can get: with a limit, an acquire may fail only if all were
// busy. Elsewhere buffers lie with other workers, by design.
bool is_one_shared_pool(std::string_view name) {
  return name == "heap" || name == "locked_pool" || name == "lockfree_stack";
}

void fill(ConnBuffer& buffer, unsigned mark) {
  buffer.clear();
  std::memset(buffer.storage, static_cast<int>(mark), kReadAhead);
  buffer.filled(kReadAhead);
}

// As an owner does: changes the header and the payload.
void use(ConnBuffer& buffer) {
  Memory::instance().write(&buffer);
  Memory::instance().write(buffer.storage);
}

}  // namespace

ScenarioRun::ScenarioRun(const Strategies& strategy, Scenario scenario)
    : strategy_(strategy),
      scenario_(std::move(scenario)),
      threads_(static_cast<unsigned>(scenario_.threads.size())) {
  switch_at_size_setting(scenario_.resizes());
}
ScenarioRun::~ScenarioRun() { abandon(); }

// An execution that failed ended in the middle: nothing of it may be touched.
void ScenarioRun::abandon() {
  static_cast<void>(subject_.release());
  static_cast<void>(pool_lock_.release());
  for (auto& channel : channels_) {
    static_cast<void>(channel.release());
  }
  Memory::instance().abandon();
}

void ScenarioRun::begin() {
  abandon();
  owned_.clear();
  busy_ = 0;
  state_ = {};
  Parameters parameters;
  parameters.buffer_bytes = kFirstBytes;
  parameters.workspace_bytes = 1;
  parameters.workers = threads_;
  parameters.supply = scenario_.supply;
  parameters.batch = scenario_.batch;
  parameters.cache_bytes = kFirstBytes;
  parameters.stripes = 1;  // so that threads meet
  parameters.list_bound = scenario_.list;
  parameters.max_buffers = scenario_.limit;
  pool_lock_ = std::make_unique<ModelMutex>();
  for (unsigned i = 0; i < threads_; ++i) {
    channels_[i] = std::make_unique<Word>(0);
  }
  subject_ = strategy_.make(parameters, threads_);
  prime();
  for (unsigned i = 0; i < threads_; ++i) {
    attach(i);
  }
}

// Makes `parked` buffers and lets go of them again.
void ScenarioRun::prime() {
  for (unsigned i = 0; i < threads_; ++i) {
    attach(i);
  }
  unsigned wanted = scenario_.parked;
  for (unsigned i = 0; i < threads_; ++i) {
    if (wanted != 0) {
      --wanted;
      acquire_client(i);
    }
    if (wanted != 0) {
      --wanted;
      acquire_backend(i);
    }
  }
  for (unsigned i = 0; i < threads_; ++i) {
    let_go(i);
  }
  for (unsigned i = 0; i < threads_; ++i) {
    boundary(i);
    subject_->leave(i);
  }
}

void ScenarioRun::thread(unsigned index) {
  for (const char what : scenario_.threads[index]) {
    step(index, what);
  }
  let_go(index);  // or a giver would wait for it
  doing("ends");
}

void ScenarioRun::step(unsigned self, char what) {
  switch (what) {
    case 'a':
      return acquire_client(self);
    case 'b':
      return acquire_backend(self);
    case 'r':
      return release(self, state_[self].client);
    case 'R':
      return release(self, state_[self].backend);
    case 'g':
      return give(self);
    case 't':
      return take(self);
    case 'i':
      return idle(self, true);
    case 'I':
      return idle(self, false);
    case 'h':
      return boundary(self);
    case 'x':
      let_go(self);
      boundary(self);
      leave(self);
      return attach(self);
    case 's':
    case 'S':
      doing(what == 's' ? "sets the other size" : "sets the first size");
      return subject_->set_buffer_bytes(what == 's' ? kOtherBytes : kFirstBytes);
    case 'G':
      if (self + 1 == threads_ && strategy_.promises->needs_guard) {
        doing("guard step");
        const InCall call(Call::guard);
        subject_->guard_step();
      }
      return;
    default:
      fail("unknown step");
  }
}

void ScenarioRun::now_busy(int change) {
  busy_ = static_cast<unsigned>(static_cast<int>(busy_) + change);
  for (unsigned i = 0; i < threads_; ++i) {
    if (state_[i].acquiring) {
      state_[i].busiest = std::max(state_[i].busiest, busy_ - 1);
    }
  }
}

void ScenarioRun::acquire_client(unsigned self) {
  Thread& thread = state_[self];
  if (thread.client != nullptr || std::exchange(thread.client_acquired, true)) {
    return;
  }
  doing("acquire for its session");
  const std::uint32_t unread = std::exchange(thread.kept, 0);
  thread.acquiring = true;
  thread.busiest = 0;
  now_busy(unread == 0 ? 1 : 0);
  {
    const InCall call(Call::acquire);
    thread.client = subject_->acquire_client(self);
  }
  thread.client = checked(self, obtained(self, thread.client), unread);
}

void ScenarioRun::acquire_backend(unsigned self) {
  Thread& thread = state_[self];
  if (thread.backend != nullptr || std::exchange(thread.backend_acquired, true)) {
    return;
  }
  doing("acquire for its slot");
  thread.acquiring = true;
  thread.busiest = 0;
  now_busy(1);
  {
    const InCall call(Call::acquire);
    thread.backend = subject_->acquire_backend(self);
  }
  thread.backend = checked(self, obtained(self, thread.backend), 0);
}

ConnBuffer* ScenarioRun::obtained(unsigned self, ConnBuffer* buffer) {
  Thread& thread = state_[self];
  thread.acquiring = false;
  if (buffer == nullptr) {
    if (scenario_.limit == 0) {
      fail("wrong emptiness: an acquire fails though there is no limit");
    }
    if (is_one_shared_pool(strategy_.promises->name) && !scenario_.resizes() &&
        thread.busiest < scenario_.limit) {
      fail("wrong emptiness: an acquire fails though " + std::to_string(thread.busiest) + " of " +
           std::to_string(scenario_.limit) + " buffers were busy");
    }
    now_busy(-1);
  }
  return buffer;
}

// What the strategy handed to `self`.
ConnBuffer* ScenarioRun::checked(unsigned /*self*/, ConnBuffer* buffer, std::uint32_t unread) {
  if (buffer == nullptr) {
    return nullptr;
  }
  if (std::ranges::any_of(owned_, [buffer](const Owned& one) { return one.buffer == buffer; })) {
    fail("two owners: the strategy hands out a buffer that is owned or travels");
  }
  owned_.push_back({buffer, false});
  use(*buffer);
  if (buffer->unread_bytes() != unread) {
    fail("a buffer arrives with " + std::to_string(buffer->unread_bytes()) + " unread bytes instead of " +
         std::to_string(unread));
  }
  return buffer;
}
void ScenarioRun::disown(ConnBuffer* buffer) {
  std::erase_if(owned_, [buffer](const Owned& one) { return one.buffer == buffer; });
}

void ScenarioRun::release(unsigned self, ConnBuffer*& buffer) {
  if (buffer == nullptr) {
    return;
  }
  doing("release");
  use(*buffer);
  disown(buffer);
  const InCall call(Call::release);
  subject_->release(self, std::exchange(buffer, nullptr));
  now_busy(-1);
}

void ScenarioRun::give(unsigned self) {
  Thread& thread = state_[self];
  if (thread.backend == nullptr) {
    return;
  }
  if (channels_[self]->load(std::memory_order_relaxed, Site::here()) != 0) {
    return;  // what it gave before is not taken yet
  }
  doing("give");
  fill(*thread.backend, self);
  use(*thread.backend);
  disown(thread.backend);
  ConnBuffer* travelling = nullptr;
  {
    const InCall call(Call::give);
    travelling = subject_->give(self, thread.backend);
  }
  if (travelling == nullptr) {
    owned_.push_back({thread.backend, false});
    return;
  }
  thread.backend = nullptr;
  owned_.push_back({travelling, true});
  // release: as any channel between threads
  channels_[self]->store(to_word(travelling), std::memory_order_release, Site::here());
}

// nullptr: somebody else has it, or there was nothing.
ConnBuffer* ScenarioRun::receive(unsigned giver) {
  Word& channel = *channels_[giver];
  if (planted().torn_hang_up) {
    const std::uint64_t seen = channel.load(std::memory_order_acquire, Site::here());
    channel.store(0, std::memory_order_release, Site::here());
    return from_word<ConnBuffer*>(seen);
  }
  return from_word<ConnBuffer*>(channel.exchange(0, std::memory_order_acq_rel, Site::here()));
}

bool ScenarioRun::take_from(unsigned self, unsigned giver) {
  ConnBuffer* const arrived = receive(giver);
  if (arrived == nullptr) {
    return false;
  }
  doing(self == giver ? "take back" : "take");
  const auto entry =
      std::ranges::find_if(owned_, [arrived](const Owned& one) { return one.buffer == arrived; });
  if (entry == owned_.end() || !entry->travels) {
    fail("a given buffer is taken twice, so it will be released twice");
  }
  owned_.erase(entry);
  const InCall call(Call::take);
  ConnBuffer* const taken = subject_->take(self, arrived);
  if (taken == nullptr) {
    not_taken(self, giver, arrived);
    return false;
  }
  state_[self].backend = checked(self, taken, kReadAhead);
  if (state_[self].backend->unread() != std::string(kReadAhead, static_cast<char>(giver))) {
    fail("the read-ahead is not what was given");
  }
  return true;
}

// Under a limit a receiver may have no place for what arrived: it goes back to its giver, and ends there.
void ScenarioRun::not_taken(unsigned self, unsigned giver, ConnBuffer* travelling) {
  if (scenario_.limit == 0) {
    fail("take refuses read-ahead that fits");
  }
  if (planted().lost_refusal) {
    return;
  }
  if (self == giver) {
    subject_->drop(self, travelling);
    now_busy(-1);
    return;
  }
  owned_.push_back({travelling, true});
  // release: as any channel between threads
  channels_[giver]->store(to_word(travelling), std::memory_order_release, Site::here());
}

void ScenarioRun::take(unsigned self) {
  Thread& thread = state_[self];
  if (thread.backend != nullptr || thread.taken) {
    return;
  }
  for (unsigned distance = 1; distance < threads_ && !thread.taken; ++distance) {
    thread.taken = take_from(self, (self + distance) % threads_);
  }
}

void ScenarioRun::idle(unsigned self, bool unread) {
  Thread& thread = state_[self];
  if (thread.client == nullptr) {
    return;
  }
  doing(unread ? "idle with unread bytes" : "idle");
  thread.client->clear();
  if (unread) {
    fill(*thread.client, self);
    thread.kept = kReadAhead;
  }
  use(*thread.client);
  disown(thread.client);
  const InCall call(Call::idle);
  subject_->idle(self, std::exchange(thread.client, nullptr));
  now_busy(unread ? 0 : -1);
}

void ScenarioRun::boundary(unsigned self) {
  Thread& thread = state_[self];
  release(self, thread.backend);
  take_from(self, self);
  release(self, thread.backend);
  thread.client_acquired = thread.client != nullptr;
  thread.backend_acquired = false;
  thread.taken = false;
  doing("housekeep");
  const InCall call(Call::housekeep);
  if (strategy_.promises->housekeeps_under_pool_lock) {
    pool_lock_->lock();
    subject_->housekeep_locked(self);
    pool_lock_->unlock();
  }
  subject_->housekeep(self);
}

// Everything that it owns or gave and nobody took.
void ScenarioRun::let_go(unsigned self) {
  release(self, state_[self].backend);
  take_from(self, self);
  release(self, state_[self].backend);
  release(self, state_[self].client);
}

void ScenarioRun::leave(unsigned self) {
  doing("leaves");
  const InCall call(Call::exit);
  if (planted().skipped_exit) {
    subject_->forget(self);
  } else {
    subject_->leave(self);
  }
}
void ScenarioRun::attach(unsigned self) {
  const InCall call(Call::attach);
  subject_->attach(self);
  state_[self].client_acquired = state_[self].backend_acquired = state_[self].taken = false;
}

// At rest every worker acquires all it may, so that a buffer that is on the list twice has two owners. All
// are of one setting of the size, since every worker has kept house since the last one; what idle kept may be
// of any. Returns its bytes.
std::uint32_t ScenarioRun::acquire_all() {
  const ConnBuffer* newest = nullptr;
  bool same = true;
  for (unsigned i = 0; i < threads_; ++i) {
    const bool kept = state_[i].kept != 0;
    acquire_client(i);
    acquire_backend(i);
    for (const ConnBuffer* buffer : {kept ? nullptr : state_[i].client, state_[i].backend}) {
      if (buffer == nullptr) {
        continue;
      }
      same = same && (newest == nullptr || newest->generation == buffer->generation);
      newest = newest == nullptr || newest->generation < buffer->generation ? buffer : newest;
    }
  }
  const std::uint32_t bytes = newest != nullptr ? newest->capacity : 0;
  if (!same) {
    fail("a buffer of an earlier size is handed out");
  }
  for (unsigned i = 0; i < threads_; ++i) {
    let_go(i);
    boundary(i);
  }
  return bytes;
}

// Whatever is parked, after a change all are of the new size.
void ScenarioRun::change_size_at_rest() {
  subject_->set_buffer_bytes(kFirstBytes);
  subject_->set_buffer_bytes(kOtherBytes);
  for (unsigned i = 0; i < threads_; ++i) {
    boundary(i);
  }
  if (const std::uint32_t bytes = acquire_all(); bytes != 0 && bytes != kOtherBytes) {
    fail("buffers of an earlier size are handed out");
  }
}

void ScenarioRun::check_conserved(const char* when) {
  const Footprint footprint = subject_->footprint();
  if (!footprint.conserved(0) || footprint.in_transfer.buffers != 0) {
    fail(std::string("buffers are lost ") + when + ": " + std::to_string(footprint.created.buffers) +
         " created, " + std::to_string(footprint.destroyed.buffers) + " destroyed, " +
         std::to_string(footprint.parked().buffers) + " parked");
  }
}

void ScenarioRun::end() {
  for (unsigned i = 0; i < threads_; ++i) {
    boundary(i);
  }
  check_conserved("at rest");
  acquire_all();
  if (scenario_.resizes()) {
    change_size_at_rest();
  }
  for (unsigned i = 0; i < threads_; ++i) {
    leave(i);
  }
  subject_->close_places();
  check_conserved("after the workers left");
  const Footprint footprint = subject_->footprint();
  if (footprint.supplies.buffers != 0 || footprint.sessions.buffers != 0) {
    fail("leaving workers left " + std::to_string(footprint.supplies.buffers) +
         " buffers behind, closed sessions " + std::to_string(footprint.sessions.buffers));
  }
  subject_.reset();
  Memory::instance().check_all_freed();
  Memory::instance().clear();
  pool_lock_.reset();
  for (auto& channel : channels_) {
    channel.reset();
  }
}

}  // namespace baton::model
