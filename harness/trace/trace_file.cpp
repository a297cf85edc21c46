#include "harness/trace/trace_file.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace baton::trace {
namespace {

constexpr std::string_view kMagic = "baton-trace 1\n";
constexpr unsigned kEnd = 0xFF;
constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr std::size_t kMostOfARequest = 64;
constexpr unsigned kVarintBits = 7, kMore = 0x80;

}  // namespace

TraceWriter::TraceWriter(std::filesystem::path path)
    : path_(std::move(path)), draft_(fmt::format("{}.{}.part", path_.string(), ::getpid())) {
  if (std::filesystem::exists(path_))
    throw std::runtime_error(fmt::format("{} is there already; a trace is not overwritten", path_.string()));
  file_.reset(std::fopen(draft_.c_str(), "wbx"));
  if (file_ == nullptr) fail();
  buffer_.reserve(kBufferBytes);
  buffer_.assign(kMagic.begin(), kMagic.end());
}
TraceWriter::~TraceWriter() {
  if (file_ == nullptr) return;
  std::error_code ignored;
  std::filesystem::remove(draft_, ignored);
}

void TraceWriter::add(const Request& request) {
  if (buffer_.size() + kMostOfARequest > kBufferBytes) flush();
  buffer_.push_back(static_cast<unsigned char>(request.method));
  put(request.arrival_us - std::exchange(last_arrival_us_, request.arrival_us));
  put(request.client);
  put(request.head_bytes);
  put(request.body_bytes);
  ++requests_;
}

void TraceWriter::finish() {
  buffer_.push_back(kEnd);
  put(requests_);
  flush();
  if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) fail();
  std::filesystem::rename(draft_, path_);
  file_.reset();
}

void TraceWriter::put(std::uint64_t number) {
  for (; number >= kMore; number >>= kVarintBits) {
    buffer_.push_back(static_cast<unsigned char>(number | kMore));
  }
  buffer_.push_back(static_cast<unsigned char>(number));
}

void TraceWriter::flush() {
  if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size()) fail();
  buffer_.clear();
}

void TraceWriter::fail() const {
  throw std::runtime_error(fmt::format("cannot write {}: {}", path_.string(), std::strerror(errno)));
}

TraceReader::TraceReader(std::filesystem::path path)
    : path_(std::move(path)), file_(std::fopen(path_.c_str(), "rb")), buffer_(kBufferBytes) {
  if (file_ == nullptr) fail(std::strerror(errno));
  for (const char expected : kMagic) {
    if (byte() != static_cast<unsigned char>(expected))
      fail("is no trace; valid is what `baton trace import` wrote");
  }
}

bool TraceReader::next(Request& request) {
  const unsigned method = byte();
  if (method == kEnd) {
    if (number() != requests_) fail("has another number of requests than its end says");
    return false;
  }
  if (method >= kMethodNames.size())
    fail(fmt::format("has a method {} in request {}", method, requests_ + 1));
  arrival_us_ += number();
  const std::uint64_t client = number(), head = number();
  if (client > std::numeric_limits<std::uint32_t>::max() || head > std::numeric_limits<std::uint32_t>::max())
    fail(fmt::format("has a number out of range in request {}", requests_ + 1));
  request = {.arrival_us = arrival_us_,
             .client = static_cast<std::uint32_t>(client),
             .method = static_cast<Method>(method),
             .head_bytes = static_cast<std::uint32_t>(head),
             .body_bytes = number()};
  ++requests_;
  return true;
}

unsigned TraceReader::byte() {
  if (at_ == filled_) {
    filled_ = std::fread(buffer_.data(), 1, buffer_.size(), file_.get());
    at_ = 0;
    if (filled_ == 0) {
      fail(std::ferror(file_.get()) != 0 ? std::strerror(errno)
                                         : fmt::format("was cut off after {} requests", requests_));
    }
  }
  return buffer_[at_++];
}

std::uint64_t TraceReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += kVarintBits) {
    const unsigned part = byte();
    value |= std::uint64_t{part & ~kMore} << shift;
    if (part < kMore) return value;
  }
  fail(fmt::format("has a number out of range in request {}", requests_ + 1));
}

void TraceReader::fail(const std::string& what) const {
  throw std::runtime_error(fmt::format("{}: {}", path_.string(), what));
}

}  // namespace baton::trace
