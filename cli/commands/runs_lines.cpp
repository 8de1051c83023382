// JSON Lines into a run. One object a line:
//
//   {"metrics": {"loss": 0.3, "auc": "NaN"}, "step": 7, "time": "2026-03-01T12:30:00Z"}
//   {"metric": "loss", "value": 0.3, "step": 7}            "key" and "timestamp" (in ms) are read as MLflow writes them
//   {"params": {"depth": 6}, "tags": {"note": "x"}}
//   {"inputs": [{"name": "train.csv", "digest": "…", "context": "train", "source": "…", "source_type": "file"}]}
//
// Lines are logged in batches, each atomic and each with its own operation id.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

constexpr std::size_t batch_points = 100'000;

double number_of(ObjectReader& reader, std::string_view key, const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) {
    const auto text = value.get<std::string>();
    if (text == "NaN") return std::nan("");
    if (text == "Infinity") return HUGE_VAL;
    if (text == "-Infinity") return -HUGE_VAL;
  }
  if (value.is_null()) return std::nan("");
  reader.fail(key, "must be a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
}

std::optional<Millis> time_of(ObjectReader& reader, std::string_view key) {
  const Json* value = reader.maybe(key);
  if (value == nullptr) return {};
  if (value->is_number_integer()) return Millis(std::chrono::milliseconds(value->get<std::int64_t>()));
  if (value->is_string())
    if (const auto time = parse_iso_time(value->get<std::string>())) return *time;
  reader.fail(key, "must be an ISO 8601 time or milliseconds since 1970");
}

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : to_line(value); }

void add_pairs(ObjectReader& reader, std::string_view key, std::vector<std::pair<std::string, std::string>>& to) {
  if (!reader.has(key)) return;
  for (const auto& [name, value] : reader.object(key).items()) to.emplace_back(name, text_of(value));
}

void add_inputs(ObjectReader& reader, std::vector<track::Dataset>& to) {
  if (!reader.has("inputs")) return;
  for (const auto& item : reader.array("inputs")) {
    ObjectReader input(item, reader.subject() + ": inputs");
    track::Dataset dataset;
    dataset.name = input.text("name");
    dataset.digest = input.text("digest");
    dataset.context = input.text("context", "");
    dataset.source = input.text("source", "");
    dataset.source_type = input.text("source_type", "");
    if (const Json* schema = input.maybe("schema")) dataset.schema = text_of(*schema);
    if (const Json* profile = input.maybe("profile")) dataset.profile = text_of(*profile);
    input.finish();
    to.push_back(std::move(dataset));
  }
}

void add_line(std::string_view line, const std::string& subject, track::Batch& batch) {
  const Json json = parse_json(line, subject);
  ObjectReader reader(json, subject);
  const std::int64_t step = reader.integer("step", 0);
  auto time = time_of(reader, "time");
  if (const auto timestamp = time_of(reader, "timestamp")) time = timestamp;
  if (reader.has("metrics"))
    for (const auto& [name, value] : reader.object("metrics").items())
      batch.metrics.push_back({name, number_of(reader, "metrics", value), step, time});
  for (const char* key : {"metric", "key"})
    if (const auto name = reader.maybe_text(key))
      batch.metrics.push_back({*name, number_of(reader, "value", reader.any("value")), step, time});
  add_pairs(reader, "params", batch.params);
  add_pairs(reader, "tags", batch.tags);
  add_inputs(reader, batch.inputs);
  reader.finish();
}

}  // namespace

LineCounts log_lines(store::Store& store, const std::string& run, int fd, const std::string& subject,
                     const std::string& operation, Context& context) {
  LineCounts counts;
  track::Batch batch;
  std::uint64_t batches = 0;
  std::uint64_t logged_lines = 0;
  const auto flush = [&] {
    if (batch.empty()) return;
    track::log(store, run, batch, context, operation.empty() ? operation : fmt::format("{}/{}", operation, batches));
    ++batches;
    logged_lines = counts.lines;
    counts.metrics += batch.metrics.size();
    counts.params += batch.params.size();
    counts.tags += batch.tags.size();
    counts.inputs += batch.inputs.size();
    batch = {};
  };
  const auto take = [&](std::string_view line) {
    ++counts.lines;
    if (trim(line).empty()) return;
    try {
      add_line(line, fmt::format("{}, line {}", subject, counts.lines), batch);
    } catch (const Error& error) {
      // The readers of JSON speak of settings, where a mistake is one of usage; here it is in the data.
      throw Error(
          Code::failed, "cannot log " + error.message(),
          logged_lines == 0 ? "nothing of it was logged" : fmt::format("lines 1 to {} were logged", logged_lines));
    }
    if (batch.metrics.size() >= batch_points) flush();
  };
  std::string rest;
  std::vector<char> buffer(1 << 18);
  while (true) {
    context.check_stop();
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(Code::failed, fmt::format("cannot read {}: {}", subject, strerrordesc_np(errno)));
    if (got == 0) break;
    std::string_view text(buffer.data(), static_cast<std::size_t>(got));
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      if (rest.empty()) {
        take(text.substr(0, end));
      } else {
        rest += text.substr(0, end);
        take(rest);
        rest.clear();
      }
      text.remove_prefix(end + 1);
    }
    rest += text;
  }
  if (!rest.empty()) take(rest);
  flush();
  return counts;
}

}  // namespace mlsys::frame
