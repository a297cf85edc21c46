// Input that a user has to change: the program prints the sentence and ends with exit code 2.
#pragma once

#include <stdexcept>

namespace baton {

class BadInput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace baton
