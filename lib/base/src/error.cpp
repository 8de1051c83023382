#include "mlsys/base/error.hpp"

#include <utility>

namespace mlsys {

Error::Error(Code code, std::string message, std::string hint)
    : code_(code), message_(std::move(message)), hint_(std::move(hint)) {}

Error::~Error() = default;

const char* code_name(Code code) noexcept {
  switch (code) {
    case Code::ok:
      return "ok";
    case Code::failed:
      return "failed";
    case Code::usage:
      return "usage";
    case Code::verdict:
      return "verdict";
    case Code::not_found:
      return "not_found";
    case Code::integrity:
      return "integrity";
    case Code::conflict:
      return "conflict";
    case Code::remote:
      return "remote";
    case Code::interrupted:
      return "interrupted";
  }
  return "failed";
}

}  // namespace mlsys
