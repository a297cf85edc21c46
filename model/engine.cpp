#include "model/engine.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <new>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "model/fault.hpp"
#include "model/relacy.hpp"  // last: it has macros of its own for much of the above

namespace baton::model {
namespace {

// ---- what one exploration knows ------------------------------------------------------------------------

struct State {
  Execution* execution = nullptr;
  Choices* choices = nullptr;
  std::uint64_t most = 0;
  std::uint64_t run = 0;
  bool complete = false;
  std::string failure;  // of fail(); empty if Relacy saw it
  std::vector<std::string>* trace = nullptr;
  std::array<std::string, kMaxThreads> doing;
  std::vector<void*> memory;  // of words, cells and locks: kept until the execution ends, so that a use after
                              // the end of a lifetime is seen
  std::array<void*, kMaxThreads> stacks{};
  std::array<bool, kMaxThreads> paused{};  // and has loaded nothing since
};
State state;

template <class Record>
Record* make_record() {
  void* const memory = std::malloc(sizeof(Record));
  state.memory.push_back(memory);
  return ::new (memory) Record;
}
void forget_memory() {
  for (void* const memory : state.memory) {
    std::free(memory);
  }
  state.memory.clear();
}

// ---- call sites ----------------------------------------------------------------------------------------

// Files whose atomics no two running threads use for anything but counting, or never while one changes them:
// a switch in front of such an access leads to nothing that a switch elsewhere does not.
//   tally.hpp        every worker writes its own; what is shared is only added to, and read at rest
//   own_count.hpp    how many a worker's own cache has; others read it only in sample()
//   sliding_need.hpp numbers that only decide whether a cluster is freed or listed
//   node_table.hpp   operator[] reads a segment that exists since before the index was known
bool no_switch_at_size_setting = true;
bool switches(const OrderSite& site) {
  if (site.file == "size_setting.hpp") {
    return !no_switch_at_size_setting;
  }
  return site.file != "tally.hpp" && site.file != "own_count.hpp" && site.file != "sliding_need.hpp" &&
         site.function != "operator[]";
}

// Without template arguments.
std::string name_of(std::string_view function) { return std::string(function.substr(0, function.find('<'))); }

struct Met {
  OrderSite site;
  std::uint64_t times = 0;
  bool checkers_own = false;  // the checker's channel between threads
};
struct Key {
  const char* file;
  unsigned line;
  Access access;
  std::memory_order order;
  bool operator==(const Key&) const = default;
};
struct KeyHash {
  std::size_t operator()(const Key& key) const noexcept {
    return reinterpret_cast<std::size_t>(key.file) ^ (std::size_t{key.line} << 8U) ^
           (static_cast<std::size_t>(key.access) << 4U) ^ static_cast<std::size_t>(key.order);
  }
};
std::unordered_map<Key, Met, KeyHash> met_sites;

Met& met(Access access, std::memory_order order, Site site) {
  Met& found = met_sites[{site.file, site.line, access, order}];
  if (found.times++ == 0 && found.site.file.empty()) {
    const std::string_view path = site.file;
    const std::size_t slash = path.rfind('/');
    found.site = {std::string(slash == std::string_view::npos ? path : path.substr(slash + 1)),
                  name_of(site.function), site.line, access, order};
    found.checkers_own = path.find("strategies/") == std::string_view::npos;
  }
  return found;
}

// The order that is really used: a weaker one where that is planted.
rl::memory_order effective(const Met& at) {
  const auto& weakened = planted().weakened;
  const std::memory_order order = weakened && weakened->site == at.site ? weakened->to : at.site.order;
  switch (order) {
    case std::memory_order_relaxed:
      return rl::mo_relaxed;
    case std::memory_order_consume:
      return rl::mo_consume;
    case std::memory_order_acquire:
      return rl::mo_acquire;
    case std::memory_order_release:
      return rl::mo_release;
    case std::memory_order_acq_rel:
      return rl::mo_acq_rel;
    case std::memory_order_seq_cst:
      return rl::mo_seq_cst;
  }
  return rl::mo_seq_cst;
}

rl::debug_info info_of(const Met& at) {
  return {at.site.function.c_str(), at.site.file.c_str(), at.site.line};
}

// Lets another thread run first, unless nothing can come of it.
class SwitchPoint {
 public:
  explicit SwitchPoint(const Met& at) {
    rl::context& context = rl::ctx();
    if (at.checkers_own || switches(at.site)) {
      context.sched();
    }
    context.disable_preemption();
  }
  SwitchPoint(const SwitchPoint&) = delete;
  SwitchPoint& operator=(const SwitchPoint&) = delete;
  ~SwitchPoint() { rl::ctx().enable_preemption(); }
};

// Only what a switch can come before: the rest is bookkeeping.
void trace_access(const Met& at, std::uint64_t value, const char* remark = "") {
  if (state.trace == nullptr || !(at.checkers_own || switches(at.site))) {
    return;
  }
  std::ostringstream line;
  line << "    " << to_string(at.site) << ", value 0x" << std::hex << value << remark;
  trace(line.str());
}

// ---- Relacy's side -------------------------------------------------------------------------------------

// Relacy tracks what operator new gives inside of an execution. Strategies get their buffers from the
// platform, and the checker's own objects cross executions, so operator new stays malloc: this is the switch
// that Relacy's own bookkeeping uses.
struct AllocationSwitch : rl::context {
  static int rl::context::*place() { return &AllocationSwitch::disable_alloc_; }
};

template <rl::thread_id_t kThreads>
class Scheduler : public rl::scheduler<Scheduler<kThreads>, rl::scheduler_thread_info, kThreads> {
  using Base = rl::scheduler<Scheduler<kThreads>, rl::scheduler_thread_info, kThreads>;

 public:
  using thread_info_t = typename Base::thread_info_t;
  using shared_context_t = typename Base::shared_context_t;
  struct task_t {};

  using Base::Base;

  rl::thread_id_t iteration_begin_impl() {
    if (!allocation_off_) {
      rl::ctx().*AllocationSwitch::place() += 1;
      allocation_off_ = true;
    }
    return static_cast<rl::thread_id_t>(
        state.choices->choose(static_cast<unsigned>(kThreads), Choice::other));
  }
  bool iteration_end_impl() {
    ++state.run;
    forget_memory();
    if (state.run >= state.most) {
      return true;
    }
    state.complete = !state.choices->next();
    return state.complete;
  }
  rl::thread_id_t schedule_impl(rl::unpark_reason& reason, unsigned yields) {
    reason = rl::unpark_reason_normal;
    const rl::thread_id_t current = this->thread_->index_;
    const bool goes_on = this->thread_->state_ == rl::thread_state_running &&
                         (yields == 0 || this->running_threads_count == 1);
    std::array<rl::thread_id_t, static_cast<std::size_t>(kThreads)> candidates{};
    unsigned count = 0;
    if (goes_on) {
      candidates[count++] = current;
    }
    for (rl::thread_id_t i = 0; i != kThreads; ++i) {
      if (i != current && this->threads_[i].state_ == rl::thread_state_running) {
        candidates[count++] = i;
      }
    }
    return candidates[state.choices->choose(count, goes_on ? Choice::thread : Choice::other)];
  }
  unsigned rand_impl(unsigned limit, rl::sched_type type) {
    if (type == rl::sched_type_atomic_load) {
      if (std::exchange(state.paused[static_cast<std::size_t>(this->thread_->index_)], false)) {
        return 0;
      }
      return state.choices->choose(limit, Choice::stale_load);  // 0: the newest that is left
    }
    return state.choices->choose(limit, Choice::other);
  }
  rl::iteration_t iteration_count_impl() { return 1; }
  void get_state_impl(std::ostream& /*stream*/) {}
  void set_state_impl(std::istream& /*stream*/) {}
  void on_thread_block(rl::thread_id_t /*thread*/, bool /*yield*/) {}

 private:
  bool allocation_off_ = false;
};

template <rl::thread_id_t kThreads>
struct Suite : rl::test_suite<Suite<kThreads>, kThreads> {
  void before() {
    std::vector<std::string>* const lines = std::exchange(state.trace, nullptr);
    state.execution->begin();
    state.trace = lines;
  }
  void thread(unsigned index) {
    state.stacks[index] = rl::ctx().threadx_->fiber_.fib.uc_stack.ss_sp;
    state.execution->thread(index);
  }
  void after() {
    trace("all threads have ended; alone:");
    state.execution->end();
  }
};

template <rl::thread_id_t kThreads>
rl::test_result_e run() {
  std::ostringstream nowhere;
  rl::test_params parameters;
  parameters.output_stream = &nowhere;
  parameters.progress_stream = &nowhere;
  parameters.search_type = rl::random_scheduler_type;  // for Relacy: loads may be two stores behind, not one
  parameters.execution_depth_limit = 4000;
  return rl::run_test<Suite<kThreads>, Scheduler<kThreads>>(parameters, nowhere, false);
}

// A fault may lead a thread through a null pointer. The thread's stack is still good, so the handler can
// leave the execution as any other failure does.
void on_bad_access(int /*signal*/) {
  if (rl::is_ctx() && rl::ctx().threadx_ != nullptr) {
    fail("a thread followed a null or wild pointer");
  }
  std::signal(SIGSEGV, SIG_DFL);
}
void catch_bad_accesses() {
  struct sigaction action {};
  action.sa_handler = on_bad_access;
  action.sa_flags = SA_NODEFER;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

std::string sentence_of(rl::test_result_e result) {
  switch (result) {
    case rl::test_result_data_race:
      return "data race: two threads use the same plain data at once";
    case rl::test_result_deadlock:
      return "deadlock: every thread waits";
    case rl::test_result_livelock:
      return "livelock: the threads go on without an end";
    case rl::test_result_unitialized_access:
      return "a thread reads what it cannot know to be initialised";
    default:
      return std::string("Relacy: ") + rl::test_result_str(result);
  }
}

}  // namespace

// ---- words ---------------------------------------------------------------------------------------------

struct Word::Record {
  rl::atomic<std::uint64_t> atomic;
  bool alive = true;
  std::vector<rl::thread_id_t> parked;
};

namespace {

template <class Record>
Record& live(Record* record) {
  if (!record->alive) {
    fail("a thread uses an object after its lifetime");
  }
  return *record;
}

}  // namespace

Word::Word(std::uint64_t value) : record_(make_record<Record>()) {
  rl::ctx().disable_preemption();
  record_->atomic.store(value, rl::mo_relaxed, rl::debug_info("", "", 0));
  rl::ctx().enable_preemption();
}
Word::~Word() {
  live(record_).alive = false;
  std::destroy_at(&record_->parked);
  std::destroy_at(&record_->atomic);
}

std::uint64_t Word::load(std::memory_order order, Site site) const {
  const Met& at = met(Access::load, order, site);
  const SwitchPoint point(at);
  Record& record = live(record_);
  const std::uint64_t value = record.atomic.load(effective(at), info_of(at));
  trace_access(at, value, value != record.atomic.debug_value() ? " (not the newest)" : "");
  return value;
}
void Word::store(std::uint64_t value, std::memory_order order, Site site) {
  const Met& at = met(Access::store, order, site);
  const SwitchPoint point(at);
  live(record_).atomic.store(value, effective(at), info_of(at));
  trace_access(at, value);
}
std::uint64_t Word::exchange(std::uint64_t value, std::memory_order order, Site site) {
  const Met& at = met(Access::exchange, order, site);
  const SwitchPoint point(at);
  const std::uint64_t before = live(record_).atomic.exchange(value, effective(at), info_of(at));
  trace_access(at, value);
  return before;
}
std::uint64_t Word::fetch_add(std::uint64_t amount, std::memory_order order, Site site) {
  const Met& at = met(Access::fetch_add, order, site);
  const SwitchPoint point(at);
  const std::uint64_t before = live(record_).atomic.fetch_add(amount, effective(at), info_of(at));
  trace_access(at, before + amount);
  return before;
}
bool Word::compare_exchange(bool weak, std::uint64_t& expected, std::uint64_t wanted,
                            std::memory_order success, std::memory_order failure, Site site) {
  const Met& good = met(Access::cas, success, site);
  const Met& bad = met(Access::cas_failed, failure, site);
  const SwitchPoint point(good);
  Record& record = live(record_);
  const std::uint64_t newest = record.atomic.debug_value();
  const bool equal = newest == expected;
  const bool spurious = equal && weak && state.choices->choose(2, Choice::spurious_failure) == 1;
  if (equal && !spurious) {
    record.atomic.compare_exchange_strong(expected, wanted, effective(good), info_of(good));
    trace_access(good, wanted, ", exchanged");
    return true;
  }
  // Relacy knows no order for failure that is stronger than the one for success, so a failing exchange is
  // made with its own order, and fails because it expects what is not there.
  expected = ~newest;
  record.atomic.compare_exchange_strong(expected, wanted, effective(bad), info_of(bad));
  trace_access(bad, expected, spurious ? ", failed for nothing" : ", failed");
  return false;
}
void Word::wait(std::uint64_t old, std::memory_order order, Site site) const {
  const Met& at = met(Access::wait, order, site);
  for (;;) {
    {
      const SwitchPoint point(at);
      Record& record = live(record_);
      const std::uint64_t value = record.atomic.load(effective(at), info_of(at));
      trace_access(at, value);
      if (value != old) {
        return;
      }
    }
    Record& record = live(record_);
    if (record.atomic.debug_value() == old) {
      record.parked.push_back(rl::ctx().threadx_->index_);
      trace("    waits");
      rl::ctx().park_current_thread(false, false, false, info_of(at));
    } else {
      rl::ctx().yield(1, info_of(at));  // the newer store becomes visible in the end
    }
  }
}
void Word::notify_all() {
  if (planted().lost_wake_up) {
    return;
  }
  rl::ctx().sched();
  for (const rl::thread_id_t thread : std::exchange(live(record_).parked, {})) {
    rl::ctx().unpark_thread(thread, false, rl::debug_info());
  }
}

// ---- cells and locks -----------------------------------------------------------------------------------

struct Cell::Record {
  rl::var<std::uint64_t> var;
  bool alive = true;
};

Cell::Cell(std::uint64_t value) : record_(make_record<Record>()) {
  record_->var(rl::debug_info()).store(value);
}
Cell::~Cell() {
  live(record_).alive = false;
  std::destroy_at(&record_->var);
}
std::uint64_t Cell::read() const { return live(record_).var(rl::debug_info()).load(); }
void Cell::write(std::uint64_t value) { live(record_).var(rl::debug_info()).store(value); }

struct Lock::Record {
  rl::mutex mutex;
  bool alive = true;
};

Lock::Lock() : record_(make_record<Record>()) {}
Lock::~Lock() {
  live(record_).alive = false;
  std::destroy_at(&record_->mutex);
}
void Lock::lock() {
  live(record_).mutex.lock(rl::debug_info());
  trace("    locked");
}
bool Lock::try_lock() {
  const bool locked = live(record_).mutex.try_lock(rl::debug_info());
  trace(locked ? "    locked" : "    found locked");
  return locked;
}
void Lock::unlock() {
  live(record_).mutex.unlock(rl::debug_info());
  trace("    unlocked");
}

// ---- executions ----------------------------------------------------------------------------------------

void fail(const std::string& sentence) {
  state.failure = sentence;
  rl::ctx().fail_test("", rl::test_result_user_assert_failed, rl::debug_info());
  std::abort();  // it does not return
}
unsigned cpu_of_thread() {
  const unsigned moved = state.choices->choose(2, Choice::spurious_failure);
  return (this_thread() + moved) % 2;
}
void pause() {
  trace("    waits for another");
  state.paused[this_thread()] = true;
  rl::ctx().yield(1, rl::debug_info());
}
unsigned this_thread() noexcept { return static_cast<unsigned>(rl::ctx().threadx_->index_); }
bool tracing() noexcept { return state.trace != nullptr; }
void trace(const std::string& line) {
  if (state.trace != nullptr) {
    state.trace->push_back("thread " + std::to_string(this_thread()) + "  " + line);
  }
}
void doing(std::string_view what) {
  state.doing[this_thread()] = what;
  if (tracing()) {
    trace(std::string(what));
  }
}

Explored explore(unsigned threads, Execution& execution, Choices& choices, std::uint64_t most,
                 std::vector<std::string>* trace_lines) {
  static const bool caught = (catch_bad_accesses(), true);
  static_cast<void>(caught);
  state = {};
  state.execution = &execution;
  state.choices = &choices;
  state.most = most;
  state.trace = trace_lines;
  const rl::test_result_e result = threads == 2 ? run<2>() : run<3>();
  Explored explored{.schedules = state.run, .complete = state.complete, .failure = {}, .schedule = {}};
  if (result != rl::test_result_success) {
    ++explored.schedules;
    explored.failure = state.failure.empty() ? sentence_of(result) : state.failure;
    for (unsigned i = 0; i < threads; ++i) {
      *explored.failure += (i == 0 ? " [" : "; ") + std::string("thread ") + std::to_string(i) + ": " +
                           (state.doing[i].empty() ? "nothing" : state.doing[i]);
    }
    *explored.failure += "]";
    explored.schedule = choices.schedule();
    if (trace_lines != nullptr) {
      trace_lines->push_back("failed: " + *explored.failure);
    }
  }
  forget_memory();
  for (void* const stack : state.stacks) {
    std::free(stack);  // Relacy does not
  }
  return explored;
}

std::set<OrderSite> orders_met() {
  std::set<OrderSite> orders;
  for (const auto& [key, found] : met_sites) {
    if (!found.checkers_own && found.times != 0) {
      orders.insert(found.site);
    }
  }
  return orders;
}
void forget_orders() {
  for (auto& [key, found] : met_sites) {
    found.times = 0;
  }
}

void switch_at_size_setting(bool on) noexcept { no_switch_at_size_setting = !on; }

}  // namespace baton::model
