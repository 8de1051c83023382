// What `mlsys train` shows at its end.
#pragma once

#include <string>

#include "mlsys/frame/output.hpp"
#include "mlsys/train/train.hpp"

namespace mlsys::frame {

void show_training(Output& out, const train::TrainReport& report, const std::string& data);

}  // namespace mlsys::frame
