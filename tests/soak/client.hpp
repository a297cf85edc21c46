// A client that asks, and misbehaves in one of every way, at random.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/net/address.hpp"
#include "harness/net/fd.hpp"
#include "tests/soak/dice.hpp"

namespace baton::soak {

// What all clients of a life are told.
enum class Phase : std::uint8_t {
  asking,
  ending,  // the pipeline is being stopped: who is cut off now was not wronged
  over,    // leave at once
};

// Of one client; read when its thread has ended.
struct ClientCounts {
  std::uint64_t asked = 0;         // requests sent whole
  std::uint64_t honest = 0;        // of them, those where neither client nor origin misbehaved
  std::uint64_t answered = 0;      // honest ones that got 200 and every byte
  std::uint64_t turned_away = 0;   // honest ones that got an error answer or were cut off
  std::uint64_t misbehaviour = 0;  // connections on which the client misbehaved
  std::uint64_t wrong = 0;         // answers with a wrong byte, of a wrong length, or not HTTP
  std::string first_wrong;         // what was asked

  ClientCounts& operator+=(const ClientCounts& other);
};

class Client {
 public:
  // `origin_obeys`: the origin answers as the query asks; otherwise no answer is honest.
  Client(const net::Address& proxy, std::uint64_t seed, bool origin_obeys)
      : proxy_(proxy), dice_(seed), origin_obeys_(origin_obeys) {}

  // One connection after the other until it is over.
  void run(const std::atomic<Phase>& phase);
  [[nodiscard]] const ClientCounts& counts() const noexcept { return counts_; }

 private:
  struct Question;
  [[nodiscard]] Question question();
  void connection();
  void misbehave();
  void ask(std::size_t pipelined);
  // False: the connection is over.
  bool read_answer(const Question& asked);
  bool send(std::string_view bytes);
  bool receive();
  [[nodiscard]] bool over() const noexcept { return phase_->load() == Phase::over; }
  void leave();
  void pause(std::uint64_t most_ms);

  net::Address proxy_;
  Dice dice_;
  bool origin_obeys_;
  const std::atomic<Phase>* phase_ = nullptr;
  net::Fd socket_;
  std::string unread_;
  ClientCounts counts_;
};

}  // namespace baton::soak
