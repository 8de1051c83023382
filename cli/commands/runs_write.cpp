// start, log, end, edit, delete, restore.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "mlsys/base/descriptor.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/digest/digest.hpp"
#include "pairs.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

constexpr const char* operation_help = "Name of this write: repeating it with the same name changes nothing";

// What `train` records of its data: the name, and the digest that sha256sum prints, or that of a folder's files.
track::Dataset read_dataset(const std::string& text, Context& context) {
  const auto at = text.find('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size())
    throw Error(Code::usage, fmt::format("--dataset {} is not CONTEXT=FILE", quoted(text)),
                fmt::format("write --dataset train={}", text.empty() ? "train.csv" : text.substr(at + 1)));
  const std::filesystem::path path(text.substr(at + 1));
  const std::filesystem::path whole = std::filesystem::absolute(path).lexically_normal();
  std::error_code error;  // said by whoever reads it
  const bool folder = std::filesystem::is_directory(path, error);
  return {
      .name = (whole.has_filename() ? whole : whole.parent_path()).filename(),
      .digest = "sha256:" + (folder ? digest::tree_digest(path, context).sha256 : digest::sha256_file(path, context)),
      .source_type = folder ? "folder" : "file",
      .source = path,
      .schema = {},
      .profile = {},
      .context = text.substr(0, at)};
}

class Start final : public Verb {
  void declare(Options& options) override {
    options.value(experiment_, "-e,--experiment", "NAME", "Experiment, made when it does not exist")
        .setting("experiment");
    options.value(name_, "--name", "NAME", "Name of the run").default_text("made from its id");
    options.value(params_, "--param", "KEY=VALUE", "Parameter; may be repeated");
    options.value(tags_, "--tag", "KEY=VALUE", "Tag; may be repeated");
    options.value(parent_, "--parent", "RUN", "Run that this one is a part of").completes(Completes::run);
    options.value(pid_, "--pid", "PID", "Process whose end without 'runs end' means that the run failed");
    options.value(start_time_, "--start-time", "TIME", "When it started").default_text("now");
    options.value(operation_, "--operation", "ID", operation_help);
  }

  Code run(Session& session) override {
    track::StartOptions start;
    start.experiment = experiment_.empty() ? session.settings().get("experiment").text : experiment_;
    start.name = name_;
    start.tags = parse_tags("--tag", tags_);
    start.params = parse_pairs("--param", params_);
    if (!start_time_.empty()) start.start_time = parse_time_option("--start-time", start_time_);
    start.process = pid_;
    start.operation = operation_;
    store::Store store = open_for_new_run(session, parent_);
    if (!parent_.empty()) start.parent = track::resolve_run(store, parent_);
    const std::string id = track::start(store, start, session.context());
    const track::Run started = track::get(store, id, session.context());
    session.out().document({{"schema", runs_schema},
                            {"run_id", id},
                            {"name", started.name},
                            {"experiment", started.experiment},
                            {"status", name_of(started.status)}});
    session.out().line(
        fmt::format("{}  {} in {}", session.out().paint(Tone::strong, id), started.name, quoted(started.experiment)));
    session.out().id(id);
    return Code::ok;
  }

  std::string experiment_, name_, parent_, start_time_, operation_;
  std::vector<std::string> params_, tags_;
  std::optional<int> pid_;
};

class Log final : public Verb {
  void declare(Options& options) override {
    options.positional(run_, "RUN", run_help).completes(Completes::run);
    options.positional(input_, "INPUT", "JSON Lines: a file, or - for standard input").completes(Completes::file);
    options.value(metrics_, "--metric", "KEY=NUMBER", "Point of a metric; may be repeated")
        .completes(Completes::metric);
    options.value(step_, "--step", "N", "Step of these points").default_text("0");
    options.value(time_, "--time", "TIME", "Time of these points").default_text("now");
    options.value(params_, "--param", "KEY=VALUE", "Parameter, which never changes; may be repeated");
    options.value(tags_, "--tag", "KEY=VALUE", "Tag; may be repeated");
    options.value(datasets_, "--dataset", "CONTEXT=FILE",
                  "Data that it used, as train=FILE: the name and the digest are kept; may be repeated");
    options.value(artifacts_, "--artifact", "FILE", "File or folder to keep a copy of; may be repeated")
        .completes(Completes::file);
    options.value(folder_, "--artifact-path", "NAME", "Keep these files under this folder of the run's artifacts");
    options.flag(stdin_, "--stdin", "The same as -");
    options.value(operation_, "--operation", "ID", operation_help);
  }

  Code run(Session& session) override {
    Context& context = session.context();
    track::Batch batch = parse_batch(context);
    if (stdin_) input_ = "-";
    if (batch.empty() && artifacts_.empty() && !input_)
      throw Error(Code::usage, "nothing to log",
                  "give --metric, --param, --tag, --dataset, --artifact, or - for JSON Lines");
    const Descriptor input = open_input();
    store::Store store = open_for_writing(session);
    const std::string id = track::resolve_run(store, run_);
    // What does no harm when it is repeated comes first: after a mistake in it, no point is there twice.
    if (!artifacts_.empty())
      track::log_artifacts(store, id, named_artifacts(), context,
                           operation_.empty() ? operation_ : operation_ + "/artifacts");
    LineCounts logged;
    if (input_) {
      const LineSource source{.run = id,
                              .fd = input.is_open() ? input.get() : STDIN_FILENO,
                              .name = input.is_open() ? quoted(*input_) : "standard input",
                              .operation = operation_};
      logged = log_lines(store, source, std::move(batch), context);
    } else {
      if (!batch.empty()) track::log(store, id, batch, context, operation_);
      logged = {0, batch.metrics.size(), batch.params.size(), batch.tags.size(), batch.inputs.size()};
    }
    session.out().document({{"schema", runs_schema},
                            {"run_id", id},
                            {"metrics", logged.metrics},
                            {"params", logged.params},
                            {"tags", logged.tags},
                            {"inputs", logged.inputs},
                            {"artifacts", artifacts_.size()}});
    session.out().id(id);
    return Code::ok;
  }

  track::Batch parse_batch(Context& context) const {
    track::Batch batch;
    std::optional<Millis> time;
    if (!time_.empty()) time = parse_time_option("--time", time_);
    for (const auto& text : metrics_) {
      const auto [key, value] = parse_metric(text);
      batch.metrics.push_back({key, value, step_, time});
    }
    batch.params = parse_pairs("--param", params_);
    batch.tags = parse_pairs("--tag", tags_);
    for (const auto& dataset : datasets_) batch.inputs.push_back(read_dataset(dataset, context));
    return batch;
  }

  // Each under the last part of its path.
  [[nodiscard]] std::vector<track::ArtifactSource> named_artifacts() const {
    std::string folder = folder_;
    while (folder.ends_with('/')) folder.pop_back();
    std::vector<track::ArtifactSource> sources;
    for (const auto& artifact : artifacts_) {
      const std::filesystem::path name = std::filesystem::path(artifact).lexically_normal();
      const std::string file = (name.has_filename() ? name : name.parent_path()).filename();
      sources.push_back({folder.empty() ? file : folder + "/" + file, artifact});
    }
    return sources;
  }

  // Closed when there is none, or when it is standard input.
  [[nodiscard]] Descriptor open_input() const {
    if (!input_ || *input_ == "-") return Descriptor();
    Descriptor file(open(input_->c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open())
      throw Error(errno == ENOENT ? Code::not_found : Code::failed,
                  fmt::format("cannot read {}: {}", quoted(*input_), strerrordesc_np(errno)));
    return file;
  }

  std::string run_, time_, folder_, operation_;
  std::optional<std::string> input_;
  std::vector<std::string> metrics_, params_, tags_, datasets_, artifacts_;
  std::int64_t step_ = 0;
  bool stdin_ = false;
};

class End final : public Verb {
  void declare(Options& options) override {
    options.positional(run_, "RUN", run_help).completes(Completes::run);
    options.value(status_, "--status", "STATUS", "How it ended").choices({"finished", "failed", "killed"});
    options.value(end_time_, "--end-time", "TIME", "When it ended").default_text("now");
    options.value(operation_, "--operation", "ID", operation_help);
  }

  Code run(Session& session) override {
    store::Store store = open_for_writing(session);
    const std::string id = track::resolve_run(store, run_);
    const auto status = status_ == "failed"   ? track::RunStatus::failed
                        : status_ == "killed" ? track::RunStatus::killed
                                              : track::RunStatus::finished;
    std::optional<Millis> end_time;
    if (!end_time_.empty()) end_time = parse_time_option("--end-time", end_time_);
    track::end(store, id, status, session.context(), end_time, operation_);
    session.out().document({{"schema", runs_schema}, {"run_id", id}, {"status", name_of(status)}});
    session.out().id(id);
    return Code::ok;
  }

  std::string run_, end_time_, operation_;
  std::string status_ = "finished";
};

class Edit final : public Verb {
  void declare(Options& options) override {
    options.positional(run_, "RUN", run_help).completes(Completes::run);
    options.value(edit_.name, "--name", "NAME", "New name of the run");
    options.value(edit_.experiment, "-e,--experiment", "NAME", "Experiment to move it to, made when it does not exist");
    options.value(edit_.untag, "--untag", "KEY", "Tag to remove; may be repeated");
    options.value(operation_, "--operation", "ID", operation_help);
  }

  Code run(Session& session) override {
    if (!edit_.name && !edit_.experiment && edit_.untag.empty())
      throw Error(Code::usage, "nothing to change", "give --name, --experiment or --untag; 'mlsys runs log' sets tags");
    store::Store store = open_for_writing(session);
    const std::string id = track::resolve_run(store, run_);
    track::edit(store, id, edit_, session.context(), operation_);
    Json document{{"schema", runs_schema}};
    document.update(to_json(track::get(store, id, session.context())));
    session.out().document(document);
    session.out().id(id);
    return Code::ok;
  }

  std::string run_, operation_;
  track::Edit edit_;
};

class Lifecycle final : public Verb {
 public:
  explicit Lifecycle(track::Lifecycle to) : to_(to) {}

 private:
  void declare(Options& options) override { options.positional(runs_, "RUN", run_help).completes(Completes::run); }

  Code run(Session& session) override {
    store::Store store = open_for_writing(session);
    std::vector<std::string> ids;
    for (const auto& run : runs_) ids.push_back(track::resolve_run(store, run));
    Json changed = Json::array();
    for (const auto& id : ids) {
      track::set_lifecycle(store, id, to_, session.context());
      changed.push_back(id);
      session.out().id(id);
    }
    session.out().document({{"schema", runs_schema}, {"runs", changed}, {"lifecycle", name_of(to_)}});
    return Code::ok;
  }

  track::Lifecycle to_;
  std::vector<std::string> runs_;
};

}  // namespace

std::unique_ptr<Verb> make_runs_start() { return std::make_unique<Start>(); }
std::unique_ptr<Verb> make_runs_log() { return std::make_unique<Log>(); }
std::unique_ptr<Verb> make_runs_end() { return std::make_unique<End>(); }
std::unique_ptr<Verb> make_runs_edit() { return std::make_unique<Edit>(); }
std::unique_ptr<Verb> make_runs_delete() { return std::make_unique<Lifecycle>(track::Lifecycle::deleted); }
std::unique_ptr<Verb> make_runs_restore() { return std::make_unique<Lifecycle>(track::Lifecycle::active); }

}  // namespace mlsys::frame
