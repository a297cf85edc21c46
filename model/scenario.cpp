#include "model/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <stdexcept>

namespace baton::model {
namespace {

constexpr std::string_view kSteps = "arbRgtiIhsSxG";

unsigned number(std::string_view setting, std::string_view value, unsigned most) {
  unsigned read = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), read);
  if (error != std::errc() || end != value.data() + value.size() || read > most) {
    throw std::invalid_argument("scenario: " + std::string(setting) + " is '" + std::string(value) +
                                "'; valid is 0 to " + std::to_string(most));
  }
  return read;
}

void read_setting(Scenario& scenario, std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  const std::string_view value = equals == std::string_view::npos ? "" : word.substr(equals + 1);
  if (name == "parked") {
    scenario.parked = number(name, value, 4);
  } else if (name == "limit") {
    scenario.limit = number(name, value, 16);
  } else if (name == "supply") {
    scenario.supply = number(name, value, 4);
  } else if (name == "batch") {
    scenario.batch = number(name, value, 4);
  } else if (name == "list") {
    scenario.list = number(name, value, 16);
  } else {
    throw std::invalid_argument("scenario: unknown setting '" + std::string(word) +
                                "'; valid are parked=N, limit=N, supply=N, batch=N, list=N");
  }
}

std::string read_steps(std::string_view steps) {
  if (steps.find_first_not_of(kSteps) != std::string_view::npos) {
    throw std::invalid_argument("scenario: '" + std::string(steps) + "' has a step that is not one of '" +
                                std::string(kSteps) + "'");
  }
  return std::string(steps);
}

// A step that makes sense where it stands, mostly: what was taken is known only when it runs.
class Author {
 public:
  explicit Author(std::mt19937_64& random) : random_(random) {}

  std::string steps(std::size_t count, bool last_thread) {
    std::string written;
    bool client = false;
    bool backend = false;
    bool client_done = false;
    bool backend_done = false;
    while (written.size() < count) {
      std::string possible = "hxts";
      possible += last_thread ? "G" : "";
      possible += client ? "riI" : client_done ? "" : "aaa";
      possible += backend ? "RgRg" : backend_done ? "" : "bbb";
      const char step = possible[random_() % possible.size()];
      if (step == 't' && backend) {
        continue;
      }
      client = step == 'a' || (client && step != 'r' && step != 'i' && step != 'I' && step != 'x');
      backend =
          step == 'b' || step == 't' || (backend && step != 'R' && step != 'g' && step != 'h' && step != 'x');
      client_done = step != 'h' && step != 'x' && (client_done || step == 'a');
      backend_done = step != 'h' && step != 'x' && (backend_done || step == 'b');
      written += step;
    }
    return written;
  }

 private:
  std::mt19937_64& random_;
};

}  // namespace

std::string Scenario::text() const {
  std::string line;
  for (const std::string& steps : threads) {
    line += line.empty() ? "" : "|";
    line += steps;
  }
  const Scenario usual;
  const auto add = [&line](const char* name, unsigned value, unsigned ordinary) {
    if (value != ordinary) {
      line += fmt::format(" {}={}", name, value);
    }
  };
  add("parked", parked, usual.parked);
  add("limit", limit, usual.limit);
  add("supply", supply, usual.supply);
  add("batch", batch, usual.batch);
  add("list", list, usual.list);
  return line;
}

bool Scenario::resizes() const {
  return std::ranges::any_of(
      threads, [](const std::string& steps) { return steps.find_first_of("sS") != std::string::npos; });
}

std::size_t Scenario::steps() const {
  std::size_t sum = 0;
  for (const std::string& one : threads) {
    sum += one.size();
  }
  return sum;
}

Scenario parse_scenario(std::string_view text) {
  Scenario scenario;
  bool first = true;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text = space == std::string_view::npos ? "" : text.substr(space + 1);
    if (!first) {
      read_setting(scenario, word);
      continue;
    }
    first = false;
    for (std::size_t begin = 0; begin <= word.size();) {
      const std::size_t bar = std::min(word.find('|', begin), word.size());
      scenario.threads.push_back(read_steps(word.substr(begin, bar - begin)));
      begin = bar + 1;
    }
  }
  if (scenario.threads.size() < 2 || scenario.threads.size() > kMaxThreads) {
    throw std::invalid_argument("scenario: " + std::to_string(scenario.threads.size()) +
                                " threads; valid are 2 or 3, as in 'ar|bgh parked=1'");
  }
  return scenario;
}

Scenario generated_scenario(std::uint64_t index) {
  std::mt19937_64 random(index);
  Author author(random);
  Scenario scenario;
  // Every size of scenario has its share at any number of them.
  const std::size_t size = index % 5;  // 2x2, 2x3, 3x2, 2x4, 3x3
  const std::size_t threads = size == 2 || size == 4 ? 3 : 2;
  const std::size_t steps = size == 0 || size == 2 ? 2 : size == 3 ? 4 : 3;
  for (std::size_t i = 0; i < threads; ++i) {
    scenario.threads.push_back(author.steps(steps, i + 1 == threads));
  }
  scenario.parked = static_cast<unsigned>(random() % 4);
  scenario.limit = random() % 3 == 0 ? scenario.parked + 1 + static_cast<unsigned>(random() % 2) : 0;
  scenario.supply = static_cast<unsigned>(random() % 3);
  scenario.list = random() % 4 == 0 ? 1 : 4;
  return scenario;
}

const std::vector<std::string>& known_scenarios() {
  static const std::vector<std::string> kKnown = {
      "ar|ar parked=2",          // two threads at one list
      "ar|abr parked=2",         // ABA: the top comes back over another link
      "bgh|tR",                  // a tie: the giver waits for the receiver
      "bghb|tR",                 // and uses its workspace again
      "bgh|tgR|tR",              // the buffer is handed on
      "ah|bgh|tRh parked=2",     // supplies are filled and trimmed on both sides
      "sh|ar parked=2",          // the size changes while somebody acquires
      "bR|sSh parked=1",         // to another size and back
      "bgsh|tRh supply=1",       // while a buffer travels,
      "bgsSh|tRha",              // there and back meanwhile
      "ax|bgx|tRx parked=1",     // leaving, with a handoff on the way
      "ab|ab",                   // the table of nodes grows on both sides
      "a|a parked=1 limit=1",    // one buffer for two
      "bg|tR parked=1 limit=1",  // which the other may get only by the handoff
      "bgh|shtR limit=4",        // workspaces: a block takes what the receiver needs to take it
      "rah|baRr|ar parked=3",    // ABA with a tag of one bit: an even number of changes
  };
  return kKnown;
}

}  // namespace baton::model
