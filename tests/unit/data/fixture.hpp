// Files made on the spot and the errors they lead to.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/data/dataset.hpp"

namespace doctest {
template <>
struct StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& texts) {
    std::string shown;
    for (const std::string& text : texts) shown += (shown.empty() ? "" : " | ") + text;
    return shown.c_str();
  }
};
}  // namespace doctest

namespace mlsys::data::test {

struct Folder {
  TempDirectory temp{std::filesystem::temp_directory_path()};

  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return temp.path() / name; }
  std::string file(const std::string& name, std::string_view content) const {
    std::filesystem::create_directories(path(name).parent_path());
    write_file(path(name), content);
    return path(name).string();
  }
};

using Texts = std::vector<std::string>;

inline Dataset open(const std::string& path, Context& ctx) {
  SourceOptions options;
  options.argument = path;
  return Dataset::open(options, ctx);
}

inline Dataset open_csv(const Folder& folder, std::string_view content, Context& ctx) {
  return open(folder.file("t.csv", content), ctx);
}

inline std::vector<std::string> type_names(const Dataset& data) {
  std::vector<std::string> names;
  for (const ColumnInfo& column : data.columns()) names.emplace_back(name_of(column.type));
  return names;
}

inline std::vector<std::string> column_names(const Dataset& data) {
  std::vector<std::string> names;
  for (const ColumnInfo& column : data.columns()) names.push_back(column.name);
  return names;
}

// The texts of a column, "∅" for missing.
inline std::vector<std::string> texts(const Dataset& data, const std::string& column, Context& ctx) {
  const Frame frame = data.read({{column, As::text}}, ctx);
  std::vector<std::string> values;
  for (std::size_t row = 0; row < frame.rows; ++row)
    values.push_back(frame.columns[0].valid[row] != 0 ? frame.columns[0].texts[row] : "∅");
  return values;
}

// Rows made by SQL, in a file of the ending's format.
inline std::string made(const Folder& folder, const std::string& name, const std::string& sql, Context& ctx) {
  SourceOptions options;
  options.argument = folder.file("one.csv", "one\n1\n");
  options.sql = sql;
  const std::filesystem::path path = folder.path(name);
  std::filesystem::create_directories(path.parent_path());
  options.may_write = {path};
  Dataset::open(options, ctx).write(path, name, {}, ctx);
  return path.string();
}

// "failed: message | hint" of the error that `work` must throw; "" when it does not.
template <class Work>
std::string error_of(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return std::string(code_name(error.code())) + ": " + error.message() +
           (error.hint().empty() ? "" : " | " + error.hint());
  }
  return "";
}

// doctest 2.4.9 has no matcher for this.
inline bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

#define CHECK_CONTAINS(text, part)                          \
  do {                                                      \
    const std::string& checked_text = (text);               \
    CAPTURE(checked_text);                                  \
    CHECK(mlsys::data::test::contains(checked_text, part)); \
  } while (false)

struct RecordedProgress : Progress {
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
  void warning(std::string_view text) override { warnings.emplace_back(text); }
  void note(std::string_view text) override { notes.emplace_back(text); }
};

}  // namespace mlsys::data::test
