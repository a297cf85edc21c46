#include "harness/trace/import.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <span>
#include <string_view>
#include <utility>

#include "harness/trace/line_reader.hpp"

namespace baton::trace {
namespace {

constexpr std::size_t kChunkBytes = 1024 * 1024;
constexpr std::size_t kLongestLine = 64 * 1024;
constexpr std::size_t kSamples = 3, kSampleBytes = 120;
constexpr std::size_t kKeptRoom = 4096;       // requests that a second keeps room for when it is written
constexpr std::uint64_t kSecond = 1'000'000;  // microseconds
constexpr std::uint64_t kNotTold = ~std::uint64_t{0};

// Numbers for clients, in the order of their first request. Only hashes are kept.
class Clients {
 public:
  std::uint32_t number_of(std::string_view name, ImportReport& report) noexcept {
    const std::uint64_t hash = std::max<std::uint64_t>(std::hash<std::string_view>{}(name), 1);  // 0: free
    for (std::size_t slot = hash & (kSlots - 1);; slot = (slot + 1) & (kSlots - 1)) {
      if (hashes_[slot] == hash) return numbers_[slot];
      if (hashes_[slot] != 0) continue;
      if (report.clients == kMostClients) {
        ++report.merged;
        return static_cast<std::uint32_t>(hash % kMostClients);
      }
      hashes_[slot] = hash;
      return numbers_[slot] = static_cast<std::uint32_t>(report.clients++);
    }
  }

 private:
  static constexpr std::size_t kSlots = 1U << 20U;
  static_assert(kMostClients < kSlots * 3 / 4, "else probing takes long");
  std::vector<std::uint64_t> hashes_ = std::vector<std::uint64_t>(kSlots);
  std::vector<std::uint32_t> numbers_ = std::vector<std::uint32_t>(kSlots);
};

class Importer {
 public:
  Importer(TraceWriter& trace, const FieldMap& map) : trace_(trace), lines_(map) {}

  void take(std::string_view text) {
    ++report_.lines;
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (report_.lines == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
    if (text.empty() || text.front() == '#') {
      ++report_.empty;
      lines_.directive(text);
      return;
    }
    LogLine line;
    if (!lines_.read(text, line)) {
      refuse(lines_.why(), text);
      return;
    }
    if (!begun_) {
      begun_ = true;
      latest_ = line.time.second;
      open_ = latest_ - kWindow + 1;
    }
    if (line.time.second < open_) {
      ++report_.backwards;
      line.time.second = open_;
    }
    if (line.time.second > latest_) advance(line.time.second);
    const bool told = line.time.microsecond >= 0;
    if (told) ++report_.finer;
    waiting_of(line.time.second)
        .push_back({.arrival_us = told ? static_cast<std::uint64_t>(line.time.microsecond) : kNotTold,
                    .client = clients_.number_of(line.client, report_),
                    .method = line.method,
                    .head_bytes = line.head_bytes,
                    .body_bytes = line.body_bytes});
    ++waiting_;
    while (waiting_ >= kMostWaiting) spread(open_++);
    latest_ = std::max(latest_, open_);
  }
  void refuse(Unread why, std::string_view text) {
    const auto place = static_cast<std::size_t>(why);
    ++report_.unread[place];
    if (report_.samples[place].size() >= kSamples) return;
    std::string shown(text.substr(0, kSampleBytes));
    std::ranges::replace_if(
        shown, [](char c) { return c < ' ' || c > '~'; }, '?');
    report_.samples[place].push_back({report_.lines, std::move(shown)});
  }
  // Of a line that never got into memory as a whole.
  void skip_long(std::string_view start) {
    ++report_.lines;
    refuse(Unread::too_long, start);
  }
  ImportReport& finish() {
    if (begun_) {
      while (open_ <= latest_) spread(open_++);
    }
    report_.requests = trace_.requests();
    return report_;
  }

 private:
  std::vector<Request>& waiting_of(std::int64_t second) noexcept {
    return seconds_[static_cast<std::size_t>(second) % seconds_.size()];
  }
  // The log has reached that second.
  void advance(std::int64_t second) {
    for (; waiting_ != 0 && open_ <= second - kWindow; ++open_) spread(open_);
    open_ = std::max(open_, second - kWindow + 1);
    latest_ = second;
  }
  // Writes what bears that second, which is the earliest that is open.
  void spread(std::int64_t second) {
    std::vector<Request>& requests = waiting_of(second);
    if (requests.empty()) return;
    if (trace_.requests() == 0) report_.first_second = second;
    const std::uint64_t begin = static_cast<std::uint64_t>(second - report_.first_second) * kSecond;
    const auto to_spread =
        static_cast<std::uint64_t>(std::ranges::count(requests, kNotTold, &Request::arrival_us));
    std::uint64_t nth = 0;
    for (Request& one : requests)
      if (one.arrival_us == kNotTold) one.arrival_us = nth++ * kSecond / to_spread;
    if (to_spread != requests.size()) std::ranges::stable_sort(requests, {}, &Request::arrival_us);
    for (Request& one : requests) {
      one.arrival_us += begin;
      trace_.add(one);
    }
    report_.last_second = second;
    waiting_ -= requests.size();
    requests.clear();
    if (requests.capacity() > kKeptRoom) requests.shrink_to_fit();
  }

  TraceWriter& trace_;
  ImportReport report_;
  LineReader lines_;
  Clients clients_;
  std::array<std::vector<Request>, kWindow> seconds_;  // what waits, by second
  std::size_t waiting_ = 0;                            // in all of them
  std::int64_t open_ = 0, latest_ = 0;  // the earliest second that may still get requests, and the latest
  bool begun_ = false;
};

}  // namespace

ImportReport import_log(ByteSource& source, TraceWriter& trace, const FieldMap& map) {
  Importer importer(trace, map);
  std::vector<char> chunk(kChunkBytes + kLongestLine);
  std::size_t kept = 0;   // bytes of a line that began in the chunk before
  bool skipping = false;  // the rest of a line that is too long
  std::uint64_t bytes = 0;
  while (const std::size_t got = source.read(std::span(chunk).subspan(kept, kChunkBytes))) {
    bytes += got;
    std::string_view rest(chunk.data(), kept + got);
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      const std::string_view line = rest.substr(0, end);
      if (!std::exchange(skipping, false)) {
        line.size() > kLongestLine ? importer.skip_long(line) : importer.take(line);
      }
      rest.remove_prefix(end + 1);
    }
    if (!skipping && rest.size() > kLongestLine) {
      importer.skip_long(rest);
      skipping = true;
    }
    kept = skipping ? 0 : rest.size();
    std::memmove(chunk.data(), rest.data(), kept);
  }
  const bool without_end = kept != 0;
  if (without_end) importer.take({chunk.data(), kept});
  ImportReport report = importer.finish();
  report.bytes = bytes;
  report.without_end = without_end;
  report.cut_off = source.cut_off();
  return report;
}

}  // namespace baton::trace
