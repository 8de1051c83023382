#include "rows.hpp"

#include <fmt/format.h>

#include <cmath>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::track {
namespace {

std::size_t characters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

void check_name(std::string_view what, std::string_view name) {
  const auto refuse = [&](std::string_view why) {
    throw Error(Code::failed, fmt::format("the {} name {} cannot be used: {}", what, quoted(name), why));
  };
  if (name.empty()) refuse("it is empty");
  if (!is_utf8(name)) refuse("it is not UTF-8");
  if (characters(name) > 250) refuse("it has more than 250 characters");
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) refuse("it has control characters");
}

}  // namespace

Json number_json(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

void check_key(std::string_view what, std::string_view key) { check_name(what, key); }
void check_experiment_name(const std::string& name) { check_name("experiment", name); }

void check_value(std::string_view what, std::string_view key, std::string_view value, std::size_t most) {
  const auto refuse = [&](const std::string& why) {
    throw Error(Code::failed, fmt::format("cannot log {} {}: its value {}", what, quoted(key), why),
                "log long texts as artifacts");
  };
  if (!is_utf8(value) || value.find('\0') != std::string_view::npos) refuse("is not UTF-8 text");
  if (characters(value) > most) refuse(fmt::format("has more than {} characters", most));
}

void check_time(const std::string& doing, std::optional<Millis> time) {
  constexpr std::int64_t first = -62'135'596'800'000;  // 0001-01-01T00:00:00Z
  constexpr std::int64_t last = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z
  if (!time || (to_ms(*time) >= first && to_ms(*time) <= last)) return;
  throw Error(Code::failed,
              fmt::format("cannot {}: its time, {} ms after 1970, is outside the years 1 to 9999", doing, to_ms(*time)),
              "times are milliseconds, or ISO 8601");
}

void check_tag(std::string_view key, std::string_view value) {
  check_key("tag", key);
  check_value("tag", key, value, most_tag);
}

Keys::Keys(store::Store& store) : store_(store), find_(store.prepare("SELECT id FROM keys WHERE name = ?")) {}

std::int64_t Keys::number(const std::string& key) {
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  std::int64_t id = 0;
  if (find_.bind(key).step()) {
    id = find_.integer(0);
    find_.reset();
  } else {
    store_.prepare("INSERT INTO keys (name) VALUES (?)").bind(key).run();
    id = store_.last_row();
  }
  return known_.emplace(key, id).first->second;
}

std::optional<std::int64_t> find_key(store::Store& store, std::string_view key) {
  store::Statement rows = store.prepare("SELECT id FROM keys WHERE name = ?");
  if (!rows.bind(key).step()) return std::nullopt;
  return rows.integer(0);
}

RunRow find_run(store::Store& store, const std::string& run) {
  store::Statement rows = store.prepare("SELECT id, lifecycle FROM runs WHERE run_id = ?");
  if (!rows.bind(run).step())
    throw Error(Code::not_found, fmt::format("no run {}", quoted(run)), "list runs with 'mlsys runs list'");
  return {rows.integer(0), parse_name<Lifecycle>(rows.text(1))};
}

std::int64_t run_for_writing(store::Store& store, const std::string& run) {
  const RunRow row = find_run(store, run);
  if (row.lifecycle == Lifecycle::deleted)
    throw Error(Code::failed, fmt::format("cannot write to run {}: it is deleted", quoted(run)),
                fmt::format("restore it first: mlsys runs restore {}", run));
  return row.id;
}

std::int64_t experiment_for_writing(store::Store& store, const std::string& name, const store::Write& write) {
  store::Statement rows = store.prepare("SELECT id, lifecycle FROM experiments WHERE name = ?");
  if (rows.bind(name).step()) {
    if (rows.text(1) != name_of(Lifecycle::active))
      throw Error(Code::failed, fmt::format("cannot use the experiment {}: it is deleted", quoted(name)),
                  fmt::format("restore it first: mlsys experiments restore {}", quoted(name)));
    return rows.integer(0);
  }
  store.prepare("INSERT INTO experiments (name, created, updated) VALUES (?, ?, ?)")
      .bind(name, to_ms(write.time), to_ms(write.time))
      .run();
  return store.last_row();
}

void set_tag(store::Store& store, Keys& keys, std::int64_t run, const std::string& key, const std::string& value) {
  store.prepare("INSERT INTO tags VALUES (?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET value = excluded.value")
      .bind(run, keys.number(key), value)
      .run();
}

}  // namespace mlsys::track
