#include "mlsys/bundle/golden.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <climits>
#include <cmath>
#include <limits>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::bundle {
namespace {

constexpr int newest_golden = 1;

std::string bits_text(float value) { return fmt::format("0x{:08x}", std::bit_cast<std::uint32_t>(value)); }

[[noreturn]] void fail(std::string_view subject, std::string_view why) {
  throw Error(Code::integrity, fmt::format("{}: {}", subject, why));
}

float parse_bits(const Json& json, std::string_view subject) {
  if (!json.is_string()) fail(subject, "a number must be written as its bits, \"0x3f800000\"");
  const auto& text = json.get_ref<const std::string&>();
  std::uint32_t bits = 0;
  const bool shape = text.size() == 10 && text.starts_with("0x");
  const auto* end = text.data() + text.size();
  if (!shape || std::from_chars(text.data() + 2, end, bits, 16).ptr != end)
    fail(subject, fmt::format("{} are not the bits of a number, \"0x3f800000\"", quoted(text)));
  return std::bit_cast<float>(bits);
}

void read_value(const Json& json, const Feature& feature, data::Column& column, std::string_view subject) {
  if (feature.kind == FeatureKind::numeric) {
    column.f32.push_back(json.is_null() ? std::numeric_limits<float>::quiet_NaN() : parse_bits(json, subject));
    if (json.is_null()) ++column.missing;
    return;
  }
  if (json.is_null()) {
    column.codes.push_back(-1);
    ++column.missing;
    return;
  }
  if (!json.is_string()) fail(subject, fmt::format("{} takes category names", quoted(feature.name)));
  const auto& name = json.get_ref<const std::string&>();
  const auto found = std::ranges::lower_bound(feature.categories, name);
  if (found == feature.categories.end() || *found != name)
    fail(subject, fmt::format("{} has no category {}", quoted(feature.name), quoted(name)));
  column.codes.push_back(static_cast<std::int32_t>(found - feature.categories.begin()));
}

Golden read_golden(const Json& document, const Manifest& manifest, const std::string& subject) {
  ObjectReader reader(document, subject);
  reader.ignore("schema");
  const auto features = reader.texts("features");
  if (features != feature_names(manifest)) fail(subject, "its features are not those of bundle.json");
  Golden golden;
  for (const auto& feature : manifest.features) {
    const bool numeric = feature.kind == FeatureKind::numeric;
    auto& column = golden.rows.columns.emplace_back();
    column.name = feature.name;
    column.type = feature.type;
    column.as = numeric ? data::As::float32 : data::As::category;
    column.categories = feature.categories;
  }
  golden.width = manifest.task == Task::multiclass ? manifest.classes.size() : 1;
  for (const auto& item : reader.array("rows")) {
    ObjectReader row(item, subject + ": rows");
    const auto& values = row.array("values");
    const auto& margins = row.array("margins");
    row.finish();
    if (values.size() != features.size() || margins.size() != golden.width) fail(subject, "a row has the wrong size");
    for (std::size_t i = 0; i < features.size(); ++i)
      read_value(values[i], manifest.features[i], golden.rows.columns[i], subject);
    for (const auto& margin : margins) golden.margins.push_back(parse_bits(margin, subject));
    ++golden.rows.rows;
  }
  reader.finish();
  if (golden.rows.rows == 0) fail(subject, "it has no rows");
  return golden;
}

}  // namespace

Json to_json(const Golden& golden) {
  Json json;
  json["schema"] = "mlsys.golden/1";
  json["features"] = Json::array();
  for (const auto& column : golden.rows.columns) json["features"].push_back(column.name);
  json["rows"] = Json::array();
  for (std::size_t row = 0; row < golden.rows.rows; ++row) {
    Json values = Json::array();
    for (const auto& column : golden.rows.columns) {
      if (column.as == data::As::category) {
        const auto code = column.codes[row];
        values.push_back(code < 0 ? Json() : Json(column.categories[static_cast<std::size_t>(code)]));
      } else {
        values.push_back(std::isnan(column.f32[row]) ? Json() : Json(bits_text(column.f32[row])));
      }
    }
    Json margins = Json::array();
    for (std::size_t i = 0; i < golden.width; ++i) margins.push_back(bits_text(golden.margins[row * golden.width + i]));
    json["rows"].push_back({{"values", std::move(values)}, {"margins", std::move(margins)}});
  }
  return json;
}

Golden parse_golden(std::string_view text, const Manifest& manifest, std::string_view subject) {
  Json document;
  try {
    document = parse_json(text, subject, Code::integrity);
    if (check_schema(document, "mlsys.golden", INT_MAX, subject) <= newest_golden)
      return read_golden(document, manifest, std::string(subject));
  } catch (const Error& error) {
    if (error.code() != Code::usage) throw;
    throw Error(Code::integrity, error.message(), error.hint());
  }
  check_schema(document, "mlsys.golden", newest_golden, subject);  // throws: it is newer
  return {};
}

}  // namespace mlsys::bundle
