// Strict JSON: documents carry a schema, unknown keys are errors, and errors say where.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"

namespace mlsys {

// Parses one document. `subject` names it in errors ("contract 'c.json'"). Throws Error(code) with line and column
// for malformed text, duplicate keys, and nesting deeper than 200.
MLSYS_EXPORT Json parse_json(std::string_view text, std::string_view subject, Code code = Code::failed);

// Two-space indented text with a final newline; NaN and infinities become null; invalid UTF-8 is replaced.
MLSYS_EXPORT std::string to_text(const Json& value);
// The same on one line, without a newline.
MLSYS_EXPORT std::string to_line(const Json& value);

// Checks `"schema": "<name>/<n>"`. Throws Code::usage when the name differs, and with a hint to upgrade when n is
// greater than `newest`. Returns n.
MLSYS_EXPORT int check_schema(const Json& document, std::string_view name, int newest, std::string_view subject);

// Whether a file named *.json begins as a document with such a schema does; a guess, before it is read for good. False
// where there is no such file.
MLSYS_EXPORT bool is_document(const std::filesystem::path& path, std::string_view schema);

// Reads an object key by key; finish() refuses keys nobody asked for, with a suggestion. All errors are
// Error(Code::usage) and name the subject and the key's path.
class MLSYS_EXPORT ObjectReader {
 public:
  ObjectReader(const Json& object, std::string subject);

  [[nodiscard]] bool has(std::string_view key);  // as a key that finish() suggests, not as one that was read
  const Json& any(std::string_view key);         // required
  const Json* maybe(std::string_view key);       // nullptr when absent
  std::string text(std::string_view key);
  std::string text(std::string_view key, std::string fallback);
  std::int64_t integer(std::string_view key);
  std::int64_t integer(std::string_view key, std::int64_t fallback);
  double number(std::string_view key);
  double number(std::string_view key, double fallback);
  bool boolean(std::string_view key, bool fallback);
  std::vector<std::string> texts(std::string_view key);  // empty when absent
  std::optional<double> maybe_number(std::string_view key);
  std::optional<std::string> maybe_text(std::string_view key);
  const Json& array(std::string_view key);   // required, an array
  const Json& object(std::string_view key);  // required, an object
  void ignore(std::string_view key);
  void finish() const;

  // Where the key is not there, but one that nobody asked for and that is written alike, the hint says so.
  [[noreturn]] void fail(std::string_view key, std::string_view why) const;
  [[nodiscard]] const std::string& subject() const { return subject_; }

 private:
  const Json& json_;
  std::string subject_;
  std::set<std::string, std::less<>> seen_;   // asked for, and no stranger when it is there
  std::set<std::string, std::less<>> known_;  // looked for
};

}  // namespace mlsys
