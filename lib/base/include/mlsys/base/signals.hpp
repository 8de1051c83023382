// Signals that whoever started this process wants ignored.
#pragma once

#include <csignal>

namespace mlsys {

// nohup(1) ignores SIGHUP, and a script ignores SIGINT and SIGQUIT for its background jobs: such a wish is kept, and
// handed on to programs that we start. A signal that is blocked can be waited for although it is ignored.
inline bool is_ignored(int signal) {
  struct sigaction action = {};
  return sigaction(signal, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
         action.sa_handler == SIG_IGN;
}

}  // namespace mlsys
