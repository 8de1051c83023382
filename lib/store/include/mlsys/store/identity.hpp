// Who and where: recorded with runs and in the audit log.
#pragma once

#include <string>

#include "mlsys/base/export.hpp"

namespace mlsys::store {

MLSYS_EXPORT std::string current_user();  // the login name, else the numeric user id
MLSYS_EXPORT std::string current_host();

// A process so that it cannot be taken for a later one with the same number: machine, boot, namespace, number and
// start time in one line of text. Empty when it does not exist.
MLSYS_EXPORT std::string process_identity(int pid);
// True when the process certainly no longer runs: it was on this machine and in this namespace, and is gone. False
// for processes of other machines and containers, about which nothing is known.
MLSYS_EXPORT bool process_gone(const std::string& identity);

}  // namespace mlsys::store
