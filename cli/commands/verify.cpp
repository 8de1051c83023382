#include "mlsys/package/verify.hpp"

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"

namespace mlsys::frame {
namespace {

class Verify final : public Verb {
  void declare(Options& options) override {
    options.positional(options_.subject, "PACKAGE", "Package file or bundle directory").completes(Completes::file);
    options.value(max_bytes_, "--max-bytes", "SIZE", "Refuse packages that take more when unpacked")
        .default_text(human_bytes(options_.limits.bytes));
    options.flag(no_golden_, "--no-golden", "Check the bytes alone, do not replay the golden rows");
  }

  Code run(Session& session) override {
    options_.golden = !no_golden_;
    if (max_bytes_) {
      const std::optional<std::uint64_t> bytes = parse_bytes(*max_bytes_);
      if (!bytes) throw Error(Code::usage, "--max-bytes: " + quoted(*max_bytes_) + " is no size", "such as 8GiB");
      options_.limits.bytes = *bytes;
    }
    const package::VerifyReport report = package::verify(options_, session.context());
    Output& out = session.out();
    out.document(to_json(report));
    if (!report.passed) throw Error(Code::integrity, report.problem, report.hint);

    out.id(report.digest);
    Table table;
    table.column("file");
    table.column("bytes", Table::Align::right);
    table.column("sha256");
    for (const digest::FileDigest& file : report.files) {
      table.row({file.name, with_thousands(file.bytes), file.sha256});
    }
    out.table(table);
    const std::string golden = report.golden_rows > 0
                                   ? with_thousands(report.golden_rows) + " golden rows give the same bits"
                                   : std::string(no_golden_ ? "golden rows not replayed" : "it has no golden rows");
    out.line(out.paint(Tone::good, "verified") + ": every digest fits, " + golden + "; not signed");
    return Code::ok;
  }

  package::VerifyOptions options_;
  std::optional<std::string> max_bytes_;
  bool no_golden_ = false;
};

constexpr Example kExamples[] = {{"mlsys verify fraud.tar.zst", "check a package before using it"},
                                 {"mlsys verify model/ --json", "check a bundle directory"}};
constexpr VerbInfo kVerbs[] = {
    {"", "Check every digest of a package and replay its golden rows", kExamples, make_verb<Verify>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("verify", mlsys::frame::kVerbs)
