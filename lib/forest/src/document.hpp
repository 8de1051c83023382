// The JSON documents that XGBoost writes, as text or UBJSON. Not a general reader: numbers are float32 where XGBoost
// reads float32 (nlohmann's double would round twice), NaN and Infinity are accepted as it writes them, arrays of
// numbers stay arrays of numbers, and every length is checked against the bytes that are there.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mlsys::forest {

class Value;
using Numbers = std::vector<double>;  // float32, booleans as 0 and 1, or integers up to 2^53: all exact
using Items = std::vector<Value>;
struct Member;
using Members = std::vector<Member>;

class Value {
 public:
  std::variant<std::monostate, bool, double, std::string, Numbers, Items, Members> data;

  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&data);
  }
};

struct Member {
  std::string first;
  Value second;
};

// Why a document is refused; turned into an Error by Forest::compile.
struct Malformed {
  std::string reason;
};

// Throws Malformed. UBJSON begins with '{' and a length or '}', text with '{' and a quote or space.
Value read_document(std::span<const std::byte> bytes);
// A document of text, whatever its first value.
Value read_text(std::string_view text);

}  // namespace mlsys::forest
