// artifacts
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

class Artifacts final : public Verb {
  void declare(Options& options) override {
    options.positional(run_, "RUN", run_help).completes(Completes::run);
    options.positional(name_, "NAME", "One of its artifacts, or a folder of them").optional();
    options.value(output_, "-o,--output", "PATH", "Copy them there: a file, or a new folder")
        .default_text("a file's content on standard output; without NAME only their names")
        .completes(Completes::file);
  }

  Code run(Session& session) override {
    while (name_.ends_with('/')) name_.pop_back();
    store::Store store = open_for_reading(session);
    const std::string id = track::resolve_run(store, run_);
    if (!output_.empty()) {
      const auto copied = track::fetch_artifacts(store, id, name_, output_, session.context());
      list(session.out(), id, copied);
      session.out().note(fmt::format("copied to {}", quoted(output_, 200)));
      return Code::ok;
    }
    const track::Run run = track::get(store, id, session.context());
    if (name_.empty())
      list(session.out(), id, run.artifacts);
    else
      print(session, store, track::artifacts_named(run, name_));
    return Code::ok;
  }

  static void list(Output& out, const std::string& id, const std::vector<track::Artifact>& artifacts) {
    Json document{{"schema", runs_schema}, {"run_id", id}, {"artifacts", Json::array()}};
    Table table;
    table.column("artifact");
    table.column("size", Table::Align::right);
    table.column("sha256");
    for (const auto& artifact : artifacts) {
      document["artifacts"].push_back(to_json(artifact));
      out.id(artifact.name);
      table.row({artifact.bundle ? artifact.name + "/" : artifact.name, human_bytes(artifact.bytes),
                 artifact.digest.substr(0, 12)});
    }
    out.document(document);
    if (artifacts.empty())
      out.note("it has no artifacts");
    else
      out.table(table);
  }

  // Checked before the first byte is printed.
  void print(Session& session, store::Store& store, const std::vector<track::Artifact>& found) const {
    const track::Artifact& artifact = found.front();
    if (found.size() > 1 || artifact.name != name_ || artifact.bundle)
      throw Error(Code::usage, fmt::format("{} is a folder", quoted(name_)), "copy it with -o FOLDER");
    if (session.out().mode() == Mode::json)
      throw Error(Code::usage, "the artifact and --json both want stdout", "add -o FILE");
    std::ifstream file(store.content().file(artifact.digest, store::Check::digest, session.context()).path,
                       std::ios::binary);
    std::string buffer(1 << 20, '\0');
    while (file && session.out().open()) {
      file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      session.out().raw(std::string_view(buffer).substr(0, static_cast<std::size_t>(file.gcount())));
    }
    if (file.bad())
      throw Error(Code::failed, fmt::format("cannot read the artifact {}", quoted(name_)), "check the disk");
  }

  std::string run_, name_, output_;
};

}  // namespace

std::unique_ptr<Verb> make_runs_artifacts() { return std::make_unique<Artifacts>(); }

}  // namespace mlsys::frame
