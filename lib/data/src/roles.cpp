#include "mlsys/data/roles.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::data {

namespace {

// The single-column roles under the names they have everywhere.
constexpr std::array<std::pair<std::string_view, std::string Roles::*>, 7> single_roles = {{
    {"target", &Roles::target},
    {"score", &Roles::score},
    {"id", &Roles::id},
    {"weight", &Roles::weight},
    {"time", &Roles::time},
    {"query", &Roles::query},
    {"group", &Roles::group},
}};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The role that keeps a column from being a feature, or "".
std::string_view blocking_role(const Roles& roles, std::string_view column) {
  for (const auto& [name, member] : single_roles)
    if (!(roles.*member).empty() && roles.*member == column) return name;
  return contains(roles.exclude, column) ? "exclude" : "";
}

// A quoted name that begins at `at`, which is moved behind it.
std::string take_quoted(const std::string& list, std::size_t& at) {
  std::string name;
  for (++at; at < list.size(); ++at) {
    if (list[at] != '"') {
      name += list[at];
    } else if (at + 1 < list.size() && list[at + 1] == '"') {
      name += list[at++];
    } else {
      ++at;
      if (at == list.size() || list[at] == ',') return name;
      break;
    }
  }
  throw Error(Code::usage, "cannot read the columns " + quoted(list) + ": a quoted name does not end where it should",
              "quotes go around whole names; a quote inside is written twice");
}

}  // namespace

std::vector<std::string> split_names(const std::vector<std::string>& lists) {
  std::vector<std::string> names;
  for (const std::string& list : lists) {
    for (std::size_t at = 0; at < list.size(); ++at) {  // over the comma
      std::string name;
      if (list[at] == '"') {
        name = take_quoted(list, at);
      } else {
        const std::size_t end = std::min(list.find(',', at), list.size());
        name = trim(std::string_view(list).substr(at, end - at));
        at = end;
      }
      if (!name.empty()) names.push_back(std::move(name));
    }
  }
  return names;
}

void split_names(Roles& roles) {
  for (auto* names : {&roles.slices, &roles.exclude, &roles.features}) *names = split_names(*names);
}

std::string hint_for_column(std::string_view name, const std::vector<std::string>& columns) {
  std::string hint = did_you_mean(name, columns);
  if (!hint.empty() || columns.empty()) return hint;
  // A few are enough to see that it is another table.
  constexpr std::size_t most = 50;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < std::min(columns.size(), most); ++i) shown.push_back(quoted(columns[i], 40));
  return "the columns are " + truncate_width(join(shown, ", ") + (columns.size() > most ? ", …" : ""), 200);
}

void check_roles(const Roles& roles, const std::vector<ColumnInfo>& columns, std::string_view doing,
                 std::string_view subject) {
  std::vector<std::string> known;
  known.reserve(columns.size());
  for (const ColumnInfo& column : columns) known.push_back(column.name);
  const std::string cannot = "cannot " + std::string(doing) + " " + std::string(subject) + ": ";

  const auto must_exist = [&](const std::string& name) {
    if (!contains(known, name))
      throw Error(Code::usage, cannot + "no column " + quoted(name), hint_for_column(name, known));
  };
  for (const auto& [role, member] : single_roles)
    if (!(roles.*member).empty()) must_exist(roles.*member);
  for (const auto* names : {&roles.slices, &roles.exclude, &roles.features})
    for (const std::string& name : *names) must_exist(name);

  constexpr std::array<std::string_view, 5> distinct_roles = {"target", "score", "id", "weight", "query"};
  std::vector<std::pair<std::string_view, std::string_view>> taken;
  for (const auto& [role, member] : single_roles) {
    const std::string& name = roles.*member;
    if (name.empty() || std::find(distinct_roles.begin(), distinct_roles.end(), role) == distinct_roles.end()) continue;
    for (const auto& [other, column] : taken)
      if (column == name)
        throw Error(Code::usage, cannot + "column " + quoted(name) + " cannot be both " + std::string(other) + " and " +
                                     std::string(role));
    taken.emplace_back(role, name);
  }
  if (contains(roles.exclude, roles.target) && !roles.target.empty())
    throw Error(Code::usage, cannot + "the target " + quoted(roles.target) + " is excluded");
  for (std::size_t i = 0; i < roles.features.size(); ++i) {
    const std::string& name = roles.features[i];
    if (const std::string_view role = blocking_role(roles, name); !role.empty())
      throw Error(Code::usage, cannot + "column " + quoted(name) + " cannot be both a feature and " +
                                   (role == "exclude" ? std::string("excluded") : "the " + std::string(role)));
    if (std::find(roles.features.begin(), roles.features.begin() + static_cast<std::ptrdiff_t>(i), name) !=
        roles.features.begin() + static_cast<std::ptrdiff_t>(i))
      throw Error(Code::usage, cannot + "feature " + quoted(name) + " is named twice");
  }
}

std::vector<ColumnInfo> feature_columns(const Roles& roles, const std::vector<ColumnInfo>& columns) {
  std::vector<ColumnInfo> features;
  if (!roles.features.empty()) {
    for (const std::string& name : roles.features)
      for (const ColumnInfo& column : columns)
        if (column.name == name) features.push_back(column);
    return features;
  }
  for (const ColumnInfo& column : columns)
    if (blocking_role(roles, column.name).empty()) features.push_back(column);
  return features;
}

Json to_json(const Roles& roles) {
  Json json = Json::object();
  for (const auto& [name, member] : single_roles)
    if (!(roles.*member).empty()) json[std::string(name)] = roles.*member;
  if (!roles.positive.empty()) json["positive"] = roles.positive;
  if (!roles.slices.empty()) json["slices"] = roles.slices;
  if (!roles.exclude.empty()) json["exclude"] = roles.exclude;
  if (!roles.features.empty()) json["features"] = roles.features;
  return json;
}

Roles roles_from_json(const Json& json, std::string_view subject) {
  ObjectReader reader(json, std::string(subject));
  Roles roles;
  for (const auto& [name, member] : single_roles) roles.*member = reader.text(name, "");
  roles.positive = reader.text("positive", "");
  roles.slices = reader.texts("slices");
  roles.exclude = reader.texts("exclude");
  roles.features = reader.texts("features");
  reader.finish();
  return roles;
}

}  // namespace mlsys::data
