// JSON Lines into a run. One object a line:
//
//   {"metrics": {"loss": 0.3, "auc": "NaN"}, "step": 7, "time": "2026-03-01T12:30:00Z"}
//   {"metric": "loss", "value": 0.3, "step": 7}            "key" and "timestamp" (in ms) are read as MLflow writes them
//   {"params": {"depth": 6}, "tags": {"note": "x"}}
//   {"inputs": [{"name": "train.csv", "digest": "…", "context": "train", "source": "…", "source_type": "file"}]}
//
// Lines are logged in batches, each atomic and each with its own operation id. What has waited for a second is logged
// without waiting for a full batch, so that others see what a program prints while it runs; not so with an operation
// id, since a repetition must part the lines into the same batches.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

constexpr std::size_t batch_points = 100'000;
constexpr std::chrono::milliseconds patience{1000};

using Clock = std::chrono::steady_clock;

// How long poll() is to wait for more: for ever (-1) when nothing waits to be logged.
int waiting_time(std::optional<Clock::time_point> since) {
  if (!since) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*since + patience - Clock::now());
  return static_cast<int>(std::max(left, std::chrono::milliseconds(0)).count());
}

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
    if (const auto time = parse_iso_time(value->get<std::string>())) return time;
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
      batch.metrics.push_back({name, number_of(reader, "metrics." + name, value), step, time});
  for (const char* key : {"metric", "key"})
    if (const auto name = reader.maybe_text(key))
      batch.metrics.push_back({*name, number_of(reader, "value", reader.any("value")), step, time});
  add_pairs(reader, "params", batch.params);
  add_pairs(reader, "tags", batch.tags);
  add_inputs(reader, batch.inputs);
  reader.finish();
}

// Points as programs write them, {"metric": "loss", "value": 0.3, "step": 7}, read ten times as fast: only these keys,
// each once, plain numbers, names without escapes. Everything else, mistakes too, is left to the reader above, which
// reads these lines alike.
class PlainPoint {
 public:
  explicit PlainPoint(std::string_view line) : rest_(line) {}

  bool read(track::Batch& batch) {
    track::Point point;
    bool named = false, valued = false, stepped = false;
    if (!take('{')) return false;
    do {
      const auto key = text();
      if (!key || !take(':')) return false;
      if (*key == "metric" && !named) {
        const auto name = text();
        if (!name) return false;
        point.key = *name;
        named = true;
      } else if (*key == "value" && !valued) {
        if (!number(point.value)) return false;
        valued = true;
      } else if (*key == "step" && !stepped) {
        if (!number(point.step)) return false;
        stepped = true;
      } else {
        return false;
      }
    } while (take(','));
    if (!take('}') || !named || !valued) return false;
    blanks();
    if (!rest_.empty()) return false;
    batch.metrics.push_back(std::move(point));
    return true;
  }

 private:
  void blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\r'))
      rest_.remove_prefix(1);
  }
  bool take(char c) {
    blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<std::string_view> text() {
    if (!take('"')) return {};
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const auto c = static_cast<unsigned char>(rest_[i]);
      if (c == '"') {
        const std::string_view found = rest_.substr(0, i);
        rest_.remove_prefix(i + 1);
        return found;
      }
      if (c == '\\' || c < 0x20 || c > 0x7e) return {};
    }
    return {};
  }
  // What JSON and from_chars agree on.
  template <class Number>
  bool number(Number& value) {
    blanks();
    std::size_t size = 0;
    const auto belongs = [](char c) {
      return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    };
    while (size < rest_.size() && belongs(rest_[size])) ++size;
    const std::string_view digits = rest_.substr(0, size).substr(rest_.starts_with('-') ? 1 : 0);
    const auto point = digits.find('.');
    if (digits.empty() || digits.front() < '0' || digits.front() > '9') return false;
    if (digits.size() > 1 && digits.front() == '0' && digits[1] >= '0' && digits[1] <= '9') return false;
    if (point != std::string_view::npos &&
        (point + 1 == digits.size() || digits[point + 1] < '0' || digits[point + 1] > '9'))
      return false;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + size, value);
    if (error != std::errc() || end != rest_.data() + size) return false;
    rest_.remove_prefix(size);
    return true;
  }

  std::string_view rest_;
};

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
      if (!PlainPoint(line).read(batch)) add_line(line, fmt::format("{}, line {}", subject, counts.lines), batch);
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
  std::optional<Clock::time_point> since;  // when the first line that is not logged yet was read
  while (true) {
    context.check_stop();
    if (batch.empty() || !operation.empty())
      since.reset();
    else if (!since)
      since = Clock::now();
    pollfd input{fd, POLLIN, 0};
    if (waiting_time(since) == 0 || (poll(&input, 1, waiting_time(since)) == 0)) {
      flush();
      continue;
    }
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
