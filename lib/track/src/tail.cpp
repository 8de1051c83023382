#include "mlsys/track/tail.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "rows.hpp"

namespace mlsys::track {

using store::Statement;
using store::Store;

namespace {

struct Ordered {
  std::int64_t ordinal;
  const std::string* metric;
  HistoryPoint point;
};

HistoryPoint read_point(const Statement& row) { return {row.integer(0), from_ms(row.integer(1)), row.real(2)}; }

constexpr std::string_view point_columns = "SELECT step, time, value, ordinal FROM metrics WHERE run = ? AND key = ? ";

}  // namespace

Tail::Tail(Store& store, std::string run, std::vector<std::string> metrics)
    : store_(store), run_(std::move(run)), metrics_(std::move(metrics)) {}

Moment Tail::next(std::size_t most, Context& context) {
  Moment moment;
  store_.read([&] {
    Statement rows = store_.prepare(std::string(run_columns) + "WHERE r.run_id = ?");
    if (!rows.bind(run_).step()) find_run(store_, run_);
    const Found found = read_run(store_, rows, context.now());
    rows.reset();
    moment.status = found.run.status;
    moment.stale = found.run.stale;
    moment.end_time = found.run.end_time;

    Statement newest = store_.prepare("SELECT coalesce(max(sequence), 0) + 1 FROM operations");
    newest.step();
    const std::int64_t unseen = newest.integer(0) * static_cast<std::int64_t>(most_points);
    newest.reset();

    std::vector<Ordered> points;
    std::map<std::int64_t, std::string> names;  // which the points refer to
    const auto take = [&](Statement& from, const std::string& name) {
      std::int64_t taken = 0;
      for (; from.step(); ++taken) points.push_back({from.integer(3), &name, read_point(from)});
      return taken;
    };
    Statement last = store_.prepare(std::string(point_columns) + "ORDER BY step DESC, time DESC, ordinal DESC LIMIT ?");
    Statement ahead = store_.prepare(std::string(point_columns) + "AND step >= ? AND ordinal >= ?");
    Statement behind = store_.prepare(std::string(point_columns) + "AND step < ? AND ordinal >= ?");
    Statement series =
        store_.prepare("SELECT key, name, points, step FROM latest_metrics JOIN keys ON keys.id = key WHERE run = ?");
    series.bind(found.id);
    while (series.step()) {
      context.check_stop();
      const std::int64_t key = series.integer(0);
      const std::string& name = names.emplace(key, series.string(1)).first->second;
      if (!metrics_.empty() && std::find(metrics_.begin(), metrics_.end(), name) == metrics_.end()) continue;
      const auto known = series_.find(key);
      const Series before = known == series_.end() ? Series{} : known->second;
      series_[key] = {series.integer(2), series.integer(3)};
      if (!seen_) {
        take(last.bind(found.id, key, most), name);
      } else if (known == series_.end()) {
        take(ahead.bind(found.id, key, std::numeric_limits<std::int64_t>::min(), *seen_), name);
      } else if (const std::int64_t fresh = series.integer(2) - before.points; fresh > 0) {
        // Steps that only grow are found at the end of the series; it is read as a whole when one went back.
        if (take(ahead.bind(found.id, key, before.step, *seen_), name) < fresh)
          take(behind.bind(found.id, key, before.step, *seen_), name);
      }
    }
    std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.ordinal < b.ordinal; });
    const std::size_t skipped = !seen_ && points.size() > most ? points.size() - most : 0;
    for (std::size_t i = skipped; i < points.size(); ++i) moment.points.push_back({*points[i].metric, points[i].point});
    seen_ = unseen;
  });
  return moment;
}

Json to_json(const std::string& run, const Arrival& arrival) {
  Json json{{"schema", "mlsys.runs/1"}, {"run_id", run}, {"metric", arrival.metric}};
  json.update(to_json(arrival.point));
  return json;
}

Json to_json(const std::string& run, const Moment& moment) {
  Json json{{"schema", "mlsys.runs/1"}, {"run_id", run}, {"status", name_of(moment.status)}, {"end_time", nullptr}};
  if (moment.end_time) json["end_time"] = iso_time(*moment.end_time);
  if (moment.stale) json["stale"] = true;
  return json;
}

}  // namespace mlsys::track
