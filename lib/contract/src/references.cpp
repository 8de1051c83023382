#include "references.hpp"

#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::contract {
namespace {

// A path that stays below the folder it is relative to. A contract may come from somebody else: it must not choose
// what is read on this machine.
bool stays_below(const std::filesystem::path& path) {
  return path.is_relative() && !path.empty() &&
         std::none_of(path.begin(), path.end(), [](const std::filesystem::path& part) { return part == ".."; });
}

}  // namespace

std::string References::argument(const std::string& name) const {
  if (const auto given = options_.references.find(name); given != options_.references.end()) return given->second;
  std::error_code ignored;
  if (!options_.folder.empty() && stays_below(name) && name != "-" && !name.starts_with("sqlite:"))
    if (const auto path = options_.folder / name; std::filesystem::exists(path, ignored)) return path.string();
  throw Error(Code::not_found, options_.contract_subject + ": there is no table " + quoted(name) + " to compare with",
              "say which one it is: --reference NAME=FILE; other names are files below the contract's own folder");
}

References::Table& References::find(const std::string& name, const std::vector<data::ColumnInfo>& columns) {
  for (auto& table : tables_) {
    if (table.name != name) continue;
    std::vector<data::ColumnInfo> more;
    bool fits = true;
    for (const auto& column : columns) {
      const auto same = std::find_if(table.columns.begin(), table.columns.end(),
                                     [&](const data::ColumnInfo& other) { return other.name == column.name; });
      if (same == table.columns.end())
        more.push_back(column);
      else
        fits = fits && same->type == column.type;
    }
    if (!fits || (table.data && !more.empty())) continue;
    table.columns.insert(table.columns.end(), more.begin(), more.end());
    return table;
  }
  tables_.push_back({name, columns, std::nullopt});
  return tables_.back();
}

void References::announce(const std::string& name, const std::vector<data::ColumnInfo>& columns) {
  static_cast<void>(find(name, columns));
}

const data::Dataset& References::table(const std::string& name, const std::vector<data::ColumnInfo>& columns) {
  Table& table = find(name, columns);
  if (!table.data) {
    data::SourceOptions source = options_.source;  // its null tokens, delimiter and limits
    source.argument = argument(name);
    source.format.reset();
    source.where.clear();
    source.sql.clear();
    source.sample.reset();
    source.limit.reset();
    source.resolved.reset();
    for (const auto& text : options_.contract.missing_values) source.null_tokens.push_back(text);
    table.data = data::Dataset::open(source, table.columns, ctx_);
  }
  return *table.data;
}

const profile::Associations* References::associations(const std::string& name) {
  auto& associations = associations_[name];
  if (!associations) {
    const std::string path = argument(name);
    if (!is_document(path, "mlsys.data.profile")) return nullptr;
    associations = profile::parse_associations(read_file(path), path);
  }
  return &*associations;
}

const profile::Profile* References::profile(const std::string& name) {
  auto& profile = profiles_[name];
  if (!profile) {
    const std::string path = argument(name);
    if (!is_document(path, "mlsys.profile")) return nullptr;
    profile = profile::parse_profile(read_file(path), path);
  }
  return &*profile;
}

}  // namespace mlsys::contract
