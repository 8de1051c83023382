#include "train_record.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {
namespace {
constexpr auto flush_interval = std::chrono::milliseconds(500);
}

TrainRecord::TrainRecord(const RecordOptions& options, const train::TrainOptions& train, Context& ctx)
    : options_(options),
      train_(train),
      ctx_(ctx.unstoppable()),
      store_(store::Store::open(options.state, store::Mode::write, ctx)),
      flushed_(std::chrono::steady_clock::now()) {}

std::pair<std::string, std::string> TrainRecord::parse_tag(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == 0 || equals == std::string::npos)
    throw Error(Code::usage, fmt::format("--tag {} is not of the form KEY=VALUE", quoted(text)));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string TrainRecord::start(const train::TrainReport& report) {
  const auto& manifest = report.manifest;
  track::StartOptions start;
  start.experiment = options_.experiment;
  start.name = options_.name;
  start.source = options_.command;
  start.tags = options_.tags;
  start.tags.try_emplace("mlsys.task", name_of(manifest.task));
  start.tags.try_emplace("mlsys.target", manifest.target.name);
  start.process = static_cast<int>(::getpid());
  run_ = track::start(store_, start, ctx_);

  for (const auto& [name, value] : manifest.parameters) pending_.params.emplace_back(name, value);
  pending_.params.emplace_back("rounds", std::to_string(train_.rounds));
  if (train_.early_stop) pending_.params.emplace_back("early_stop", std::to_string(*train_.early_stop));
  if (!train_.valid.empty()) pending_.params.emplace_back("valid", train_.valid);
  if (train_.balance) pending_.params.emplace_back("balance", "true");
  pending_.params.emplace_back("features", std::to_string(manifest.features.size()));
  for (const auto& source : manifest.data) {
    Json columns = Json::array();
    for (const auto& input : manifest.inputs) columns.push_back({{"name", input.name}, {"type", name_of(input.type)}});
    pending_.inputs.push_back({.name = std::filesystem::path(source.source).filename().string(),
                               .digest = source.digest,
                               .source_type = "file",
                               .source = source.source,
                               .schema = to_line(columns),
                               .profile = {},
                               .context = source.role});
  }
  flush();
  return run_;
}

void TrainRecord::add(const train::Round& round) {
  for (const auto& evaluation : round.evaluations)
    pending_.metrics.push_back({.key = evaluation.set + "_" + evaluation.metric,
                                .value = evaluation.value,
                                .step = round.round,
                                .time = ctx_.now()});
  if (std::chrono::steady_clock::now() - flushed_ >= flush_interval) flush();
}

std::filesystem::path TrainRecord::finish(const train::TrainReport& report) {
  const auto& manifest = report.manifest;
  for (const auto& metric : report.metrics)
    if (metric.value.value)
      pending_.metrics.push_back(
          {.key = metric.name, .value = *metric.value.value, .step = manifest.best_iteration, .time = ctx_.now()});
  pending_.params.emplace_back("best_iteration", std::to_string(manifest.best_iteration));
  pending_.tags.emplace_back("mlsys.measured_on", report.measured_on);
  if (!report.warnings.empty()) pending_.tags.emplace_back("mlsys.warnings", std::to_string(report.warnings.size()));
  flush();
  const auto digest = track::log_model(store_, run_, report.model, ctx_);
  track::end(store_, run_,
             report.status == train::Status::finished ? track::RunStatus::finished : track::RunStatus::killed, ctx_);
  return store_.content().bundle(digest, store::Check::exists, ctx_).path;
}

void TrainRecord::fail(const Error& error) noexcept {
  if (run_.empty()) return;
  try {
    pending_.tags.emplace_back("mlsys.error", error.message().substr(0, 1000));
    flush();
    track::end(store_, run_, error.code() == Code::interrupted ? track::RunStatus::killed : track::RunStatus::failed,
               ctx_);
  } catch (...) {  // the first error is the one to report; a run whose process is gone reads as FAILED anyway
  }
}

void TrainRecord::flush() {
  if (!pending_.empty()) track::log(store_, run_, pending_, ctx_);
  pending_ = {};
  flushed_ = std::chrono::steady_clock::now();
}

}  // namespace mlsys::frame
