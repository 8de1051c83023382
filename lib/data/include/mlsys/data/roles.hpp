// What columns are for. The same words on every command; the bundle remembers them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"
#include "mlsys/data/types.hpp"

namespace mlsys::data {

// Column names; empty means none.
struct Roles {
  std::string target;                 // what is to be predicted
  std::string score;                  // a prediction already made
  std::string id;                     // names the row; never a feature
  std::string weight;                 // weight of the row, >= 0
  std::string time;                   // when the row happened; splits by time keep its order
  std::string query;                  // ranking: rows of one query are ranked together
  std::string group;                  // rows that must not be parted by a split
  std::string positive;               // a value, not a column: the class that counts as positive
  std::vector<std::string> slices;    // reporting only: a slice may also be a feature
  std::vector<std::string> exclude;   // never features
  std::vector<std::string> features;  // exactly these, in this order; empty means all that are left
  bool operator==(const Roles&) const = default;
};

// The names in lists of columns as they are typed: a comma parts two names, and quotes as in CSV keep a name with a
// comma or a quote together. "a, b" are two columns, "\"a,b\"" is one, and so is "\"a \"\"b\"\"\"". Empty names are
// left out. Throws Error(Code::usage) for a quote that does not end with the name.
MLSYS_EXPORT std::vector<std::string> split_names(const std::vector<std::string>& lists);
// The same for every role of several columns.
MLSYS_EXPORT void split_names(Roles& roles);

// The hint for a column that is not there: the one that was meant, or else all that there are.
MLSYS_EXPORT std::string hint_for_column(std::string_view name, const std::vector<std::string>& columns);

// Every named column must be among `columns`, no column may have two of the roles target, score, id, weight and query,
// and none may be both a feature and one of these or excluded. `doing` and `subject` go into the message:
// "cannot train on 'x.csv': no column 'lat'". Throws Error(Code::usage).
MLSYS_EXPORT void check_roles(const Roles& roles, const std::vector<ColumnInfo>& columns, std::string_view doing,
                              std::string_view subject);

// The columns that are features: `features` when given, otherwise all without target, score, id, weight, time, query,
// group and exclude, in the source's order. Roles must have been checked.
MLSYS_EXPORT std::vector<ColumnInfo> feature_columns(const Roles& roles, const std::vector<ColumnInfo>& columns);

// Only what is set.
MLSYS_EXPORT Json to_json(const Roles& roles);
MLSYS_EXPORT Roles roles_from_json(const Json& json, std::string_view subject);

}  // namespace mlsys::data
