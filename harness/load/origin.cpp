#include "harness/load/origin.hpp"

#include <cerrno>
#include <optional>
#include <system_error>

namespace baton::load {
namespace {

constexpr std::uint64_t kListenerTag = net::Poller::kWakeTag - 1;

std::uint32_t events_for(Wish::For what) noexcept {
  switch (what) {
    case Wish::For::input:
      return EPOLLIN;
    case Wish::For::output:
      return EPOLLOUT;
    case Wish::For::leave:
      return EPOLLRDHUP;
    case Wish::For::timer:  // errors and resets are told anyway
    case Wish::For::close:
      break;
  }
  return 0;
}

}  // namespace

Origin::Origin(const net::Address& listen, int backlog)
    : listener_(net::listen_tcp(listen, backlog)), address_(net::local_address(listener_.get())) {
  int error = net::set_nonblocking(listener_.get(), true);
  if (error == 0) error = poller_.add(listener_.get(), EPOLLIN, kListenerTag);
  if (error != 0)
    throw std::system_error(error, std::generic_category(), "cannot watch the listening socket");
}

Origin::~Origin() { stop(); }

OriginCounts Origin::counts() const noexcept {
  // relaxed: counters to be read by people and, after stop(), by tests
  return {.connections = connections_.load(std::memory_order_relaxed),
          .open = open_.load(std::memory_order_relaxed),
          .requests = requests_.load(std::memory_order_relaxed)};
}

void Origin::start() {
  thread_ = std::thread([this] { run(); });
}

void Origin::stop() {
  request_stop();
  if (thread_.joinable()) thread_.join();
}

void Origin::request_stop() noexcept {
  stopping_.store(true,
                  std::memory_order_relaxed);  // relaxed: the wake-up below orders it through the kernel
  poller_.wake();
}

void Origin::run() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    std::optional<std::chrono::nanoseconds> timeout;
    if (!timers_.empty()) timeout = timers_.top().due - Clock::now();
    for (const epoll_event& event : poller_.wait(timeout)) on_event(event.data.u64, event.events);
    on_timers();
  }
  for (std::uint32_t index = 0; index < slots_.size(); ++index) close(index, false);
  listener_.reset();  // who connects from now on is refused
}

void Origin::on_event(std::uint64_t tag, std::uint32_t events) {
  if (tag == net::Poller::kWakeTag) return;
  if (tag == kListenerTag) {
    accept_some();
    return;
  }
  Slot* const slot = find(tag);
  if (slot == nullptr) return;
  const auto index = static_cast<std::uint32_t>(tag);
  const bool gone = (events & (EPOLLERR | EPOLLHUP)) != 0;
  if (slot->waits_for == Wish::For::leave || (gone && slot->waits_for == Wish::For::timer)) {
    close(index, false);
  } else {
    drive(index);
  }
}

void Origin::on_timers() {
  const Clock::time_point now = timers_.empty() ? Clock::time_point{} : Clock::now();
  while (!timers_.empty() && timers_.top().due <= now) {
    const std::uint64_t tag = timers_.top().tag;
    timers_.pop();
    if (find(tag) != nullptr) drive(static_cast<std::uint32_t>(tag));
  }
}

void Origin::accept_some() {
  constexpr int kMostAtOnce =
      64;  // so that a flood of connections does not keep those that are there waiting
  for (int i = 0; i < kMostAtOnce; ++i) {
    net::Connected accepted = net::accept_tcp(listener_.get(), net::Blocking::no);
    if (accepted.error != 0) {
      if (accepted.error == EMFILE || accepted.error == ENFILE) {
        // The connection stays in the backlog; asking again at once would only burn time. close() goes on
        // accepting.
        poller_.change(listener_.get(), 0, kListenerTag);
        accepting_ = false;
      }
      return;
    }
    net::set_nodelay(accepted.fd.get());
    if (free_slots_.empty()) {
      free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t index = free_slots_.back();
    free_slots_.pop_back();
    Slot& slot = slots_[index];
    slot.connection = std::make_unique<OriginConnection>(std::move(accepted.fd), requests_);
    slot.events = EPOLLIN;
    slot.waits_for = Wish::For::input;
    connections_.fetch_add(1, std::memory_order_relaxed);  // relaxed: see counts()
    open_.fetch_add(1, std::memory_order_relaxed);         // relaxed: see counts()
    if (poller_.add(slot.connection->fd(), slot.events, tag_of(index)) != 0) close(index, false);
  }
}

void Origin::drive(std::uint32_t index) {
  Slot& slot = slots_[index];
  const Wish wish = slot.connection->drive();
  if (wish.what == Wish::For::close) {
    close(index, wish.reset);
    return;
  }
  if (wish.what == Wish::For::timer) timers_.push({Clock::now() + wish.delay, tag_of(index)});
  slot.waits_for = wish.what;
  const std::uint32_t events = events_for(wish.what);
  if (events != slot.events && poller_.change(slot.connection->fd(), events, tag_of(index)) == 0)
    slot.events = events;
}

void Origin::close(std::uint32_t index, bool reset) {
  Slot& slot = slots_[index];
  if (!slot.connection) return;
  if (reset) net::set_reset_on_close(slot.connection->fd());
  slot.connection.reset();  // closing takes it out of the epoll
  ++slot.generation;
  free_slots_.push_back(index);
  open_.fetch_sub(1, std::memory_order_relaxed);  // relaxed: see counts()
  if (!accepting_) accepting_ = poller_.change(listener_.get(), EPOLLIN, kListenerTag) == 0;
}

std::uint64_t Origin::tag_of(std::uint32_t index) const noexcept {
  return std::uint64_t{slots_[index].generation} << 32U | index;
}

Origin::Slot* Origin::find(std::uint64_t tag) noexcept {
  Slot& slot = slots_[static_cast<std::uint32_t>(tag)];
  return slot.connection && slot.generation == static_cast<std::uint32_t>(tag >> 32U) ? &slot : nullptr;
}

}  // namespace baton::load
