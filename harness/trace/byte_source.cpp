#include "harness/trace/byte_source.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace baton::trace {
namespace {

constexpr std::size_t kRawBytes = 256 * 1024;
constexpr std::string_view kGzip = "\x1f\x8b", kZstd = "\x28\xb5\x2f\xfd";
constexpr int kMostWindowLog = 23;  // 8 MiB, which all levels but --ultra and --long keep to
constexpr int kAnyGzip = 15 + 16;   // zlib's window bits: the largest window, gzip only

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

}  // namespace

struct ByteSource::State {
  std::string path;
  int fd = -1;
  std::vector<char> raw = std::vector<char>(kRawBytes);
  std::size_t at = 0, filled = 0;  // of raw
  bool ended = false;              // there is no more to read
  bool gzipped = false, in_member = false, cut_off = false;
  z_stream stream{};
  std::unique_ptr<ZSTD_DCtx, FreeContext> zstd;
  std::size_t zstd_wants = 0;  // bytes of the frame under way; 0: none is

  ~State() {
    if (gzipped) ::inflateEnd(&stream);
    if (fd > STDIN_FILENO) ::close(fd);
  }

  // Reads more behind what is in raw; false at the end.
  bool fill() {
    if (at == filled) at = filled = 0;
    if (ended || filled == raw.size()) return !ended;
    ssize_t got = 0;
    do {
      got = ::read(fd, raw.data() + filled, raw.size() - filled);
    } while (got < 0 && errno == EINTR);
    if (got < 0) throw std::runtime_error(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    filled += static_cast<std::size_t>(got);
    ended = got == 0;
    return !ended;
  }

  std::size_t read_plain(std::span<char> room) {
    if (at == filled && !fill()) return 0;
    const std::size_t bytes = std::min(room.size(), filled - at);
    std::memcpy(room.data(), raw.data() + at, bytes);
    at += bytes;
    return bytes;
  }

  std::size_t unpack_zstd(std::span<char> room) {
    ZSTD_outBuffer out{.dst = room.data(), .size = room.size(), .pos = 0};
    while (out.pos == 0) {
      if (at == filled && !fill()) {
        cut_off = cut_off || zstd_wants != 0;
        return 0;
      }
      ZSTD_inBuffer in{.src = raw.data() + at, .size = filled - at, .pos = 0};
      zstd_wants = ZSTD_decompressStream(zstd.get(), &out, &in);  // frames may follow each other
      at += in.pos;
      if (ZSTD_isError(zstd_wants) != 0) {
        if (ZSTD_getErrorCode(zstd_wants) == ZSTD_error_frameParameter_windowTooLarge) {
          throw std::runtime_error(fmt::format(
              "{} needs a window of more than {} MiB to be unpacked; unpack it on the way: zstd -dc "
              "--long=31 {} | baton trace import - --out FILE",
              path, (1U << kMostWindowLog) >> 20U, path));
        }
        cut_off = true;
        at = filled;
        ended = true;
        zstd_wants = 0;
        break;
      }
    }
    return out.pos;
  }

  std::size_t inflate_some(std::span<char> room) {
    stream.next_out = reinterpret_cast<unsigned char*>(room.data());
    stream.avail_out = static_cast<unsigned>(room.size());
    while (stream.avail_out == room.size()) {
      if (at == filled && !fill()) {
        cut_off = cut_off || in_member;
        return 0;
      }
      stream.next_in = reinterpret_cast<unsigned char*>(raw.data() + at);
      stream.avail_in = static_cast<unsigned>(filled - at);
      in_member = true;
      const int done = ::inflate(&stream, Z_NO_FLUSH);
      at = filled - stream.avail_in;
      if (done == Z_STREAM_END) {  // another member may follow
        in_member = false;
        ::inflateReset(&stream);
      } else if (done != Z_OK && done != Z_BUF_ERROR) {
        cut_off = true;
        at = filled;
        ended = true;
        in_member = false;
        break;
      }
    }
    return room.size() - stream.avail_out;
  }
};

ByteSource::ByteSource(const std::string& path) : state_(std::make_unique<State>()) {
  state_->path = path == "-" ? "standard input" : path;
  state_->fd = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (state_->fd < 0) throw std::runtime_error(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
  while (state_->filled < kZstd.size() && state_->fill()) {
  }
  const std::string_view start(state_->raw.data(), state_->filled);
  if (start.starts_with(kZstd)) {
    state_->zstd.reset(ZSTD_createDCtx());
    if (state_->zstd == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(state_->zstd.get(), ZSTD_d_windowLogMax, kMostWindowLog);
  }
  if (start.starts_with(kGzip)) {
    if (::inflateInit2(&state_->stream, kAnyGzip) != Z_OK) throw std::bad_alloc();
    state_->gzipped = true;
  }
}
ByteSource::~ByteSource() = default;

std::size_t ByteSource::read(std::span<char> room) {
  if (state_->zstd != nullptr) return state_->unpack_zstd(room);
  return state_->gzipped ? state_->inflate_some(room) : state_->read_plain(room);
}
bool ByteSource::cut_off() const noexcept { return state_->cut_off; }

}  // namespace baton::trace
