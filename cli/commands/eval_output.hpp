// An evaluation on the terminal.
#pragma once

#include "mlsys/eval/evaluate.hpp"
#include "mlsys/frame/output.hpp"

namespace mlsys::frame {

// `explain` adds the definition and meaning of every metric.
void show_evaluation(Output& out, const eval::EvalReport& report, bool explain);

}  // namespace mlsys::frame
