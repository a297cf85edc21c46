#include "harness/suite/run_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include "harness/suite/records_file.hpp"
#include "harness/trial/bad_input.hpp"
#include "harness/trial/record.hpp"

namespace baton::suite {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

[[noreturn]] void fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

void write_all(int fd, std::string_view text, const fs::path& file) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      fail(errno, file.string());
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

net::Fd open_file(const fs::path& file, int flags) {
  net::Fd fd(::open(file.c_str(), flags | O_CLOEXEC, 0644));  // NOLINT(cppcoreguidelines-pro-type-vararg)
  if (!fd) {
    fail(errno, file.string());
  }
  return fd;
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

void write_whole(const fs::path& file, const std::string& text) {
  const fs::path draft = file.string() + ".new";
  {
    const net::Fd fd = open_file(draft, O_WRONLY | O_CREAT | O_TRUNC);
    write_all(fd.get(), text, draft);
    if (::fsync(fd.get()) != 0) {
      fail(errno, draft.string());
    }
  }
  fs::rename(draft, file);  // a reader sees the old file or the new one
}

RunDirectory::RunDirectory(fs::path path, Plan plan) : path_(std::move(path)), plan_(std::move(plan)) {}

RunDirectory RunDirectory::create(const fs::path& path, const Plan& plan) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error || !fs::is_directory(path)) {
    throw BadInput(fmt::format("--out {}: {}; valid is a directory that can be made or written",
                               path.string(), error ? error.message() : "is not a directory"));
  }
  if (fs::exists(path / "plan.json") || fs::exists(path / "trials.jsonl") ||
      fs::exists(path / "trials.jsonl.gz")) {
    throw BadInput(
        fmt::format("--out {}: there is a run in it already, and a run never overwrites another; valid is a "
                    "new directory, or "
                    "'baton run --resume {}' to go on with it",
                    path.string(), path.string()));
  }
  if (::access(path.c_str(), W_OK | X_OK) != 0) {
    throw BadInput(fmt::format("--out {}: cannot be written; valid is a directory of yours", path.string()));
  }
  RunDirectory directory(path, plan);
  directory.lock();
  const json planned = to_json(plan);
  write_whole(path / "plan.json", planned.dump() + "\n");
  directory.shared_.add_plan(planned);
  directory.open_files();
  return directory;
}

RunDirectory RunDirectory::resume(const fs::path& path) {
  if (!fs::exists(path / "plan.json")) {
    throw BadInput(fmt::format(
        "--resume {}: there is no plan.json in it; valid is the directory of a run that was begun",
        path.string()));
  }
  RunDirectory directory(path, *read_plan(path));
  directory.lock();
  directory.shared_ = SharedParts::of(path);
  if (fs::exists(path / "trials.jsonl.gz")) {
    if (fs::exists(directory.trials_file())) {
      fs::remove(path / "trials.jsonl.gz");  // trials_file_of()
    } else {
      expand_records(path);
    }
  }
  directory.drop_cut_line();
  directory.open_files();
  return directory;
}

void RunDirectory::lock() {
  lock_ = open_file(path_ / "lock", O_RDWR | O_CREAT);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    throw BadInput(
        fmt::format("{}: another run is writing to it; valid is to wait for its end, or another directory",
                    path_.string()));
  }
}

void RunDirectory::open_files() {
  trials_ = open_file(trials_file(), O_WRONLY | O_CREAT | O_APPEND);
  log_ = open_file(path_ / "log.txt", O_WRONLY | O_CREAT | O_APPEND);
}

// The trial whose record was being written when the run was ended runs again.
void RunDirectory::drop_cut_line() {
  const fs::path file = trials_file();
  if (!fs::exists(file)) {
    return;
  }
  const std::string text = read_file(file);
  const std::size_t end = text.rfind('\n');
  const std::size_t whole = end == std::string::npos ? 0 : end + 1;
  if (whole != text.size()) {
    fs::resize_file(file, whole);
  }
}

void RunDirectory::append(const std::vector<json>& records) {
  std::string lines;
  bool grown = false;
  for (json record : records) {
    grown = shared_.pack(record) || grown;
    lines += record.dump() + "\n";
  }
  if (grown) write_environment();
  const off_t before = ::lseek(trials_.get(), 0, SEEK_END);
  try {
    write_all(trials_.get(), lines, trials_file());
    if (::fdatasync(trials_.get()) != 0) {
      fail(errno, trials_file().string());
    }
  } catch (...) {
    if (::ftruncate(trials_.get(), before) != 0) {
      // the half line stays; whoever reads the file drops it
    }
    throw;
  }
}

void RunDirectory::note_costs(json costs) {
  shared_.add_costs(std::move(costs));
  write_environment();
}

void RunDirectory::note_counts(const json& counts) {
  write_whole(path_ / "counts.json", counts.dump(1) + "\n");
}

void RunDirectory::write_environment() {
  write_whole(path_ / "environment.json", shared_.environment().dump(1) + "\n");
}

void RunDirectory::finish(const json& summary) {
  write_whole(path_ / "summary.json", summary.dump(1) + "\n");
  compress_records(path_);
}

void RunDirectory::log(const std::string& line) {
  write_all(log_.get(), fmt::format("{} {}\n", trial::timestamp(), line), path_ / "log.txt");
}

namespace {

json member_of(const fs::path& file, const char* member) {
  if (!fs::exists(file)) return nullptr;
  try {
    return json::parse(read_file(file)).value(member, json());
  } catch (const json::exception& error) {
    throw BadInput(fmt::format("{}: cannot be read: {}", file.string(), error.what()));
  }
}

}  // namespace

json read_counts(const fs::path& directory) { return member_of(directory / "counts.json", "cells"); }
json read_costs(const fs::path& directory) { return member_of(directory / "environment.json", "costs"); }

std::optional<Plan> read_plan(const fs::path& directory) {
  const fs::path file = directory / "plan.json";
  if (!fs::exists(file)) return std::nullopt;
  try {
    return plan_from_json(json::parse(read_file(file)));
  } catch (const std::exception& error) {
    throw BadInput(fmt::format("{}: cannot be read: {}", file.string(), error.what()));
  }
}

}  // namespace baton::suite
