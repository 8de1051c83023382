// What others do to a store in the middle of an operation: at the moment when that tells of its progress.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

#include "mlsys/base/context.hpp"

namespace mlsys::test {

struct Meanwhile : Progress {
  explicit Meanwhile(Context& context) { context.progress = this; }
  void begin(std::string_view /*what*/, std::uint64_t /*total*/, std::string_view /*unit*/) override {
    if (auto work = std::exchange(at_begin, {})) work();
  }
  void update(std::uint64_t done, std::string_view /*detail*/) override {
    if (done == 1)
      if (auto work = std::exchange(after_first, {})) work();
  }

  // Each is called once.
  std::function<void()> at_begin;
  std::function<void()> after_first;
};

}  // namespace mlsys::test
