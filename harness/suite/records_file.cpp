#include "harness/suite/records_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "harness/net/fd.hpp"
#include "harness/suite/record_check.hpp"
#include "harness/suite/shared_parts.hpp"
#include "harness/trial/bad_input.hpp"

namespace baton::suite {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

struct Close {
  void operator()(gzFile file) const noexcept { ::gzclose(file); }
};

// A file, whether it is compressed or not: zlib passes on what is not.
class Text {
 public:
  explicit Text(const fs::path& path) : path_(path), file_(::gzopen(path.c_str(), "rb")) {
    if (file_ == nullptr) {
      throw BadInput(
          fmt::format("{}: {}; valid is a file that can be read", path.string(), std::strerror(errno)));
    }
    ::gzbuffer(file_.get(), 1U << 18U);
  }

  // Some bytes; none at the end.
  [[nodiscard]] std::string_view more() {
    const int got = ::gzread(file_.get(), buffer_.data(), static_cast<unsigned>(buffer_.size()));
    int error = Z_OK;
    const std::string message = ::gzerror(file_.get(), &error);
    if (got < 0 || error != Z_OK) {
      throw BadInput(fmt::format("{}: cannot be read to its end: {}", path_.string(),
                                 error == Z_BUF_ERROR ? "the compressed data are cut off" : message));
    }
    return {buffer_.data(), static_cast<std::size_t>(got)};
  }

 private:
  fs::path path_;
  std::unique_ptr<gzFile_s, Close> file_;
  std::array<char, 1U << 16U> buffer_;
};

class Lines {
 public:
  explicit Lines(const fs::path& path) : text_(path) {}

  // Without its end; nothing: the file is at its end.
  [[nodiscard]] std::optional<std::string> next() {
    std::string line;
    while (true) {
      if (unread_.empty()) unread_ = text_.more();
      if (unread_.empty()) {
        cut_off_ = !line.empty();
        return cut_off_ ? std::optional(std::move(line)) : std::nullopt;
      }
      const std::size_t end = unread_.find('\n');
      line += unread_.substr(0, end);
      if (end != std::string_view::npos) {
        unread_.remove_prefix(end + 1);
        return line;
      }
      unread_ = {};
    }
  }

  // Whether the last line had no end.
  [[nodiscard]] bool cut_off() const noexcept { return cut_off_; }

 private:
  Text text_;
  std::string_view unread_;
  bool cut_off_ = false;
};

// Writes `from` to `to`, and removes it when that is on the disk. Mode "wb9" compresses, "wbT" does not.
void rewrite(const fs::path& from, const fs::path& to, const char* mode) {
  const fs::path draft = to.string() + ".new";
  const auto fail = [&] {
    const int error = errno;
    fs::remove(draft);
    throw std::system_error(error, std::generic_category(), draft.string());
  };
  Text text(from);
  std::unique_ptr<gzFile_s, Close> out(::gzopen(draft.c_str(), mode));
  if (out == nullptr) fail();
  for (std::string_view part = text.more(); !part.empty(); part = text.more()) {
    if (::gzwrite(out.get(), part.data(), static_cast<unsigned>(part.size())) == 0) fail();
  }
  if (::gzclose(out.release()) != Z_OK) fail();
  const net::Fd written(
      ::open(draft.c_str(), O_RDONLY | O_CLOEXEC));  // NOLINT(cppcoreguidelines-pro-type-vararg)
  if (!written || ::fsync(written.get()) != 0) fail();
  fs::rename(draft, to);
  fs::remove(from);
}

}  // namespace

fs::path trials_file_of(const fs::path& directory) {
  const fs::path plain = directory / "trials.jsonl";
  const fs::path compressed = directory / "trials.jsonl.gz";
  if (!fs::exists(plain) && !fs::exists(compressed)) {
    throw BadInput(
        fmt::format("{}: holds neither trials.jsonl nor trials.jsonl.gz; valid is the directory "
                    "of a run whose first trial has ended",
                    directory.string()));
  }
  return fs::exists(plain) ? plain : compressed;
}

void compress_records(const fs::path& directory) {
  rewrite(directory / "trials.jsonl", directory / "trials.jsonl.gz", "wb9");
}

void expand_records(const fs::path& directory) {
  rewrite(directory / "trials.jsonl.gz", directory / "trials.jsonl", "wbT");
}

void read_records(const fs::path& directory, const std::function<void(const json&)>& use) {
  const fs::path file = trials_file_of(directory);
  const SharedParts shared = SharedParts::of(directory);
  Lines lines(file);
  for (std::size_t number = 1;; ++number) {
    const std::optional<std::string> line = lines.next();
    if (!line) return;
    json record = json::parse(*line, nullptr, false);
    if (record.is_discarded()) {
      if (lines.cut_off()) return;
      throw BadInput(fmt::format("{}:{}: not JSON", file.string(), number));
    }
    const auto refuse = [&](std::string_view why) {
      throw BadInput(fmt::format("{}:{}: not a record of a trial: {}", file.string(), number, why));
    };
    if (const auto fault = fault_of(record)) refuse(*fault);
    try {
      shared.unpack(record);
      use(record);
    } catch (const json::exception& error) {
      refuse(error.what());
    } catch (const BadInput& error) {
      refuse(error.what());
    }
  }
}

}  // namespace baton::suite
