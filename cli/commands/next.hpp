// Command lines that are printed as the next to type, for commands that use the store.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mlsys/base/shell.hpp"
#include "mlsys/frame/session.hpp"
#include "mlsys/frame/settings.hpp"

namespace mlsys::frame {

// "mlsys <words>", with the store that this command was told to use.
inline std::string next_command(const Session& session, std::vector<std::string> words) {
  words.insert(words.begin(), "mlsys");
  const auto& store = session.settings().get("store");
  if (store.origin == Origin::flag) words.insert(words.end(), {"--store", store.text});
  return shell_line(words);
}

}  // namespace mlsys::frame
