#include "mlsys/frame/options.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {

Options::Options() = default;
Options::~Options() = default;

void Options::group(std::string title) { group_ = std::move(title); }

OptionSpec& Options::add(std::string_view names, std::string help) {
  auto spec = std::make_unique<OptionSpec>();
  spec->names = split(names, ',');
  spec->help = std::move(help);
  spec->group = group_;
  specs_.push_back(std::move(spec));
  return *specs_.back();
}

OptionRef Options::flag(bool& target, std::string_view names, std::string help) {
  OptionSpec& spec = add(names, std::move(help));
  spec.flag = true;
  spec.assign = [&target](const std::vector<std::string>&) { target = true; };
  return OptionRef(spec);
}

OptionRef& OptionRef::required() { return spec_.required = true, *this; }
OptionRef& OptionRef::optional() { return spec_.required = false, *this; }
OptionRef& OptionRef::choices(std::vector<std::string> names) { return spec_.choices = std::move(names), *this; }
OptionRef& OptionRef::default_text(std::string text) {
  const bool exact = parse_double(text) || std::ranges::find(spec_.choices, text) != spec_.choices.end();
  if (exact && !spec_.held.empty() && text != spec_.held)
    throw std::logic_error(spec_.names.back() + " is said to be " + text + " by default, and is " + spec_.held);
  return spec_.default_text = std::move(text), *this;
}
OptionRef& OptionRef::setting(std::string key) { return spec_.setting = std::move(key), *this; }
OptionRef& OptionRef::completes(Completes what) { return spec_.completes = what, *this; }
OptionRef& OptionRef::writes() { return spec_.writes = true, completes(Completes::file); }
OptionRef& OptionRef::hidden() { return spec_.hidden = true, *this; }
OptionRef& OptionRef::may_be_empty() { return spec_.may_be_empty = true, *this; }

namespace detail {

std::int64_t to_integer(std::string_view text, std::int64_t low, std::uint64_t high) {
  const auto value = parse_int(text);
  if (!value) throw Error(Code::usage, quoted(text) + " is not a whole number");
  if (*value < low || (*value > 0 && static_cast<std::uint64_t>(*value) > high))
    throw Error(Code::usage, quoted(text) + " is out of range");
  return *value;
}

std::uint64_t to_unsigned(std::string_view text, std::uint64_t high) {
  return static_cast<std::uint64_t>(to_integer(text, 0, high));
}

std::string shown(double value) { return shortest(value); }

double to_real(std::string_view text) {
  const auto value = parse_double(text);
  // No option means an infinite or undefined number; a gate with one would always or never pass.
  if (!value || !std::isfinite(*value)) throw Error(Code::usage, quoted(text) + " is not a finite number");
  return *value;
}

}  // namespace detail
}  // namespace mlsys::frame
