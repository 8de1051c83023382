#include "mlsys/base/names.hpp"

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys {

void unknown_name(std::string_view what, std::string_view given, const std::vector<std::string>& known,
                  std::string_view where) {
  std::string message = "unknown " + std::string(what) + " " + quoted(given);
  if (!where.empty()) message.append(" in ").append(where);
  if (!known.empty()) message += "; known: " + join(known, ", ");
  throw Error(Code::usage, message, did_you_mean(given, known));
}

}  // namespace mlsys
