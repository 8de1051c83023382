// The one error type. A message says what was being done to which subject and why it failed; a hint is something
// the reader can do next, ideally a command to run.
//
//   throw Error(Code::not_found, "cannot train on 'x.csv': no column 'lat'", "did you mean 'late'?");
#pragma once

#include <exception>
#include <string>

#include "mlsys/base/export.hpp"

namespace mlsys {

// Each code is the exit status of the process that ends with it.
enum class Code : int {
  ok = 0,
  failed = 1,        // the operation failed: unreadable input, I/O, internal
  usage = 2,         // usage or configuration error
  verdict = 3,       // it ran fine and the verdict is negative; never the result of a failure
  not_found = 4,     // a file, run, model, version or alias does not exist
  integrity = 5,     // a digest, signature or golden row does not match
  conflict = 6,      // busy or conflicting: try again
  remote = 7,        // a remote is unavailable: try again
  interrupted = 130  // stopped by Ctrl-C or SIGTERM
};

class MLSYS_EXPORT Error : public std::exception {
 public:
  Error(Code code, std::string message, std::string hint = {});
  ~Error() override;
  Error(const Error&) = default;
  Error& operator=(const Error&) = default;

  [[nodiscard]] Code code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }  // empty when there is none
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  Code code_;
  std::string message_;
  std::string hint_;
};

// The stable name of a code in JSON errors: "failed", "usage", "not_found", ...
MLSYS_EXPORT const char* code_name(Code code) noexcept;

}  // namespace mlsys
