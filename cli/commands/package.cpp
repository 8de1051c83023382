#include "mlsys/package/package.hpp"

#include "as_of.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/registry/reference.hpp"

namespace mlsys::frame {
namespace {

class Package final : public Verb {
  void declare(Options& options) override {
    options.positional(model_, "MODEL", "run:ID, name@alias, name/version, name, or a bundle directory")
        .completes(Completes::model);
    options.value(output_, "-o,--output", "FILE", "Package to write, usually NAME.tar.zst").required().writes();
    declare_as_of(options, as_of_);
  }

  Code run(Session& session) override {
    registry::ResolveOptions then;
    then.as_of = parse_as_of(as_of_);
    registry::ResolvedModel model;
    package::PackageReport report;
    registry::load_resolved(session.project().state, model_, then, session.context(),
                            [&](const registry::ResolvedModel& resolved) {
                              model = resolved;
                              report = write(model, then, session.context());
                            });

    Output& out = session.out();
    out.document(to_json(report));
    out.id(report.package.string());
    out.line("packaged " + model.label() + " as " + quoted(report.package.string()) + ", " + human_bytes(report.bytes) +
             ", " + counted(report.manifest.files.size(), "file"));
    out.line("digest " + report.manifest.digest);
    if (report.golden_rows > 0) {
      out.line(with_thousands(report.golden_rows) + " golden rows were replayed and go with it");
    }
    out.line("next: mlsys verify " + shell_word(report.package.string()));
    return Code::ok;
  }

  [[nodiscard]] package::PackageReport write(const registry::ResolvedModel& model, const registry::ResolveOptions& then,
                                             Context& context) const {
    registry::require_past(then.as_of, {&model});
    if (model.kind == registry::ResolvedModel::Kind::package) {
      package::refuse_other_file(model.path);
      throw Error(Code::usage, "cannot package " + quoted(model_) + ": it is a package already",
                  "mlsys verify " + model_);
    }
    package::PackageOptions options;
    options.bundle = model.path;
    options.output = output_;
    options.name = model.name;
    if (model.version) options.version = std::to_string(*model.version);
    return package::write_package(options, context);
  }

  std::string model_;
  std::string as_of_;
  std::filesystem::path output_;
};

constexpr Example kExamples[] = {{"mlsys package fraud -o fraud.tar.zst", "the champion of a registered model"},
                                 {"mlsys package run:1f3a -o candidate.tar.zst", "the model of a run"}};
constexpr VerbInfo kVerbs[] = {{"", "Write a model into one file", kExamples, make_verb<Package>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("package", mlsys::frame::kVerbs)
