// Pages as text: base64url of [hash, start_time, id, [rank, value]...].
#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "search_plan.hpp"

namespace mlsys::track {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) text += digits[(bits >> (count - 6)) & 63];
  }
  if (count > 0) text += digits[(bits << (6 - count)) & 63];
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto digit = digits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 255);
  }
  return bytes;
}

// JSON has no infinities, and doubles must come back with all their bits.
Json value_json(const SqlValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) return shortest(*real);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

std::optional<SqlValue> value_from(const Json& json, filter::Kind kind) {
  if (kind == filter::Kind::time)
    return json.is_number_integer() ? std::optional<SqlValue>(json.get<std::int64_t>()) : std::nullopt;
  if (!json.is_string()) return std::nullopt;
  if (kind == filter::Kind::text) return json.get<std::string>();
  const auto real = parse_double(json.get<std::string>());
  return real ? std::optional<SqlValue>(*real) : std::nullopt;
}

std::optional<Position> read(const Json& json, std::uint64_t query, const std::vector<filter::SortKey>& order) {
  if (!json.is_array() || json.size() != 3 + order.size() || json[0] != query || !json[1].is_number_integer() ||
      !json[2].is_number_integer())
    return std::nullopt;
  Position position;
  position.start_time = json[1].get<std::int64_t>();
  position.id = json[2].get<std::int64_t>();
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Json& key = json[3 + i];
    if (!key.is_array() || key.size() != 2 || !key[0].is_number_integer()) return std::nullopt;
    const auto rank = key[0].get<std::int64_t>();
    if (rank < 0 || rank > 2) return std::nullopt;
    Position::Key read{static_cast<int>(rank), nullptr};
    if (rank == 0) {
      const auto value = value_from(key[1], order[i].column.kind);
      if (!value) return std::nullopt;
      read.value = *value;
    }
    position.keys.push_back(std::move(read));
  }
  return position;
}

}  // namespace

std::string page_of(const Position& position, std::uint64_t query) {
  Json json = Json::array({query, position.start_time, position.id});
  for (const auto& key : position.keys) json.push_back(Json::array({key.rank, value_json(key.value)}));
  return encode(to_line(json));
}

Position position_of(const std::string& page, std::uint64_t query, const std::vector<filter::SortKey>& order) {
  try {
    if (const auto bytes = decode(page))
      if (auto position = read(parse_json(*bytes, "a page"), query, order)) return *position;
  } catch (const Error&) {
    // Whatever is wrong with it, it is not what was handed out.
  }
  throw Error(Code::usage, fmt::format("{} is not a page of this search", quoted(page, 40)),
              "pass \"next_page\" as it was, with the same filter, order, experiments and --deleted");
}

}  // namespace mlsys::track
