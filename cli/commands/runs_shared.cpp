// What the verbs of `mlsys runs` share, whichever module they are in.
#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "runs.hpp"

namespace mlsys::frame {

store::Store open_for_reading(Session& session) {
  return store::Store::open(session.project().state, store::Mode::read, session.context());
}

store::Store open_for_writing(Session& session) {
  return store::Store::open(session.project().state, store::Mode::update, session.context());
}

store::Store open_for_new_run(Session& session, const std::string& parent) {
  if (!parent.empty()) return open_for_writing(session);
  return store::Store::open(session.state_for_writing(), store::Mode::write, session.context());
}

std::pair<std::string, double> parse_metric(const std::string& text) {
  const auto at = text.rfind('=');
  if (at == std::string::npos || at == 0)
    throw Error(Code::usage, fmt::format("--metric {} is not KEY=NUMBER", quoted(text)), "write --metric loss=0.3");
  const auto value = parse_double(std::string_view(text).substr(at + 1));
  if (!value)
    throw Error(Code::usage, fmt::format("--metric {}: {} is not a number", quoted(text), quoted(text.substr(at + 1))),
                "log texts with --param or --tag");
  return {text.substr(0, at), *value};
}

Millis parse_time_option(std::string_view option, const std::string& text) {
  if (const auto time = parse_iso_time(text)) return *time;
  if (const auto ms = parse_int(text)) return Millis(std::chrono::milliseconds(*ms));
  throw Error(Code::usage, fmt::format("{} {} is not a time", option, quoted(text)),
              "write 2026-03-01T12:30:00Z, 2026-03-01, or milliseconds since 1970");
}

std::string short_id(const std::string& run_id) { return run_id.substr(0, 8); }

std::string shown_time(std::optional<Millis> time) {
  if (!time) return "-";
  std::string text = iso_time(std::chrono::floor<std::chrono::seconds>(*time));
  text[10] = ' ';
  text.pop_back();
  return text;
}

Table::Cell shown_status(const track::Run& run) {
  const std::string name(name_of(run.status));
  switch (run.status) {
    case track::RunStatus::finished:
      return {name, Tone::good};
    case track::RunStatus::failed:
      return {run.stale ? name + " (gone)" : name, Tone::bad};
    case track::RunStatus::killed:
      return {name, Tone::warn};
    default:
      return {name};
  }
}

std::string shown_duration(const track::Run& run, Millis now) {
  if (!run.start_time || run.stale) return "-";
  const auto end = run.end_time.value_or(now);
  return human_seconds(std::max(0.0, std::chrono::duration<double>(end - *run.start_time).count()));
}

}  // namespace mlsys::frame
