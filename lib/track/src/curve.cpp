#include "mlsys/track/curve.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "mlsys/base/json.hpp"
#include "mlsys/track/track.hpp"
#include "rows.hpp"

namespace mlsys::track {

using store::Statement;
using store::Store;

namespace {

constexpr std::uint64_t parts = 16;  // of a column
constexpr std::int64_t per_part = 4;

// A range of the axis, both ends included, parted without overflow.
struct AxisRange {
  std::int64_t low = 0;
  std::int64_t high = 0;

  [[nodiscard]] std::uint64_t span() const {
    return static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  }
  // Where part `i` of `count` begins.
  [[nodiscard]] std::int64_t begin(std::uint64_t i, std::uint64_t count) const {
    const std::uint64_t offset = span() / count * i + span() % count * i / count;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + offset);
  }
};

struct Spot {
  std::int64_t at = 0;  // on the axis
  std::int64_t ordinal = 0;
  double value = 0;
};

// Looks into one series along its axis.
class AxisReader {
 public:
  AxisReader(Store& store, std::int64_t run, std::int64_t key) : store_(store), run_(run), key_(key) {
    const Ends ends = ends_of_series();
    if (ends.first.step != ends.last.step || ends.first.ordinal == ends.last.ordinal) {
      axis = Curve::Axis::step;
      range = {ends.first.step, ends.last.step};
    } else if (ends.first.time != ends.last.time) {
      axis = Curve::Axis::time;
      range = {ends.first.time, ends.last.time};
    } else {
      axis = Curve::Axis::order;
      range = {ends.first.ordinal, ends.last.ordinal};
    }
    fixed_ = {ends.first.step, ends.first.time};
    const std::string_view column = axis == Curve::Axis::step ? "step" : axis == Curve::Axis::time ? "time" : "ordinal";
    std::string from = "SELECT " + std::string(column) + ", ordinal, value FROM metrics WHERE run = ? AND key = ?";
    if (axis != Curve::Axis::step) from += " AND step = ?";
    if (axis == Curve::Axis::order) from += " AND time = ?";
    from += " AND " + std::string(column) + " BETWEEN ? AND ? ORDER BY step";
    ahead_ = store.prepare(from + ", time, ordinal LIMIT ?");
    back_ = store.prepare(from + " DESC, time DESC, ordinal DESC LIMIT ?");
  }

  // The first points within [low, high], at most `most`.
  std::vector<Spot> first(std::int64_t low, std::int64_t high, std::int64_t most) {
    return take(*ahead_, low, high, most);
  }
  std::optional<Spot> last(std::int64_t low, std::int64_t high) {
    const auto found = take(*back_, low, high, 1);
    return found.empty() ? std::nullopt : std::optional(found.front());
  }

  Curve::Axis axis = Curve::Axis::step;
  AxisRange range;

 private:
  struct Place {
    std::int64_t step = 0, time = 0, ordinal = 0;
  };
  struct Ends {
    Place first, last;
  };
  [[nodiscard]] Ends ends_of_series() const {
    const auto place = [&](const char* order) {
      Statement rows = store_.prepare(
          std::string("SELECT step, time, ordinal FROM metrics WHERE run = ? AND key = ? ORDER BY ") + order);
      rows.bind(run_, key_).step();
      return Place{rows.integer(0), rows.integer(1), rows.integer(2)};
    };
    return {place("step, time, ordinal LIMIT 1"), place("step DESC, time DESC, ordinal DESC LIMIT 1")};
  }

  std::vector<Spot> take(Statement& rows, std::int64_t low, std::int64_t high, std::int64_t most) {
    rows.reset();
    int at = 0;
    rows.bind_at(++at, run_);
    rows.bind_at(++at, key_);
    if (axis != Curve::Axis::step) rows.bind_at(++at, fixed_.step);
    if (axis == Curve::Axis::order) rows.bind_at(++at, fixed_.time);
    rows.bind_at(++at, low);
    rows.bind_at(++at, high);
    rows.bind_at(++at, most);
    std::vector<Spot> found;
    while (rows.step()) found.push_back({rows.integer(0), rows.integer(1), rows.real(2)});
    return found;
  }

  struct Fixed {
    std::int64_t step = 0, time = 0;
  };
  Store& store_;
  std::int64_t run_, key_;
  Fixed fixed_;
  std::optional<Statement> ahead_, back_;
};

// Keeps four points of a column at most.
class CurveColumn {
 public:
  void add(const Spot& point) {
    if (!std::isfinite(point.value)) return;
    if (!first_) first_ = least_ = greatest_ = point;
    if (point.value < least_->value) least_ = point;
    if (point.value > greatest_->value) greatest_ = point;
    last_ = point;
  }
  void take(const AxisRange& range, Curve& curve) {
    if (!first_) return;
    std::vector<Spot> kept = {*first_, *least_, *greatest_, *last_};
    const auto order = [](const Spot& a, const Spot& b) { return a.at != b.at ? a.at < b.at : a.ordinal < b.ordinal; };
    const auto same = [](const Spot& a, const Spot& b) { return a.at == b.at && a.ordinal == b.ordinal; };
    std::sort(kept.begin(), kept.end(), order);
    kept.erase(std::unique(kept.begin(), kept.end(), same), kept.end());
    for (const Spot& point : kept) {
      // Orders count from zero: an ordinal means nothing to a reader.
      const std::int64_t x = curve.axis == Curve::Axis::order ? point.at - range.low : point.at;
      curve.points.push_back({static_cast<double>(x), point.value});
    }
    *this = {};
  }

 private:
  std::optional<Spot> first_, least_, greatest_, last_;
};

void look_at(const Spot& point, CurveColumn& column, Curve& curve) {
  ++curve.read;
  if (!std::isfinite(point.value)) ++curve.not_finite;
  column.add(point);
}

void read_whole(AxisReader& series, std::size_t columns, Curve& curve) {
  const AxisRange& range = series.range;
  CurveColumn column;
  std::uint64_t at = 0;
  for (const Spot& point : series.first(range.low, range.high, static_cast<std::int64_t>(curve.total))) {
    while (at + 1 < columns && point.at >= range.begin(at + 1, columns)) {
      column.take(range, curve);
      ++at;
    }
    look_at(point, column, curve);
  }
  column.take(range, curve);
}

// The first points of every part, and the last of every column.
void read_sample(AxisReader& series, std::size_t columns, Curve& curve, const Context& context) {
  const AxisRange& range = series.range;
  const std::uint64_t count = columns * parts;
  for (std::uint64_t at = 0; at < columns; ++at) {
    context.check_stop();
    CurveColumn column;
    std::optional<Spot> newest;
    const auto end_of = [&](std::uint64_t part) {
      return part == count ? range.high : range.begin(part, count) - 1;  // which is included
    };
    for (std::uint64_t part = at * parts; part < (at + 1) * parts; ++part) {
      const std::int64_t begin = range.begin(part, count);
      if (part + 1 < count && range.begin(part + 1, count) == begin) continue;  // narrower than one position
      for (const Spot& point : series.first(begin, end_of(part + 1), per_part)) {
        look_at(point, column, curve);
        newest = point;
      }
    }
    if (!newest) continue;
    const auto last = series.last(newest->at, end_of((at + 1) * parts));
    if (last && (last->at != newest->at || last->ordinal != newest->ordinal)) look_at(*last, column, curve);
    column.take(range, curve);
  }
}

}  // namespace

Curve curve(Store& store, const std::string& run, const std::string& metric, std::size_t columns, Context& context) {
  Curve curve;
  store.read([&] {
    const std::int64_t row = find_run(store, run).id;
    const auto key = find_key(store, metric);
    Statement summary = store.prepare("SELECT points, least, most FROM latest_metrics WHERE run = ? AND key = ?");
    if (!key || !summary.bind(row, *key).step())
      return history(store, run, metric, [](const HistoryPoint&) { return false; });  // says what there is instead
    curve.total = static_cast<std::uint64_t>(summary.integer(0));
    curve.least = summary.real(1);
    curve.greatest = summary.real(2);
    summary.reset();
    AxisReader series(store, row, *key);
    curve.axis = series.axis;
    columns = std::clamp<std::size_t>(columns, 1, 10'000);
    if (curve.total <= columns * (parts * per_part + 1))
      read_whole(series, columns, curve);
    else
      read_sample(series, columns, curve, context);
  });
  return curve;
}

Json to_json(const Curve& curve) {
  Json json{{"axis", name_of(curve.axis)},
            {"total", curve.total},
            {"read", curve.read},
            {"whole", curve.whole()},
            {"not_finite", curve.not_finite},
            {"least", number_json(curve.least)},
            {"greatest", number_json(curve.greatest)},
            {"curve", Json::array()}};
  for (const Curve::Point& point : curve.points) json["curve"].push_back({point.x, point.value});
  return json;
}

}  // namespace mlsys::track
