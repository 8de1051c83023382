// How a verb declares its arguments. One declaration serves parsing, -h, the man page, completion and the JSON dump.
//
//   void declare(Options& options) override {
//     options.positional(data_, "DATA", "Table to train on").completes(Completes::file);
//     options.group("Training");
//     options.value(rounds_, "--rounds", "N", "Boosting rounds").default_text("100");
//     options.value(params_, "--param", "K=V", "XGBoost parameter");        // std::vector: may be repeated
//     options.flag(balance_, "--balance", "Weight classes equally");
//   }
//
// Targets: std::string, std::filesystem::path, bool (flag), integers, double, any NameTable'd enum, std::optional of
// these, and std::vector of these (repeatable). A target keeps its value when the option is not given. Text that does
// not convert is Error(Code::usage).
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/names.hpp"

namespace mlsys::frame {

enum class Completes { nothing, file, directory, model, run, metric, command, setting };

struct OptionSpec {
  std::vector<std::string> names;  // {"-o", "--output"}; one upper-case word for a positional
  std::string value;               // "FILE"; empty for a flag
  std::string help;
  std::string group;
  std::string default_text;
  std::string held;  // what the target holds when the option is declared, of numbers and names
  std::vector<std::string> choices;
  std::string setting;  // the settings key that gives its default
  Completes completes = Completes::nothing;
  bool positional = false;
  bool required = false;
  bool repeatable = false;
  bool flag = false;
  bool hidden = false;
  bool may_be_empty = false;
  bool writes = false;                                          // a file
  std::function<void(const std::vector<std::string>&)> assign;  // called once with every value given
};

// Refines the option just declared.
class MLSYS_EXPORT OptionRef {
 public:
  explicit OptionRef(OptionSpec& spec) : spec_(spec) {}
  OptionRef& required();
  OptionRef& optional();  // a positional that may be left out
  // Words, or what the target holds: another number or name throws std::logic_error.
  OptionRef& default_text(std::string text);
  OptionRef& choices(std::vector<std::string> names);
  OptionRef& setting(std::string key);
  OptionRef& completes(Completes what);
  // Names a file that is written, and replaced when it exists: refused when another argument reads that very file.
  OptionRef& writes();
  OptionRef& hidden();
  // The empty text means something. Elsewhere it is refused: it is what an unset variable of a script leaves behind.
  OptionRef& may_be_empty();

 private:
  OptionSpec& spec_;
};

namespace detail {
MLSYS_EXPORT std::int64_t to_integer(std::string_view text, std::int64_t low, std::uint64_t high);
MLSYS_EXPORT std::uint64_t to_unsigned(std::string_view text, std::uint64_t high);
MLSYS_EXPORT double to_real(std::string_view text);
MLSYS_EXPORT std::string shown(double value);

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
concept Named = std::is_enum_v<T> && requires { NameTable<T>::entries; };

template <class T>
T convert(const std::string& text) {
  if constexpr (std::same_as<T, std::string>)
    return text;
  else if constexpr (std::same_as<T, std::filesystem::path>)
    return std::filesystem::path(text);
  else if constexpr (Named<T>)
    return parse_name<T>(text);
  else if constexpr (std::floating_point<T>)
    return static_cast<T>(to_real(text));
  else if constexpr (std::unsigned_integral<T>)
    return static_cast<T>(to_unsigned(text, std::numeric_limits<T>::max()));
  else
    return static_cast<T>(
        to_integer(text, std::numeric_limits<T>::min(), static_cast<std::uint64_t>(std::numeric_limits<T>::max())));
}

template <class T>
void assign(T& target, const std::vector<std::string>& texts) {
  if constexpr (IsVector<T>::value) {
    target.clear();
    for (const auto& text : texts) target.push_back(convert<typename T::value_type>(text));
  } else if constexpr (IsOptional<T>::value) {
    target = convert<typename T::value_type>(texts.back());
  } else {
    target = convert<T>(texts.back());
  }
}

template <class T>
std::string held_by(const T& target) {
  if constexpr (Named<T>)
    return std::string(name_of(target));
  else if constexpr (std::integral<T>)
    return std::to_string(target);
  else if constexpr (std::floating_point<T>)
    return shown(target);
  else
    return {};
}

template <class T>
std::vector<std::string> choices_of() {
  if constexpr (IsVector<T>::value || IsOptional<T>::value)
    return choices_of<typename T::value_type>();
  else if constexpr (Named<T>)
    return names_of<T>();
  else
    return {};
}
}  // namespace detail

class MLSYS_EXPORT Options {
 public:
  Options();
  Options(const Options&) = delete;
  Options& operator=(const Options&) = delete;
  ~Options();

  // Options declared from here on belong to this titled group of the help text.
  void group(std::string title);

  // `names` is "-o,--output".
  OptionRef flag(bool& target, std::string_view names, std::string help);

  template <class T>
  OptionRef value(T& target, std::string_view names, std::string value_name, std::string help) {
    OptionSpec& spec = add(names, std::move(help));
    spec.value = std::move(value_name);
    return bind(spec, target);
  }

  // Positionals are required unless declared optional() or bound to a std::optional; a std::vector takes the rest.
  template <class T>
  OptionRef positional(T& target, std::string name, std::string help) {
    OptionSpec& spec = add(name, std::move(help));
    spec.value = std::move(name);
    spec.positional = true;
    spec.required = !detail::IsOptional<T>::value;
    return bind(spec, target);
  }

  [[nodiscard]] const std::vector<std::unique_ptr<OptionSpec>>& specs() const { return specs_; }

 private:
  template <class T>
  OptionRef bind(OptionSpec& spec, T& target) {
    spec.repeatable = detail::IsVector<T>::value;
    spec.choices = detail::choices_of<T>();
    spec.held = detail::held_by(target);
    spec.assign = [&target](const std::vector<std::string>& texts) { detail::assign(target, texts); };
    return OptionRef(spec);
  }
  OptionSpec& add(std::string_view names, std::string help);

  std::string group_;
  std::vector<std::unique_ptr<OptionSpec>> specs_;
};

}  // namespace mlsys::frame
