#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/store/store.hpp"
#include "mlsys/track/track.hpp"
#include "store/scratch.hpp"

namespace mlsys::test {

struct Track {
  test::Scratch scratch;
  Context context;
  store::Store store = store::Store::open(scratch / "s", store::Mode::write, context);

  std::string begin(const std::string& experiment = "e") {
    track::StartOptions options;
    options.experiment = experiment;
    return track::start(store, options, context);
  }
  std::vector<track::HistoryPoint> points(const std::string& run, const std::string& metric) {
    std::vector<track::HistoryPoint> found;
    track::history(store, run, metric, [&](const track::HistoryPoint& point) { return found.push_back(point), true; });
    return found;
  }
  static Code code_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return Code::ok;
  }
};

}  // namespace mlsys::test
