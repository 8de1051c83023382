#include <fmt/format.h>

#include "mlsys/base/error.hpp"
#include "mlsys/base/shell.hpp"
#include "mlsys/base/text.hpp"
#include "work.hpp"

namespace mlsys::train {
namespace {

// "--derive NAME=…" with a function of the date that the column's text means; "{}" stands for that date.
std::string derive_option(std::string_view name, std::string_view function, const std::string& column,
                          const std::string& format) {
  const auto date = fmt::format("strptime(\"{}\", {})", column, data::Dataset::sql_text(format));
  return "--derive " + shell_word(fmt::format("{}={}", name, fmt::format(fmt::runtime(function), date)));
}

std::string in_format(const std::string& format) { return fmt::format("a date in the format {}", quoted(format)); }

}  // namespace

DateFormats date_formats(const contract::Contract& contract) {
  DateFormats formats;
  for (const auto& field : contract.fields)
    if (!field.format.empty() && field.type != data::ColumnType::text) formats.emplace(field.name, field.format);
  return formats;
}

std::string why_no_feature(const std::string& column, const std::string& format) {
  return fmt::format("is {}: derive numbers from it, for example {}", in_format(format),
                     derive_option("month", "month({})", column, format));
}

void refuse_unread_dates(const data::Roles& roles, const DateFormats& formats, const std::string& subject) {
  if (const auto format = formats.find(roles.target); format != formats.end())
    throw Error(Code::failed,
                fmt::format("cannot train on {}: the target {} is {}", subject, quoted(roles.target),
                            in_format(format->second)),
                "derive a number or a class from it with --derive NAME=EXPR");
  if (const auto format = formats.find(roles.time); format != formats.end())
    throw Error(
        Code::usage,
        fmt::format("cannot train on {} by time: column {} is {}", subject, quoted(roles.time),
                    in_format(format->second)),
        fmt::format("derive the time: {} --time time", derive_option("time", "{}", roles.time, format->second)));
}

}  // namespace mlsys::train
