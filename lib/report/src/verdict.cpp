#include "mlsys/report/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mlsys/report/page.hpp"

namespace mlsys::report {
namespace {

std::size_t count(const Verdict& verdict, Outcome outcome) {
  return static_cast<std::size_t>(std::count_if(verdict.cases.begin(), verdict.cases.end(),
                                                [&](const Case& one) { return one.outcome == outcome; }));
}

// What a workflow command may hold; the properties before the text also end at ':' and ','.
std::string command_text(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out;
}

// Every line by itself, since line ends within a text are not kept.
template <class Escape>
std::string lines(const std::vector<std::string>& texts, std::string_view separator, Escape escaped) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? std::string() : std::string(separator)) + escaped(text);
  return out;
}

std::string place(const Case& one) {
  if (one.file.empty()) return {};
  return "file=" + command_text(one.file, true) + (one.line > 0 ? fmt::format(",line={}", one.line) : "") + ",";
}

std::string_view mark(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "✅";
    case Outcome::warned:
      return "⚠️";
    case Outcome::failed:
      return "❌";
    case Outcome::skipped:
      return "–";
  }
  return "";
}

std::string summary(const Verdict& verdict) {
  return fmt::format("{} passed, {} failed, {} warned, {} skipped", count(verdict, Outcome::passed),
                     count(verdict, Outcome::failed), count(verdict, Outcome::warned),
                     count(verdict, Outcome::skipped));
}

}  // namespace

std::string markdown_cell(std::string_view text) {
  std::string out;
  for (const char c : escape(text)) {
    if (std::string_view("|\\`*_[]").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string junit(const Verdict& verdict) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites>\n<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n",
                     escape(verdict.suite), verdict.cases.size(), count(verdict, Outcome::failed),
                     count(verdict, Outcome::skipped));
  for (const Case& one : verdict.cases) {
    out += fmt::format("<testcase classname=\"{}\" name=\"{}\"", escape(verdict.title), escape(one.name));
    switch (one.outcome) {
      case Outcome::passed:
        out += "/>\n";
        continue;
      case Outcome::failed:
        out += fmt::format("><failure message=\"{}\">{}</failure></testcase>\n", escape(one.message),
                           lines(one.details, "\n", escape));
        break;
      case Outcome::skipped:
        out += fmt::format("><skipped message=\"{}\"/></testcase>\n", escape(one.message));
        break;
      case Outcome::warned:
        out += fmt::format("><system-out>warning: {}\n{}</system-out></testcase>\n", escape(one.message),
                           lines(one.details, "\n", escape));
        break;
    }
  }
  return out + "</testsuite>\n</testsuites>\n";
}

std::string github(const Verdict& verdict) {
  std::string out;
  for (const Case& one : verdict.cases) {
    if (one.outcome != Outcome::failed && one.outcome != Outcome::warned) continue;
    std::string text = fmt::format("{}: {}", one.name, one.message);
    for (const auto& line : one.details) text += "\n" + line;
    out +=
        fmt::format("::{} {}title={}::{}\n", one.outcome == Outcome::failed ? "error" : "warning", place(one),
                    command_text(fmt::format("{}: {}", verdict.suite, verdict.title), true), command_text(text, false));
  }
  if (out.empty())
    out =
        fmt::format("::notice title={}::{}\n", command_text(fmt::format("{}: {}", verdict.suite, verdict.title), true),
                    command_text(summary(verdict), false));
  return out;
}

std::string markdown(const Verdict& verdict) {
  std::string out = fmt::format("### {} {}: {}\n\n{}.\n", verdict.passed ? "✅" : "❌", markdown_cell(verdict.suite),
                                markdown_cell(verdict.title), summary(verdict));
  bool head = false;
  for (const Case& one : verdict.cases) {
    if (one.outcome != Outcome::failed && one.outcome != Outcome::warned) continue;
    if (!head) out += "\n| | what | why | rows |\n|---|---|---|---|\n";
    head = true;
    out += fmt::format("| {} | {} | {} | {} |\n", mark(one.outcome), markdown_cell(one.name),
                       markdown_cell(one.message), lines(one.details, "<br>", markdown_cell));
  }
  return out;
}

}  // namespace mlsys::report
