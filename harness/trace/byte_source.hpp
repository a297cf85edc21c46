// Bytes of a log: a file or standard input, as it is, gzipped or compressed with zstd (of several members or
// frames, too).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace baton::trace {

class ByteSource {
 public:
  // "-" is standard input. Throws std::runtime_error that says what is wrong.
  explicit ByteSource(const std::string& path);
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // Fills some of `room`; 0 at the end. Throws std::runtime_error if the system cannot read,
  // or if unpacking takes more memory than an import may have.
  std::size_t read(std::span<char> room);
  // Of a compressed log: it ended in the middle of a member, or goes on with what is none.
  [[nodiscard]] bool cut_off() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace baton::trace
