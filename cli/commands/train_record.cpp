#include "train_record.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/digest/digest.hpp"

namespace mlsys::frame {
namespace {
constexpr auto flush_interval = std::chrono::milliseconds(500);
constexpr auto measured_tag = "mlsys.measured";
}  // namespace

TrainRecord::TrainRecord(const RecordOptions& options, const train::TrainOptions& train, Context& ctx)
    : options_(options),
      train_(train),
      ctx_(ctx.unstoppable()),
      store_(store::Store::open(options.state, store::Mode::write, ctx)),
      flushed_(std::chrono::steady_clock::now()) {}

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

// What makes numbers comparable, as a digest: the rows, how they were chosen, the target, and every definition.
std::string TrainRecord::measured(const train::TrainReport& report) const {
  const auto& manifest = report.manifest;
  const bool own_file = std::ranges::find(manifest.data, "valid", &bundle::DataSource::role) != manifest.data.end();
  Json what = {{"on", report.measured_on},      {"task", name_of(manifest.task)}, {"target", manifest.target.name},
               {"classes", manifest.classes},   {"positive", manifest.positive},  {"weight", manifest.roles.weight},
               {"query", manifest.roles.query}, {"where", train_.source.where}};
  for (const auto& source : manifest.data)
    if (!own_file || source.role == "valid") what["data"].push_back({source.role, source.digest, source.rows});
  if (!own_file) {
    what["rows"] = {report.train_rows, report.valid_rows};
    what["valid"] = report.valid_method;
    what["seed"] = ctx_.seed;
    what["sql"] = train_.source.sql;
    what["sample"] = train_.source.sample.value_or(0);
    what["limit"] = train_.source.limit.value_or(0);
  }
  for (const auto& derivation : bundle::derivations_for(manifest, {manifest.target.name, manifest.roles.weight}))
    what["derived"][derivation.name] = derivation.expression;
  for (const auto& metric : report.metrics) what["metrics"][metric.name] = metric.definition;
  return digest::sha256_hex(to_line(what));
}

void TrainRecord::find_previous(const train::TrainReport& report, const std::string& measured) {
  track::SearchOptions search;
  search.experiments = {options_.experiment};
  search.filter = fmt::format("attributes.status = 'FINISHED' AND tags.\"{}\" = '{}'", measured_tag, measured);
  search.limit = 1;
  const auto found = track::search(store_, search, ctx_).runs;
  if (found.empty()) return;
  const auto& run = found.front();
  previous_ = PreviousRun{.run_id = run.run_id, .name = run.name, .metrics = {}};
  for (const auto& metric : report.metrics)
    if (const auto known = run.metrics.find(metric.name); known != run.metrics.end())
      previous_->metrics[metric.name] = known->second.value;
}

std::filesystem::path TrainRecord::finish(const train::TrainReport& report) {
  const auto& manifest = report.manifest;
  const auto what = measured(report);
  find_previous(report, what);
  for (const auto& metric : report.metrics)
    if (metric.value.value)
      pending_.metrics.push_back(
          {.key = metric.name, .value = *metric.value.value, .step = manifest.best_iteration, .time = ctx_.now()});
  pending_.params.emplace_back("best_iteration", std::to_string(manifest.best_iteration));
  pending_.tags.emplace_back("mlsys.measured_on", report.measured_on);
  pending_.tags.emplace_back(measured_tag, what);
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
