// What the unit tests of several modules ask in the same words.
#pragma once

#include <string>
#include <string_view>

#include "mlsys/base/error.hpp"

namespace mlsys_test {

// The error that `work` throws; code ok when it throws none.
template <class Work>
mlsys::Error error_of(const Work& work) {
  try {
    work();
  } catch (const mlsys::Error& error) {
    return error;
  }
  return {mlsys::Code::ok, "no error"};
}

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace mlsys_test
