// The tables and profiles that checks compare with, each opened once.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/contract/validate.hpp"
#include "mlsys/data/dataset.hpp"
#include "mlsys/profile/association.hpp"
#include "mlsys/profile/reference.hpp"

namespace mlsys::contract {

class References {
 public:
  References(const ValidateOptions& options, Context& ctx) : options_(options), ctx_(ctx) {}

  // Says that these columns of a reference will be wanted, with these types.
  void announce(const std::string& name, const std::vector<data::ColumnInfo>& columns);
  // A table that has them. Opens it on first use with all columns that were announced.
  const data::Dataset& table(const std::string& name, const std::vector<data::ColumnInfo>& columns);
  // What it says of a target, when it is a printed profile (mlsys.data.profile/1) rather than a table.
  const profile::Associations* associations(const std::string& name);
  // The reference when it is a profile (mlsys.profile/1) rather than a table.
  const profile::Profile* profile(const std::string& name);

 private:
  // The data argument that the name stands for.
  std::string argument(const std::string& name) const;

  struct Table {
    std::string name;
    std::vector<data::ColumnInfo> columns;
    std::optional<data::Dataset> data;
  };
  Table& find(const std::string& name, const std::vector<data::ColumnInfo>& columns);

  const ValidateOptions& options_;
  Context& ctx_;
  std::deque<Table> tables_;  // a column that is wanted with two types makes two
  std::map<std::string, std::optional<profile::Profile>> profiles_;
  std::map<std::string, std::optional<profile::Associations>> associations_;
};

}  // namespace mlsys::contract
