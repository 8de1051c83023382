// JSON with its keys in the order they were written. Public headers include this, sources include json.hpp.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace mlsys {
using Json = nlohmann::ordered_json;
}
