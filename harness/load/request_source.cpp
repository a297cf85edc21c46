#include "harness/load/request_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace baton::load {
namespace {

constexpr std::uint64_t kBodiesPerConnection = 8;

std::string_view method_name(LoadMethod method) noexcept {
  switch (method) {
    case LoadMethod::get:
      return "GET";
    case LoadMethod::head:
      return "HEAD";
    case LoadMethod::post:
      return "POST";
  }
  return "";
}

std::vector<double> weights_of(const std::vector<LoadTarget>& targets) {
  std::vector<double> weights;
  weights.reserve(targets.size());
  for (const LoadTarget& target : targets) weights.push_back(target.weight);
  return weights;
}

std::string make_fields(const LoadOptions& options) {
  std::string fields =
      fmt::format(" HTTP/1.{}\r\nHost: {}\r\n", options.http10 ? 0 : 1, options.address.to_string());
  if (options.http10 && options.keep_alive) fields += "Connection: keep-alive\r\n";
  if (!options.http10 && !options.keep_alive) fields += "Connection: close\r\n";
  for (const std::string& header : options.headers) fields.append(header).append("\r\n");
  return fields;
}

// "/files/{bytes}" with the number in it.
std::string with_bytes(std::string path, std::uint64_t bytes) {
  constexpr std::string_view kPlace = "{bytes}";
  const std::size_t place = path.find(kPlace);
  if (place != std::string::npos) path.replace(place, kPlace.size(), std::to_string(bytes));
  return path;
}

}  // namespace

RequestSource::RequestSource(const LoadOptions& options, std::uint64_t seed)
    : options_(options), version_and_fields_(make_fields(options)), random_(seed) {
  const std::vector<double> weights = weights_of(options.targets);
  weights_ = std::discrete_distribution<std::size_t>(weights.begin(), weights.end());
  for (const LoadTarget& target : options.targets) targets_.push_back(prepare(target));
}

RequestSource::Prepared RequestSource::prepare(const LoadTarget& target, Fault fault) const {
  const LoadMethod method = target.head_only ? LoadMethod::head : options_.method;
  std::string start(method_name(method));
  start += ' ';
  if (!target.path.empty()) {
    start += with_bytes(target.path, target.bytes);
  } else {
    const std::uint64_t at = std::min(options_.faults.at_bytes, target.bytes);
    const std::uint64_t sent = fault == Fault::truncate ? at : target.bytes;
    start += method == LoadMethod::post ? "/echo?" : fmt::format("/bytes/{}?", sent);
    if (fault == Fault::stall)
      start += fmt::format("pause_at={}&pause={}&", at, options_.faults.stall_time.count());
    if (fault == Fault::truncate) start += fmt::format("lie={}&", target.bytes - at);
    if (fault == Fault::reset) start += fmt::format("reset_at={}&", at);
    if (fault == Fault::lie) start += fmt::format("hide={}&", at);
    if (options_.faults.refuse > 0) start += "last=1&";
    if (!target.query.empty() && fault == Fault::none) start.append(target.query).append("&");
    start += "seed=";
  }
  return {target, std::move(start)};
}

const RequestSource::Prepared& RequestSource::draw() {
  return targets_.size() == 1 ? targets_.front() : targets_[weights_(random_)];
}

void RequestSource::make(Exchange& exchange, std::uint64_t connection, std::uint64_t number,
                         const ScheduledRequest* scheduled) {
  constexpr std::string_view kPadName = "X-Pad: ";
  constexpr std::string_view kLineEnd = "\r\n";
  const Fault fault = draw_fault(options_.faults, random_);
  Prepared of_its_own;
  if (scheduled != nullptr) {
    LoadTarget target = options_.targets.front();
    target.bytes = scheduled->body_bytes;
    target.head_bytes = scheduled->head_bytes;
    target.head_only = scheduled->head_only;
    of_its_own = prepare(target, fault);
  } else if (fault != Fault::none) {
    of_its_own = prepare(draw().target, fault);
  }
  const bool own = scheduled != nullptr || fault != Fault::none;
  const Prepared& prepared = own ? of_its_own : draw();
  const std::uint64_t seed = connection * kBodiesPerConnection + number % kBodiesPerConnection;
  std::string& head = exchange.head;
  head.assign(prepared.start);
  if (prepared.target.path.empty()) fmt::format_to(std::back_inserter(head), "{}", seed);
  head += version_and_fields_;
  const bool head_only = prepared.target.head_only || options_.method == LoadMethod::head;
  const bool post = options_.method == LoadMethod::post && !head_only;
  if (post) fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", prepared.target.bytes);
  const std::size_t unpadded = head.size() + kPadName.size() + 2 * kLineEnd.size();
  const std::uint32_t wanted =
      prepared.target.head_bytes != 0 ? prepared.target.head_bytes : options_.request_head_bytes;
  if (unpadded < wanted) {
    head.append(kPadName).append(wanted - unpadded, 'x').append(kLineEnd);
  }
  head += kLineEnd;

  exchange.request_body_bytes = post ? prepared.target.bytes : 0;
  exchange.sent = 0;
  exchange.answer_body = {prepared.target.bytes, seed};
  exchange.head_request = head_only;
  exchange.compare = prepared.target.path.empty();
  exchange.meets_fault = fault != Fault::none;
  set_hang_up(exchange);
}

void RequestSource::set_hang_up(Exchange& exchange) {
  exchange.hang_up_at.reset();
  exchange.leave_when_sent = false;
  const LoadHangUp& hang_up = options_.hang_up;
  if (hang_up.fraction == 0 || exchange.meets_fault ||
      std::uniform_real_distribution<double>(0, 1)(random_) >= hang_up.fraction) {
    return;
  }
  if (!hang_up.anywhere) {
    exchange.hang_up_at = hang_up.after_bytes;
    return;
  }
  // One in eight in the request, one in eight before the answer, the others anywhere in the body.
  constexpr std::uint64_t kStages = 8;
  const std::uint64_t stage = random_() % kStages, bytes = exchange.answer_body.bytes;
  if (stage > 1 && bytes != 0 && !exchange.head_request) {
    exchange.hang_up_at = random_() % bytes;
    return;
  }
  exchange.leave_when_sent = true;
  if (stage == 0) exchange.head.resize(exchange.head.size() / 2);
}

}  // namespace baton::load
