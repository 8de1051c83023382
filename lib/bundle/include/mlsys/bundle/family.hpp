// The family of metrics that measures a task.
#pragma once

#include "mlsys/bundle/manifest.hpp"
#include "mlsys/metrics/catalogue.hpp"

namespace mlsys::bundle {

inline metrics::Family family_of(Task task) {
  switch (task) {
    case Task::binary:
      return metrics::Family::binary;
    case Task::multiclass:
      return metrics::Family::multiclass;
    case Task::regression:
      return metrics::Family::regression;
    case Task::ranking:
      break;
  }
  return metrics::Family::ranking;
}

}  // namespace mlsys::bundle
