// What `mlsys train` shows at its end.
#pragma once

#include <optional>
#include <string>

#include "mlsys/frame/session.hpp"
#include "mlsys/train/train.hpp"
#include "train_record.hpp"

namespace mlsys::frame {

void show_training(Session& session, const train::TrainReport& report, const std::optional<PreviousRun>& previous);

}  // namespace mlsys::frame
