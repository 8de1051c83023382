// Where a command with a verdict writes it besides the terminal.
#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/names.hpp"
#include "mlsys/frame/options.hpp"
#include "mlsys/frame/output.hpp"
#include "mlsys/report/verdict.hpp"

namespace mlsys::frame {

enum class VerdictFormat { text, github };

}  // namespace mlsys::frame

template <>
struct mlsys::NameTable<mlsys::frame::VerdictFormat> {
  static constexpr std::string_view what = "output format";
  static constexpr auto entries = std::to_array<NameEntry<mlsys::frame::VerdictFormat>>(
      {{mlsys::frame::VerdictFormat::text, "text"}, {mlsys::frame::VerdictFormat::github, "github"}});
};

namespace mlsys::frame {

struct VerdictFiles {
  std::filesystem::path report;
  std::filesystem::path markdown;
  std::filesystem::path junit;
  VerdictFormat format = VerdictFormat::text;

  void declare(Options& options, bool with_report = true) {
    options.group("Output");
    if (with_report) options.value(report, "--report", "FILE", "Write an HTML report").writes();
    options.value(markdown, "--markdown", "FILE", "Write a summary in Markdown").writes();
    options.value(junit, "--junit", "FILE", "Write the result as JUnit XML").writes();
    options.value(format, "--format", "FORMAT", "github: print workflow annotations").default_text("text");
  }

  // Before the work: stdout can carry one of the two.
  void settle(const Output& out) const {
    if (format == VerdictFormat::github && out.mode() == Mode::json)
      throw Error(Code::usage, "--format github and --json both want stdout", "choose one");
  }

  void write(const report::Verdict& verdict) const { write(verdict, report::markdown(verdict)); }
  // For a command whose summary holds more than its verdict.
  void write(const report::Verdict& verdict, const std::string& summary) const {
    if (!markdown.empty()) write_file(markdown, summary);
    if (!junit.empty()) write_file(junit, report::junit(verdict));
  }

  // True when the verdict has been printed in place of the text.
  bool print(Output& out, const report::Verdict& verdict) const {
    if (format != VerdictFormat::github) return false;
    out.raw(report::github(verdict));
    return true;
  }
};

}  // namespace mlsys::frame
