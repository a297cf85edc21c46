// All sessions of a waiter, quiet or served.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace baton::pipeline {

// A doubly linked list through the sessions. Everything is called with the lock held.
template <class Session>
class SessionTable {
 public:
  void add(Session* session) noexcept {
    session->table_previous = nullptr;
    session->table_next = first_;
    if (first_ != nullptr) {
      first_->table_previous = session;
    }
    first_ = session;
    ++size_;
  }
  void remove(Session* session) noexcept {
    (session->table_previous == nullptr ? first_ : session->table_previous->table_next) = session->table_next;
    if (session->table_next != nullptr) {
      session->table_next->table_previous = session->table_previous;
    }
    --size_;
  }
  // `visit` may remove the session it is given.
  template <class F>
  void for_each(F&& visit) {
    for (Session* session = first_; session != nullptr;) {
      Session* next = session->table_next;
      visit(session);
      session = next;
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  Session* first_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace baton::pipeline
