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
    if (name_.empty())
      list(session.out(), id, track::get(store, id, session.context()).artifacts);
    else
      print(session, store, id);
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

  void print(Session& session, store::Store& store, const std::string& id) const {
    std::ifstream file;
    bool opened = false;
    while (!opened) {
      const track::Artifact artifact = only(track::get(store, id, session.context()));
      if (session.out().mode() == Mode::json)
        throw Error(Code::usage, "the artifact and --json both want stdout", "add -o FILE");
      opened = open(file, store, artifact, session.context());
    }
    std::string buffer(1 << 20, '\0');
    while (file && session.out().open()) {
      file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      session.out().raw(std::string_view(buffer).substr(0, static_cast<std::size_t>(file.gcount())));
    }
    if (file.bad())
      throw Error(Code::failed, fmt::format("cannot read the artifact {}", quoted(name_)), "check the disk");
  }

  [[nodiscard]] track::Artifact only(const track::Run& run) const {
    const std::vector<track::Artifact> found = track::artifacts_named(run, name_);
    if (found.size() > 1 || found.front().name != name_ || found.front().bundle)
      throw Error(Code::usage, fmt::format("{} is a folder", quoted(name_)), "copy it with -o FOLDER");
    return found.front();
  }

  // Checked before the first byte is printed. False when it was removed from the run meanwhile.
  bool open(std::ifstream& file, const store::Store& store, const track::Artifact& artifact, Context& context) const {
    return store.unless_purged({artifact.digest, artifact.bundle}, [&] {
      file.open(store.content().file(artifact.digest, store::Check::digest, context).path, std::ios::binary);
      if (!file.is_open()) throw Error(Code::not_found, fmt::format("cannot read the artifact {}", quoted(name_)));
    });
  }

  std::string run_, name_, output_;
};

}  // namespace

std::unique_ptr<Verb> make_runs_artifacts() { return std::make_unique<Artifacts>(); }

}  // namespace mlsys::frame
