// JSON Lines into a run. One object a line:
//
//   {"metrics": {"loss": 0.3, "auc": "NaN"}, "step": 7, "time": "2026-03-01T12:30:00Z"}
//   {"metric": "loss", "value": 0.3, "step": 7}            "key" and "timestamp" (in ms) are read as MLflow writes them
//   {"params": {"depth": 6}, "tags": {"note": "x"}}
//   {"inputs": [{"name": "train.csv", "digest": "…", "context": "train", "source": "…", "source_type": "file"}]}
//
// Numbers among params and tags keep their own text, so that 1e-5 is what --param lr=1e-5 is.
//
// Lines are logged in batches, each atomic and each with its own operation id; what the options of the call give is in
// the first. What has waited for a second is logged without waiting for a full batch, so that others see what a program
// prints while it runs, and so is what waits when the program is told to stop; not so with an operation id, since a
// repetition must part the lines into the same batches.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <iterator>
#include <optional>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "runs.hpp"

namespace mlsys::frame {
namespace {

constexpr std::size_t batch_points = 100'000;
constexpr std::size_t longest_key = 250;
constexpr std::chrono::milliseconds patience{1000};

using Clock = std::chrono::steady_clock;

// How long poll() is to wait for more, in milliseconds. Never for ever: a signal that comes just before poll() does not
// end it.
int waiting_time(std::optional<Clock::time_point> since) {
  if (!since) return static_cast<int>(patience.count());
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

// The texts of the numbers that are no whole ones, in the order in which they stand in params and tags: "1e-5",
// "12345678901234567890123". Of a line that has been read before.
class WrittenNumbers final : public nlohmann::json_sax<Json> {
 public:
  std::vector<std::string> texts;

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& written) override {
    if (depth_ == 2 && wanted_) texts.push_back(written);
    return true;
  }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*count*/) override { return ++depth_, true; }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t /*count*/) override { return ++depth_, true; }
  bool end_array() override { return --depth_, true; }
  bool key(string_t& name) override {
    if (depth_ == 1) wanted_ = name == "params" || name == "tags";
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::json::exception& /*error*/) override {
    return false;
  }

 private:
  int depth_ = 0;
  bool wanted_ = false;  // within params or tags
};

// Numbers are what was written, not what reading and writing them makes of them.
void keep_written_numbers(const Json& json, std::string_view line, track::Batch& batch) {
  std::vector<std::string*> numbers;
  auto param = batch.params.begin();
  auto tag = batch.tags.begin();
  for (const auto& [section, values] : json.items()) {
    if (section != "params" && section != "tags") continue;
    for (const Json& value : values) {
      std::string& text = (section == "params" ? param++ : tag++)->second;
      if (value.is_number_float()) numbers.push_back(&text);
    }
  }
  if (numbers.empty()) return;
  WrittenNumbers written;
  Json::sax_parse(line, &written);
  for (std::size_t i = 0; i < numbers.size(); ++i) *numbers[i] = written.texts.at(i);
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

track::Batch read_line(std::string_view line, const std::string& subject) {
  const Json json = parse_json(line, subject);
  track::Batch batch;
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
  keep_written_numbers(json, line, batch);
  add_inputs(reader, batch.inputs);
  reader.finish();
  return batch;
}

// Points as programs write them, {"metric": "loss", "value": 0.3, "step": 7}, read ten times as fast: only these keys,
// each once, plain numbers, names without escapes that need no check. Everything else, mistakes too, is left to the
// reader above, which reads these lines alike.
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
        if (!name || name->empty() || name->size() > longest_key) return false;
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

template <class Item>
void append(std::vector<Item>& to, std::vector<Item> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

std::string_view without_start(std::string_view text, std::string_view start) {
  return text.starts_with(start) ? text.substr(start.size()) : text;
}

// What comes from one descriptor into one run.
class Lines {
 public:
  Lines(store::Store& store, const LineSource& source, track::Batch options, Context& context)
      : store_(store), source_(source), batch_(std::move(options)), options_wait_(!batch_.empty()), context_(context) {}

  LineCounts log() {
    try {
      read();
      flush(context_);
    } catch (const Error& error) {
      if (error.code() != Code::interrupted) throw;
      // What a program printed before both were told to stop is wanted, unless a repetition is to log it.
      Context deaf = context_.unstoppable();
      if (source_.operation.empty()) flush(deaf);
      throw Error(Code::interrupted, error.message(), logged());
    }
    return counts_;
  }

 private:
  void read() {
    std::vector<char> buffer(1 << 18);
    std::optional<Clock::time_point> since;  // when the first that is not logged yet was read
    while (true) {
      context_.check_stop();
      if (batch_.empty() || !source_.operation.empty())
        since.reset();
      else if (!since)
        since = Clock::now();
      if (!is_ready(since)) continue;
      const ssize_t got = ::read(source_.fd, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0)
        throw Error(Code::failed, fmt::format("cannot read {}: {}", source_.name, strerrordesc_np(errno)), logged());
      if (got == 0) break;
      take_text(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    }
    if (!rest_.empty()) take(rest_);
  }

  // Whether read() returns at once. Logs what has waited long enough.
  bool is_ready(std::optional<Clock::time_point> since) {
    pollfd input{source_.fd, POLLIN, 0};
    const int wait = waiting_time(since);
    const int ready = wait == 0 ? 0 : poll(&input, 1, wait);
    if (ready == 0 && since && waiting_time(since) == 0) flush(context_);
    return ready > 0 || (ready < 0 && errno != EINTR);  // read() says what is wrong
  }

  void take_text(std::string_view text) {
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
      if (rest_.empty()) {
        take(text.substr(0, end));
      } else {
        rest_ += text.substr(0, end);
        take(rest_);
        rest_.clear();
      }
      text.remove_prefix(end + 1);
    }
    rest_ += text;
  }

  void take(std::string_view line) {
    ++counts_.lines;
    if (trim(line).empty()) return;
    if (!PlainPoint(line).read(batch_)) add(line);
    if (batch_.metrics.size() >= batch_points) flush(context_);
  }

  void add(std::string_view line) {
    const std::string subject = fmt::format("{}, line {}", source_.name, counts_.lines);
    track::Batch batch;
    try {
      batch = read_line(line, subject);
    } catch (const Error& error) {
      // The readers of JSON speak of settings, where a mistake is one of usage; here it is in the data.
      throw Error(Code::failed, "cannot log " + error.message(), logged());
    }
    try {
      track::check(batch);
    } catch (const Error& error) {
      throw refused(subject, error);
    }
    append(batch_.metrics, std::move(batch.metrics));
    append(batch_.params, std::move(batch.params));
    append(batch_.tags, std::move(batch.tags));
    append(batch_.inputs, std::move(batch.inputs));
  }

  void flush(Context& context) {
    if (batch_.empty()) return;
    // The first is the call's own, as if there were no lines.
    const std::string& operation = source_.operation;
    const bool first = operation.empty() || batches_ == 0;
    try {
      track::log(store_, source_.run, batch_, context,
                 first ? operation : fmt::format("{}/lines/{}", operation, batches_));
    } catch (const Error& error) {
      if (error.code() == Code::interrupted || counts_.lines == logged_lines_) throw;
      throw refused(waiting(), error);
    }
    ++batches_;
    logged_lines_ = counts_.lines;
    options_wait_ = false;
    counts_.metrics += batch_.metrics.size();
    counts_.params += batch_.params.size();
    counts_.tags += batch_.tags.size();
    counts_.inputs += batch_.inputs.size();
    batch_ = {};
  }

  [[nodiscard]] Error refused(const std::string& subject, const Error& why) const {
    return {why.code() == Code::usage ? Code::failed : why.code(),
            fmt::format("cannot log {}: {}", subject, without_start(why.message(), "cannot log ")),
            why.hint().empty() ? logged() : why.hint() + "; " + logged()};
  }

  // What the batch holds.
  [[nodiscard]] std::string waiting() const {
    const std::uint64_t from = logged_lines_ + 1;
    return (options_wait_ ? "the options and " : "") + source_.name +
           (from == counts_.lines ? fmt::format(", line {}", from)
                                  : fmt::format(", lines {} to {}", from, counts_.lines));
  }

  [[nodiscard]] std::string logged() const {
    if (batches_ == 0) return "nothing of it was logged";
    if (logged_lines_ == 0) return "what the options give was logged, and no line";
    return logged_lines_ == 1 ? "line 1 was logged" : fmt::format("lines 1 to {} were logged", logged_lines_);
  }

  store::Store& store_;
  const LineSource& source_;
  track::Batch batch_;
  bool options_wait_;  // the batch holds what the options give
  Context& context_;
  LineCounts counts_;
  std::string rest_;  // the beginning of a line
  std::uint64_t batches_ = 0;
  std::uint64_t logged_lines_ = 0;
};

}  // namespace

LineCounts log_lines(store::Store& store, const LineSource& source, track::Batch options, Context& context) {
  return Lines(store, source, std::move(options), context).log();
}

}  // namespace mlsys::frame
