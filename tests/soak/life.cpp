#include "tests/soak/life.hpp"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "harness/pipeline/tcp_transport.hpp"
#include "harness/trial/conductor.hpp"
#include "tests/pipeline/scripted_origin.hpp"
#include "tests/soak/dice.hpp"

namespace baton::soak {
namespace {

using std::chrono::milliseconds;
constexpr std::uint32_t kClients = 8;
constexpr std::uint32_t kSmallest = 1024;  // holds every head that is not a fault

std::uint32_t buffer_size(Dice& dice) {
  return dice.one_of<std::uint32_t>({kSmallest, 2048, 4096, 16 * 1024, 16 * 1024, 64 * 1024});
}

pipeline::Settings settings(Dice& dice) {
  pipeline::Settings chosen;
  chosen.pools = 1 + static_cast<std::uint32_t>(dice.below(2));
  chosen.client_workers = chosen.pools * (1 + static_cast<std::uint32_t>(dice.below(3)));
  chosen.fetch_workers = chosen.pools * static_cast<std::uint32_t>(dice.below(4));
  chosen.buffers.buffer_bytes = buffer_size(dice);
  chosen.buffers.supply = static_cast<std::uint32_t>(dice.below(4));
  chosen.buffers.list_bound = dice.one_of<std::uint32_t>({0, 2, 1024});
  chosen.buffers.max_buffers = dice.one_in(4) ? 16 : 0;
  chosen.handoff.ratio = dice.one_of<double>({0, 0.5, 1, 1});
  chosen.handoff.min_bytes = dice.one_of<std::uint64_t>({0, 0, 5000});
  chosen.handoff.hops =
      chosen.fetch_workers > chosen.pools ? 1 + static_cast<std::uint32_t>(dice.below(2)) : 1;
  chosen.on_hangup = dice.one_in(2) ? pipeline::OnHangup::interrupt : pipeline::OnHangup::next_read;
  chosen.transit_bytes = dice.one_of<std::size_t>({4096, 64 * 1024, 512 * 1024});
  chosen.direct_read_bytes = dice.one_of<std::uint64_t>({0, 16 * 1024});
  chosen.dispatch_queue = dice.one_in(4) ? 2 : 4096;
  chosen.linger = milliseconds(dice.one_of<int>({0, 2, 20}));
  chosen.hangup_check = milliseconds(2);
  chosen.client_timeout = chosen.head_timeout = chosen.idle_timeout = milliseconds(500);
  chosen.backend_timeout = milliseconds(150);
  chosen.drain_timeout = milliseconds(dice.one_of<int>({0, 50, 500}));
  return chosen;
}

// What no HTTP client should have to read.
void speak_nonsense(pipeline::ScriptedOrigin::Peer& peer, int connection) {
  static constexpr std::string_view kAnswers[] = {
      "nonsense\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nno number\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\nless",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nmore than two",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Len",
      "",
  };
  if (connection % 5 != 0) peer.read_head();  // else the answer comes before the question
  peer.send(kAnswers[static_cast<std::size_t>(connection) % std::size(kAnswers)]);
  if (connection % 2 == 0) peer.reset();
}

}  // namespace

LifeResult live(const trial::Instance& strategy, const net::Address& upstream, std::uint64_t seed,
                bool checked, std::uint32_t life_ms) {
  LifeResult result;
  Dice dice(seed);
  const pipeline::Settings chosen = settings(dice);
  std::optional<pipeline::ScriptedOrigin> nonsense;
  if (dice.one_in(4)) nonsense.emplace(speak_nonsense);

  trial::LedgerBook ledgers;  // outlives the pipeline
  pipeline::TcpTransport transport(net::listen_tcp(net::Address::loopback(0), 64),
                                   nonsense ? nonsense->address() : upstream);
  pipeline::PipelineOptions hooks;
  if (checked) {
    hooks.on_thread = [&ledgers](pipeline::Role, std::uint32_t) { ledgers.open_for_this_thread(); };
  }
  const auto make = checked ? strategy.verifying_tcp : strategy.tcp;
  const auto running = make(chosen, transport, std::move(hooks));
  running->start();

  std::atomic<Phase> phase{Phase::asking};
  const net::Address address = net::local_address(transport.listener());
  std::vector<Client> clients;
  for (std::uint32_t i = 0; i < kClients; ++i) clients.emplace_back(address, seed * kClients + i, !nonsense);
  std::vector<std::thread> threads;
  for (Client& client : clients) threads.emplace_back([&client, &phase] { client.run(phase); });

  const auto end = std::chrono::steady_clock::now() + milliseconds(life_ms);
  while (std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(1 + dice.below(8)));
    running->set_buffer_bytes(buffer_size(dice));
    ++result.resizes;
  }
  phase = Phase::ending;
  if (dice.one_in(2)) running->stop();  // its workers leave while clients are still asking
  phase = Phase::over;
  for (std::thread& thread : threads) thread.join();
  running->stop();

  for (const Client& client : clients) result.clients += client.counts();
  const bool room_for_all = chosen.buffers.max_buffers == 0 && chosen.dispatch_queue > kClients;
  if (room_for_all &&
      result.clients.turned_away > result.clients.honest / 10 + 3) {  // a busy machine has time-outs
    result.faults.push_back(fmt::format("of {} requests without any fault {} were turned away",
                                        result.clients.honest, result.clients.turned_away));
  }
  result.totals = running->totals();
  const Footprint footprint = running->footprint();
  if (!footprint.conserved(0)) {
    result.faults.push_back(fmt::format("{} buffers and {} bytes are alive, {} and {} are accounted for",
                                        footprint.alive().buffers, footprint.alive().bytes,
                                        footprint.parked().buffers, footprint.parked().bytes));
  }
  if (footprint.sessions != Holding{} || footprint.in_transfer != Holding{} ||
      running->open_sessions() != 0) {
    result.faults.push_back(fmt::format("{} sessions are open, {} buffers with sessions, {} in transfer",
                                        running->open_sessions(), footprint.sessions.buffers,
                                        footprint.in_transfer.buffers));
  }
  if (result.clients.wrong != 0) {
    result.faults.push_back(fmt::format("{} wrong answers, the first one to {}", result.clients.wrong,
                                        result.clients.first_wrong));
  }
  return result;
}

}  // namespace baton::soak
