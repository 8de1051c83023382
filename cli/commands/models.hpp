// The verbs of `mlsys models` and what they share.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "as_of.hpp"
#include "mlsys/frame/command.hpp"

namespace mlsys::frame {

inline constexpr std::string_view models_schema = "mlsys.models/1";

std::unique_ptr<Verb> make_models_diff();
std::unique_ptr<Verb> make_models_tag();
std::unique_ptr<Verb> make_models_export();

}  // namespace mlsys::frame
