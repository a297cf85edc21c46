// A trace: what requests came when, how large, and from how many clients; nothing of who asked for what.
//
//   "baton-trace 1\n"                          then for each request, in the order of arrival:
//   method (1 byte)                            as in kMethodNames
//   since the one before (varint)              microseconds; of the first since the trace began
//   client (varint)                            from 0 on, in the order of their first request
//   request head (varint), response body (varint)    bytes
//   0xff, number of requests (varint)          the end: a trace without it was cut off
// Varints have seven bits a byte, the low ones first.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/trace/log_line.hpp"

namespace baton::trace {

struct Request {
  std::uint64_t arrival_us = 0;  // since the trace began
  std::uint32_t client = 0;
  Method method = Method::get;
  std::uint32_t head_bytes = 0;
  std::uint64_t body_bytes = 0;
  friend bool operator==(const Request&, const Request&) = default;
};

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// Writes beside `path`, and puts it there when it is whole; a destructor without finish leaves nothing.
// Throws std::runtime_error if it cannot write (a full disk), or if `path` is there already.
class TraceWriter {
 public:
  explicit TraceWriter(std::filesystem::path path);
  TraceWriter(const TraceWriter&) = delete;
  TraceWriter& operator=(const TraceWriter&) = delete;
  ~TraceWriter();

  // Arrivals do not go backwards.
  void add(const Request& request);
  void finish();
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }

 private:
  void put(std::uint64_t number);
  void flush();
  [[noreturn]] void fail() const;

  std::filesystem::path path_, draft_;
  File file_;
  std::vector<unsigned char> buffer_;
  std::uint64_t last_arrival_us_ = 0;
  std::uint64_t requests_ = 0;
};

// Reads one request after the other, in constant memory. Throws std::runtime_error that says what is wrong
// with the file: that it is none, is no trace, or was cut off.
class TraceReader {
 public:
  explicit TraceReader(std::filesystem::path path);

  // False at the end.
  [[nodiscard]] bool next(Request& request);

 private:
  [[nodiscard]] unsigned byte();
  [[nodiscard]] std::uint64_t number();
  [[noreturn]] void fail(const std::string& what) const;

  std::filesystem::path path_;
  File file_;
  std::vector<unsigned char> buffer_;
  std::size_t at_ = 0, filled_ = 0;
  std::uint64_t arrival_us_ = 0;
  std::uint64_t requests_ = 0;
};

}  // namespace baton::trace
