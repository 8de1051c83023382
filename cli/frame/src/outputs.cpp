#include "outputs.hpp"

#include <glob.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "mlsys/base/error.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {
namespace {

namespace fs = std::filesystem;

bool names_files(const OptionSpec& spec) {
  constexpr std::array kinds = {Completes::file, Completes::directory, Completes::model};
  return !spec.writes && std::ranges::find(kinds, spec.completes) != kinds.end();
}

// Every file or folder that an argument may mean: itself, what follows NAME=, an SQLite database, what a glob matches.
std::vector<fs::path> meant_by(const std::string& value) {
  std::vector<fs::path> paths = {value};
  if (value.starts_with("sqlite:")) paths.emplace_back(value.substr(7, value.find('?') - 7));
  if (const auto equals = value.find('='); equals != std::string::npos) paths.emplace_back(value.substr(equals + 1));
  if (value.find_first_of("*?[") == std::string::npos) return paths;
  glob_t found{};
  if (::glob(value.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  ::globfree(&found);
  return paths;
}

bool is_report(const fs::path& path) {
  constexpr std::array<std::string_view, 4> endings = {".html", ".htm", ".md", ".xml"};
  return std::ranges::find(endings, path.extension().string()) != endings.end();
}

bool lies_in(const fs::path& file, const fs::path& folder) {
  std::error_code error;
  const fs::path inner = fs::canonical(file, error);
  if (error) return false;
  const fs::path outer = fs::canonical(folder, error);
  if (error) return false;
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

bool is_read_as(const fs::path& output, const fs::path& input) {
  std::error_code error;
  if (fs::equivalent(output, input, error)) return true;
  return fs::is_directory(input, error) && !is_report(output) && lies_in(output, input);
}

// "data/t.csv.gz" -> "data/t-new.csv.gz"
std::string another_name(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::size_t ending = std::min(name.find('.', 1), name.size());
  return (path.parent_path() / (name.substr(0, ending) + "-new" + name.substr(ending))).string();
}

}  // namespace

void refuse_outputs_that_are_read(const Parsed& parsed) {
  for (const auto& [writer, outputs] : parsed.given) {
    if (!writer->writes) continue;
    const fs::path output = outputs.back();
    std::error_code error;
    if (!fs::is_regular_file(output, error)) continue;  // nothing there that could be lost
    for (const auto& [reader, values] : parsed.given) {
      if (!names_files(*reader)) continue;
      for (const auto& value : values)
        for (const fs::path& input : meant_by(value))
          if (is_read_as(output, input))
            throw Error(Code::usage,
                        "cannot write " + quoted(output.string(), 200) + ": it is read as " + shown_name(*reader) +
                            (value == outputs.back() ? "" : ", " + quoted(value, 200)),
                        "write another file: " + writer->names.back() + " " + shell_word(another_name(output)));
    }
  }
}

}  // namespace mlsys::frame
