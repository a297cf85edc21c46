#include "harness/load/load_options.hpp"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <string_view>

#include "harness/load/origin_target.hpp"
#include "harness/net/tcp.hpp"

namespace baton::load {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw std::invalid_argument(sentence); }

void validate_target(const LoadTarget& target) {
  if (!std::isfinite(target.weight) || target.weight <= 0) {
    refuse(fmt::format("a target's weight is {}; valid are numbers above 0", target.weight));
  }
  if (!target.path.empty()) {
    if (!target.path.starts_with('/')) refuse(fmt::format("path '{}' does not begin with '/'", target.path));
    if (!target.query.empty())
      refuse(fmt::format("path '{}' brings its own query; '{}' is one too many", target.path, target.query));
  }
  AnswerPlan plan;
  const TargetError error = parse_target(fmt::format("/bytes/{}?{}", target.bytes, target.query), plan);
  if (error.status != 0) refuse(fmt::format("query '{}': {}", target.query, error.message));
}

void validate_header(std::string_view header) {
  const std::size_t colon = header.find(':');
  if (colon == std::string_view::npos || colon == 0 ||
      header.find_first_of("\r\n") != std::string_view::npos) {
    refuse(fmt::format("'{}' is not a header; valid is 'Name: value' on one line", header));
  }
}

void validate_descriptors(const LoadOptions& options) {
  constexpr std::uint64_t kOwn = 64;  // of the program itself
  const std::uint64_t wanted = std::uint64_t{options.connections} + options.idle_connections + kOwn;
  const std::uint64_t limit = net::raise_open_file_limit();
  if (wanted > limit) {
    refuse(
        fmt::format("{} connections and {} idle ones do not fit into the limit of {} open files (ulimit -n)",
                    options.connections, options.idle_connections, limit));
  }
}

}  // namespace

void validate(const LoadOptions& options) {
  const bool open = options.loop == LoadLoop::open;
  if (options.connections == 0) refuse("connections is 0; valid are numbers from 1 up");
  if (options.pipelining == 0) refuse("pipelining is 0; valid are numbers from 1 up");
  if (options.threads == 0 || options.threads > options.connections) {
    refuse(fmt::format("threads is {}; valid are numbers from 1 to the number of connections, {}",
                       options.threads, options.connections));
  }
  const bool scheduled = options.schedule != nullptr;
  if (scheduled && !open) refuse("a schedule belongs to the open loop");
  if (scheduled && options.rate != 0) refuse("a schedule says when requests come; a rate is one too many");
  if (scheduled && options.schedule->empty()) refuse("the schedule has no requests");
  if (open && !scheduled && (!std::isfinite(options.rate) || options.rate <= 0)) {
    refuse(fmt::format("an open loop needs a rate above 0 requests per second, not {}", options.rate));
  }
  if (!open && options.rate != 0) refuse("a rate belongs to the open loop; the closed loop has none");
  if (open && !options.think_us.empty())
    refuse("a think time belongs to the closed loop; the open loop has a rate");
  if (!options.requests_per_connection.empty() && options.pipelining != 1)
    refuse("where connections end after some requests nothing can be pipelined");
  if (!options.keep_alive && options.pipelining != 1) refuse("without keep-alive nothing can be pipelined");
  if (!options.keep_alive && options.idle_connections != 0)
    refuse("without keep-alive no connection stays idle");
  if (options.measure.count() <= 0 || options.timeout.count() <= 0 || options.ramp.count() < 0 ||
      options.drain.count() < 0) {
    refuse("the measured time and the timeout are above 0, ramp and drain 0 or above");
  }
  if (!(options.hang_up.fraction >= 0 && options.hang_up.fraction <= 1)) {
    refuse(fmt::format("the fraction that hangs up is {}; valid are numbers from 0 to 1",
                       options.hang_up.fraction));
  }
  if (options.targets.empty()) refuse("there is nothing to ask for: no target");
  for (const LoadTarget& target : options.targets) {
    validate_target(target);
    if (options.faults.marks_requests() && !target.path.empty()) {
      refuse(fmt::format("faults need our origin, and path '{}' asks another server", target.path));
    }
    if (options.method == LoadMethod::post && !target.path.empty()) {
      refuse(fmt::format("POST goes to /echo, not to '{}'", target.path));
    }
  }
  for (const std::string& header : options.headers) validate_header(header);
  validate_descriptors(options);
}

}  // namespace baton::load
