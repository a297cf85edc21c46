#include "tests/properties/reference.hpp"

#include <algorithm>
#include <ostream>

#include "strategies/support/size_setting.hpp"

namespace baton::test {
namespace {

constexpr std::array<std::uint32_t, 5> kSizes = {64, 100, 256, 1024, 4096};
constexpr std::array<const char*, static_cast<std::size_t>(Call::kCount)> kNames = {"attach_or_detach",
                                                                                    "open_or_close_session",
                                                                                    "open_or_close_slot",
                                                                                    "acquire_client",
                                                                                    "acquire_backend",
                                                                                    "fill",
                                                                                    "consume",
                                                                                    "give",
                                                                                    "take",
                                                                                    "release",
                                                                                    "idle",
                                                                                    "housekeep",
                                                                                    "set_buffer_bytes",
                                                                                    "guard_step"};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << kNames[static_cast<std::size_t>(step.call)] << "(worker " << step.worker << ", pick "
             << step.pick << ", bytes " << step.bytes << ")";
}

Reference::Reference(const DrivenStrategy& strategy, const Parameters& parameters)
    : parameters_(parameters), driver_(strategy.make(parameters)), sizes_{parameters.buffer_bytes} {
  for (std::uint32_t i = 0; i < kWorkers; ++i) attach_or_detach(i);
  for (std::uint32_t i = 0; i < kPlaces; ++i) {
    open_or_close_session(i);
    open_or_close_slot(i);
  }
  compare();
}

Reference::~Reference() {
  if (!finished_) static_cast<void>(driver_.release());
}

void Reference::require(bool holds, const std::string& sentence) const {
  if (!holds) throw Broken(std::string(driver_->promises().name) + ": " + sentence);
}

bool Reference::is_tied(std::uint32_t index) const {
  if (!driver_->promises().receiver_depends_on_giver) return false;
  const auto is_here = [&](const Held& held) { return held.home == index; };
  return std::any_of(travelling_.begin(), travelling_.end(), is_here) ||
         std::any_of(workers_.begin(), workers_.end(),
                     [&](const Worker& worker) { return worker.backend && is_here(*worker.backend); });
}

bool Reference::attach_or_detach(std::uint32_t index) {
  Worker& worker = workers_[index];
  if (worker.attached && (worker.backend || !worker.clients.empty() || is_tied(index))) return false;
  if (worker.attached) {
    driver_->detach(index);
  } else {
    driver_->attach(index);
  }
  worker = Worker{.attached = !worker.attached, .seen = sizes_.size() - 1, .clients = {}, .backend = {}};
  return true;
}

bool Reference::open_or_close_session(std::uint32_t index) {
  Session& session = sessions_[index];
  if (session.out) return false;
  if (session.open) {
    driver_->close_session(index);
  } else {
    driver_->open_session(index);
  }
  session = Session{.open = !session.open, .kept = {}};
  return true;
}

bool Reference::open_or_close_slot(std::uint32_t index) {
  Slot& slot = slots_[index];
  if (slot.out) return false;
  if (slot.open) {
    driver_->close_slot(index);
  } else {
    driver_->open_slot(index);
  }
  slot.open = !slot.open;
  return true;
}

void Reference::require_new(const Worker& worker, const ConnBuffer& buffer, const std::string& unread) const {
  require(buffer.unread() == unread, "acquire returns what was kept, and else an empty buffer");
  if (unread.empty()) {
    const std::size_t setting = buffer.generation - SizeStamp::kFirst;
    require(setting >= worker.seen && setting < sizes_.size(),
            "an empty buffer is of no size earlier than its worker has seen");
    require(buffer.begin == 0 && buffer.capacity == sizes_[setting],
            "an empty buffer has all of its size free");
  }
}

bool Reference::acquire_client(std::uint32_t index, std::uint32_t session_index) {
  Worker& worker = workers_[index];
  Session& session = sessions_[session_index];
  if (!worker.attached || worker.acquired_client || !session.open || session.out) return false;
  ConnBuffer* const buffer = driver_->acquire_client(index, session_index);
  if (buffer == nullptr) {
    require(parameters_.max_buffers != 0, "acquire fails only where there is a limit");
    require(session.kept.empty(), "a session with unread bytes has its buffer already");
    return true;
  }
  require_new(worker, *buffer, session.kept);
  worker.acquired_client = true;
  worker.clients.push_back({buffer, session.kept, session_index, index, index});
  session.out = true;
  session.kept.clear();
  return true;
}

bool Reference::acquire_backend(std::uint32_t index, std::uint32_t slot_index) {
  Worker& worker = workers_[index];
  Slot& slot = slots_[slot_index];
  if (!worker.attached || worker.acquired_backend || worker.backend || !slot.open || slot.out) return false;
  ConnBuffer* const buffer = driver_->acquire_backend(index, slot_index);
  if (buffer == nullptr) {
    require(parameters_.max_buffers != 0, "acquire fails only where there is a limit");
    return true;
  }
  require_new(worker, *buffer, {});
  worker.acquired_backend = true;
  worker.backend = Held{buffer, {}, slot_index, index, index};
  slot.out = true;
  return true;
}

Reference::Held* Reference::held_by(std::uint32_t index, std::uint32_t pick) {
  Worker& worker = workers_[index];
  const std::size_t all = worker.clients.size() + (worker.backend ? 1 : 0);
  if (all == 0) return nullptr;
  const std::size_t chosen = pick % all;
  return chosen < worker.clients.size() ? &worker.clients[chosen] : &*worker.backend;
}

bool Reference::fill(std::uint32_t index, std::uint32_t pick, std::uint32_t bytes) {
  Held* const held = held_by(index, pick);
  if (held == nullptr) return false;
  std::string more(std::min<std::size_t>(bytes, held->buffer->free_bytes()), '\0');
  for (char& byte : more) byte = static_cast<char>(++filled_ * 131 >> 3);
  require(held->buffer->append(more), "what fits can be appended");
  held->unread += more;
  return true;
}

bool Reference::consume(std::uint32_t index, std::uint32_t pick, std::uint32_t bytes) {
  Held* const held = held_by(index, pick);
  if (held == nullptr) return false;
  const std::size_t some = std::min<std::size_t>(bytes, held->unread.size());
  held->buffer->consume(some);
  held->unread.erase(0, some);
  return true;
}

bool Reference::give(std::uint32_t index) {
  Worker& worker = workers_[index];
  if (!worker.backend) return false;
  ConnBuffer* const travelling = driver_->give(index, worker.backend->buffer);
  if (travelling == nullptr) {
    require(parameters_.max_buffers != 0, "give fails only where there is a limit");
    return true;
  }
  travelling_.push_back(*worker.backend);
  travelling_.back().buffer = travelling;
  travelling_.back().giver = index;
  worker.backend.reset();
  return true;
}

bool Reference::take(std::uint32_t index, std::uint32_t pick) {
  Worker& worker = workers_[index];
  if (!worker.attached || worker.backend || travelling_.empty()) return false;
  const auto chosen = travelling_.begin() + static_cast<std::ptrdiff_t>(pick % travelling_.size());
  Held held = *chosen;
  const bool takes_back = held.giver == index;
  if (!takes_back && worker.took) return false;
  travelling_.erase(chosen);
  ConnBuffer* const travelling = held.buffer;
  held.buffer = driver_->take(index, travelling);
  worker.took |= !takes_back;
  if (held.buffer == nullptr) {
    driver_->drop(index, travelling);
    require(parameters_.max_buffers != 0 || held.unread.size() > *std::ranges::min_element(sizes_),
            "take fails only where there is a limit, or the bytes do not fit");
    slots_[held.place].out = false;
    return true;
  }
  worker.backend = std::move(held);
  return true;
}

bool Reference::release(std::uint32_t index, std::uint32_t pick) {
  Worker& worker = workers_[index];
  Held* const held = held_by(index, pick);
  if (held == nullptr) return false;
  driver_->release(index, held->buffer);
  if (worker.backend && held == &*worker.backend) {
    slots_[held->place].out = false;
    worker.backend.reset();
  } else {
    sessions_[held->place].out = false;
    worker.clients.erase(worker.clients.begin() + (held - worker.clients.data()));
  }
  return true;
}

bool Reference::idle(std::uint32_t index, std::uint32_t pick) {
  Worker& worker = workers_[index];
  if (worker.clients.empty()) return false;
  const auto held = worker.clients.begin() + static_cast<std::ptrdiff_t>(pick % worker.clients.size());
  driver_->idle(index, held->place, held->buffer);
  sessions_[held->place].out = false;
  sessions_[held->place].kept = held->unread;
  worker.clients.erase(held);
  return true;
}

bool Reference::housekeep(std::uint32_t index) {
  Worker& worker = workers_[index];
  if (!worker.attached || worker.backend || is_tied(index)) return false;
  require(!driver_->housekeep(index), "housekeeping without a tie waits for nobody");
  worker.acquired_client = worker.acquired_backend = worker.took = false;
  worker.seen = sizes_.size() - 1;
  return true;
}

bool Reference::set_buffer_bytes(std::uint32_t pick) {
  const std::uint32_t bytes = kSizes[pick % kSizes.size()];
  if (bytes != sizes_.back()) sizes_.push_back(bytes);
  driver_->set_buffer_bytes(bytes);
  return true;
}

void Reference::run(const Step& step) {
  const std::uint32_t place = step.pick % kPlaces;
  const auto done = [&] {
    switch (step.call) {
      case Call::attach_or_detach:
        return attach_or_detach(step.worker);
      case Call::open_or_close_session:
        return open_or_close_session(place);
      case Call::open_or_close_slot:
        return open_or_close_slot(place);
      case Call::acquire_client:
        return acquire_client(step.worker, place);
      case Call::acquire_backend:
        return acquire_backend(step.worker, place);
      case Call::fill:
        return fill(step.worker, step.pick, step.bytes);
      case Call::consume:
        return consume(step.worker, step.pick, step.bytes);
      case Call::give:
        return give(step.worker);
      case Call::take:
        return take(step.worker, step.pick);
      case Call::release:
        return release(step.worker, step.pick);
      case Call::idle:
        return idle(step.worker, step.pick);
      case Call::housekeep:
        return housekeep(step.worker);
      case Call::set_buffer_bytes:
        return set_buffer_bytes(step.pick);
      case Call::guard_step:
        driver_->guard_step();
        return true;
      case Call::kCount:
        break;
    }
    return false;
  }();
  if (done) {
    ++steps_done_;
    compare();
  }
}

void Reference::compare() {
  std::size_t in_use = 0;
  for (const Worker& worker : workers_) {
    in_use += worker.clients.size() + (worker.backend ? 1 : 0);
    for (const Held& held : worker.clients) {
      require(held.buffer->unread() == held.unread,
              "nobody changes the bytes of a client buffer but its owner");
    }
    if (worker.backend) {
      require(worker.backend->buffer->unread() == worker.backend->unread,
              "nobody changes the bytes of a backend buffer but its owner, and a handoff keeps them");
    }
  }
  const Footprint footprint = driver_->footprint();
  require(footprint.conserved(in_use), std::to_string(footprint.alive().buffers) + " buffers alive, " +
                                           std::to_string(footprint.parked().buffers) + " parked and " +
                                           std::to_string(in_use) + " in use");
  require(footprint.in_transfer.buffers == travelling_.size(), "what travels is in transfer");
  require(footprint.created.buffers >= before_.created.buffers &&
              footprint.destroyed.buffers >= before_.destroyed.buffers,
          "created and destroyed only grow");
  // A pool counts against its limit what is in use and parked; workspaces, what is open.
  require(parameters_.max_buffers == 0 || footprint.alive().buffers <= parameters_.max_buffers,
          "no more buffers are alive than the limit allows");
  const Footprint sample = driver_->sample();
  require(sample.alive() == footprint.alive() && sample.parked().buffers == footprint.parked().buffers,
          "a sample of quiet workers has the right number of buffers");
  before_ = footprint;
}

void Reference::finish() {
  for (std::uint32_t index = 0; index < kWorkers; ++index) {
    while (release(index, 0)) compare();
  }
  while (!travelling_.empty()) {
    std::uint32_t receiver = travelling_.back().giver;
    if (!workers_[receiver].attached) attach_or_detach(receiver);
    static_cast<void>(take(receiver, static_cast<std::uint32_t>(travelling_.size() - 1)));
    while (release(receiver, 0)) compare();
  }
  for (std::uint32_t index = 0; index < kPlaces; ++index) {
    if (sessions_[index].open) open_or_close_session(index);
    if (slots_[index].open) open_or_close_slot(index);
    compare();
  }
  for (std::uint32_t index = 0; index < kWorkers; ++index) {
    if (workers_[index].attached) attach_or_detach(index);
    compare();
  }
  const Footprint footprint = driver_->footprint();
  require(footprint.supplies == Holding{} && footprint.sessions == Holding{} &&
              footprint.in_transfer == Holding{},
          "workers and sessions that left have nothing left");
  finished_ = true;
}

}  // namespace baton::test
