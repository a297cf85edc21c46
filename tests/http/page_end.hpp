// Bytes whose end is the end of readable memory: a parser that looks one byte too far dies of it.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace baton::http {

class PageEnd {
 public:
  explicit PageEnd(std::string_view bytes) : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    readable_ = (bytes.size() + page_ - 1) / page_ * page_;
    void* const memory =
        mmap(nullptr, readable_ + page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    begin_ = static_cast<char*>(memory);
    if (mprotect(begin_ + readable_, page_, PROT_NONE) != 0) throw std::bad_alloc();
    if (!bytes.empty()) std::memcpy(begin_ + readable_ - bytes.size(), bytes.data(), bytes.size());
    view_ = {begin_ + readable_ - bytes.size(), bytes.size()};
  }
  PageEnd(const PageEnd&) = delete;
  PageEnd& operator=(const PageEnd&) = delete;
  ~PageEnd() { munmap(begin_, readable_ + page_); }

  [[nodiscard]] std::string_view view() const noexcept { return view_; }

 private:
  std::size_t page_;
  std::size_t readable_ = 0;
  char* begin_ = nullptr;
  std::string_view view_;
};

}  // namespace baton::http
