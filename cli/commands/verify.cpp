#include "mlsys/package/verify.hpp"

#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "package_limits.hpp"
#include "verdict_files.hpp"

namespace mlsys::frame {
namespace {

class Verify final : public Verb {
  void declare(Options& options) override {
    options.positional(options_.subject, "PACKAGE", "Package file or bundle directory").completes(Completes::file);
    options.value(max_bytes_, "--max-bytes", "SIZE", "Refuse packages that take more when unpacked")
        .setting("max_unpacked");
    options.flag(no_golden_, "--no-golden", "Check the bytes alone, do not replay the golden rows");
    files_.declare(options, false);
  }

  Code run(Session& session) override {
    files_.settle(session.out());
    options_.golden = !no_golden_;
    options_.limits = package_limits(session);
    if (max_bytes_) {
      const std::optional<std::uint64_t> bytes = parse_bytes(*max_bytes_);
      if (!bytes) throw Error(Code::usage, "--max-bytes: " + quoted(*max_bytes_) + " is no size", "such as 8GiB");
      options_.limits.bytes = *bytes;
    }
    require_path();
    const package::VerifyReport report = package::verify(options_, session.context());
    Output& out = session.out();
    const report::Verdict verdict = verdict_of(report);
    files_.write(verdict);
    out.document(to_json(report));
    const bool printed = files_.print(out, verdict);
    if (!report.passed) throw Error(Code::integrity, report.problem, report.hint);

    out.id(report.digest);
    if (!printed) show(out, report);
    return Code::ok;
  }

  // A run or a name is no file: what the store holds is checked as it is used, and by 'mlsys store check'.
  void require_path() const {
    const auto& subject = options_.subject;
    if (std::error_code ignored;
        std::filesystem::status(subject, ignored).type() != std::filesystem::file_type::not_found)
      return;
    std::string hint = hint_for_missing(subject);
    if (hint.empty() && !subject.has_parent_path() && !subject.has_extension())
      hint = "a run or a registered model is packaged first: mlsys package " + shell_word(subject.string()) +
             " -o model.tar.zst";
    throw Error(Code::not_found, "cannot open package " + quoted(subject.string()) + ": No such file or directory",
                hint);
  }

  // What does not verify is one thing: nothing is known of the rest then.
  [[nodiscard]] report::Verdict verdict_of(const package::VerifyReport& report) const {
    using report::Outcome;
    report::Verdict verdict{"mlsys verify", quoted(report.subject.string()), report.passed, {}};
    if (!report.passed) {
      verdict.cases.push_back({"contents", Outcome::failed, report.problem, {}});
      return verdict;
    }
    for (const digest::FileDigest& file : report.files)
      verdict.cases.push_back({"file " + quoted(file.name), Outcome::passed, {}, {}});
    const bool replayed = report.golden_rows > 0;
    verdict.cases.push_back({"golden rows",
                             replayed ? Outcome::passed : Outcome::skipped,
                             replayed ? std::string() : golden_text(report),
                             {}});
    return verdict;
  }

  [[nodiscard]] std::string golden_text(const package::VerifyReport& report) const {
    if (report.golden_rows > 0) return with_thousands(report.golden_rows) + " golden rows give the same bits";
    return no_golden_ ? "golden rows not replayed" : "it has no golden rows";
  }

  void show(Output& out, const package::VerifyReport& report) const {
    Table table;
    table.column("file");
    table.column("bytes", Table::Align::right);
    table.column("sha256");
    for (const digest::FileDigest& file : report.files) {
      table.row({file.name, with_thousands(file.bytes), file.sha256});
    }
    out.table(table);
    out.line(out.paint(Tone::good, "verified") + ": every digest fits, " + golden_text(report) + "; not signed");
  }

  package::VerifyOptions options_;
  std::optional<std::string> max_bytes_;
  bool no_golden_ = false;
  VerdictFiles files_;
};

constexpr Example kExamples[] = {{"mlsys verify fraud.tar.zst", "check a package before using it"},
                                 {"mlsys verify model/ --json", "check a bundle directory"},
                                 {"mlsys verify fraud.tar.zst --junit verify.xml", "in CI"}};
constexpr VerbInfo kVerbs[] = {
    {"", "Check every digest of a package and replay its golden rows", kExamples, make_verb<Verify>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("verify", mlsys::frame::kVerbs)
