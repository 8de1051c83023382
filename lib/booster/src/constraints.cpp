#include "mlsys/booster/constraints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::booster {
namespace {

constexpr const char* monotone = "monotone_constraints";
constexpr const char* interaction = "interaction_constraints";
constexpr std::string_view monotone_example = "name features: --param monotone_constraints=a:1,b:-1";
constexpr std::string_view interaction_example =
    R"(name features: --param 'interaction_constraints=[["a","b"],["c"]]')";

[[noreturn]] void refuse(std::string_view parameter, std::string_view value, std::string_view why,
                         std::string_view hint) {
  throw Error(Code::usage, fmt::format("cannot set parameter {} to {}: {}", parameter, quoted(value), why),
              std::string(hint));
}

// Directions by name, or by position when `named` is false: then names are empty.
struct Monotone {
  bool named = true;
  std::vector<std::pair<std::string, int>> directions;
};

class MonotoneParser {
 public:
  explicit MonotoneParser(const std::string& text) : text_(text) {}

  Monotone parse() {
    if (text_.starts_with('{')) {
      parse_object();
    } else if (text_.starts_with('(')) {
      parse_positions();
    } else {
      for (const auto& part : split(text_, ',')) {
        const auto colon = part.rfind(':');
        if (colon == part.npos) refuse_form();
        add(trim(std::string_view(part).substr(0, colon)), parse_int(trim(std::string_view(part).substr(colon + 1))));
      }
    }
    return std::move(result_);
  }

 private:
  [[noreturn]] void refuse_form() const {
    refuse(monotone, text_, "it gives no feature a direction", monotone_example);
  }

  void parse_object() {
    Json json;
    try {
      json = parse_json(text_, "not JSON");
    } catch (const Error& error) {
      refuse(monotone, text_, error.message(), monotone_example);
    }
    for (const auto& [name, value] : json.items())
      add(name, value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt);
  }

  void parse_positions() {
    if (!text_.ends_with(')')) refuse_form();
    result_.named = false;
    const auto inside = std::string_view(text_).substr(1, text_.size() - 2);
    for (const auto& part : split(std::string(inside), ',')) add({}, parse_int(trim(part)));
  }

  void add(std::string_view name, std::optional<std::int64_t> direction) {
    if (!direction || *direction < -1 || *direction > 1)
      refuse(monotone, text_, "a direction is 1 (rising), -1 (falling) or 0", monotone_example);
    if (result_.named &&
        std::ranges::find(result_.directions, name, &std::pair<std::string, int>::first) != result_.directions.end())
      refuse(monotone, text_, fmt::format("{} is there twice", quoted(name)), monotone_example);
    result_.directions.emplace_back(name, static_cast<int>(*direction));
  }

  const std::string& text_;
  Monotone result_;
};

// Groups of names, or of positions when `named` is false.
struct Interaction {
  bool named = false;
  std::vector<std::vector<std::string>> names;
  std::vector<std::vector<std::uint64_t>> positions;
};

Interaction parse_interaction(const std::string& text) {
  Json json;
  try {
    json = parse_json(text, "not JSON");
  } catch (const Error& error) {
    refuse(interaction, text, error.message(), interaction_example);
  }
  const auto refuse_form = [&] {
    refuse(interaction, text, "it is a list of groups, each of which lists names or positions", interaction_example);
  };
  if (!json.is_array()) refuse_form();
  Interaction result;
  for (const auto& group : json) {
    if (!group.is_array() || group.empty()) refuse_form();
    const bool named = group.front().is_string();
    if (&group != &json.front() && named != result.named) refuse_form();
    result.named = named;
    auto& names = result.names.emplace_back();
    auto& positions = result.positions.emplace_back();
    for (const auto& member : group) {
      if (named ? !member.is_string() : !member.is_number_unsigned()) refuse_form();
      if (named)
        names.push_back(member.get<std::string>());
      else
        positions.push_back(member.get<std::uint64_t>());
    }
  }
  return result;
}

// The features of one call, and how to say what is wrong with a constraint on them.
class Placing {
 public:
  explicit Placing(const ConstrainedFeatures& features) : features_(features) {}

  [[nodiscard]] std::string place_monotone(const std::string& text) const {
    const auto constraint = MonotoneParser(text).parse();
    std::vector<int> directions(features_.names.size());
    if (!constraint.named) {
      refuse_shifted(monotone, text, monotone_example);
      if (constraint.directions.size() != directions.size())
        refuse(monotone, text,
               fmt::format("it has {} for {}", counted(constraint.directions.size(), "direction"),
                           counted(directions.size(), "feature")),
               monotone_example);
    }
    for (std::size_t i = 0; i < constraint.directions.size(); ++i) {
      const auto& [name, direction] = constraint.directions[i];
      const auto feature = constraint.named ? position_of(name, monotone, text) : std::optional(i);
      if (!feature) continue;
      if (direction != 0 && features_.categorical[*feature])
        refuse(
            monotone, text,
            fmt::format("feature {} is categorical, and its values have no order", quoted(features_.names[*feature])),
            "leave it out");
      directions[*feature] = direction;
    }
    return fmt::format("({})", fmt::join(directions, ","));
  }

  [[nodiscard]] std::string place_interaction(const std::string& text) const {
    const auto constraint = parse_interaction(text);
    auto groups = constraint.positions;
    if (constraint.named) {
      groups.clear();
      for (const auto& names : constraint.names) {
        std::vector<std::uint64_t> group;
        for (const auto& name : names)
          if (const auto feature = position_of(name, interaction, text)) group.push_back(*feature);
        if (!group.empty()) groups.push_back(std::move(group));
      }
      // What is in no group interacts with nothing, unless there is no group at all. A group of one changes nothing.
      if (groups.empty() && !constraint.names.empty()) groups.push_back({0});
    } else {
      if (!groups.empty()) refuse_shifted(interaction, text, interaction_example);
      for (const auto& group : groups)
        for (const auto position : group)
          if (position >= features_.names.size())
            refuse(interaction, text,
                   fmt::format("position {} is beyond the {}, which are counted from 0", position,
                               counted(features_.names.size(), "feature")),
                   interaction_example);
    }
    std::vector<std::string> written;
    for (const auto& group : groups) written.push_back(fmt::format("[{}]", fmt::join(group, ",")));
    return fmt::format("[{}]", fmt::join(written, ","));
  }

 private:
  // Nothing for a column that was left out.
  [[nodiscard]] std::optional<std::size_t> position_of(const std::string& name, std::string_view parameter,
                                                       const std::string& text) const {
    const auto& names = features_.names;
    if (const auto found = std::ranges::find(names, name); found != names.end())
      return static_cast<std::size_t>(found - names.begin());
    if (std::ranges::find(features_.left_out, name) != features_.left_out.end()) return std::nullopt;
    auto hint = did_you_mean(name, names);
    if (hint.empty()) hint = fmt::format("the features are {}", truncate_width(join(names, ", "), 200));
    refuse(parameter, text, fmt::format("{} is no feature", quoted(name)), hint);
  }

  void refuse_shifted(std::string_view parameter, const std::string& text, std::string_view example) const {
    if (features_.left_out.empty()) return;
    refuse(parameter, text,
           fmt::format("positions shift, since column {} is no feature", quoted(features_.left_out.front())), example);
  }

  const ConstrainedFeatures& features_;
};

}  // namespace

void check_constraints(const Parameters& parameters) {
  if (const auto found = parameters.find(monotone); found != parameters.end())
    static_cast<void>(MonotoneParser(found->second).parse());
  if (const auto found = parameters.find(interaction); found != parameters.end())
    static_cast<void>(parse_interaction(found->second));
}

Parameters place_constraints(Parameters parameters, const ConstrainedFeatures& features) {
  const Placing placing(features);
  if (const auto found = parameters.find(monotone); found != parameters.end())
    found->second = placing.place_monotone(found->second);
  if (const auto found = parameters.find(interaction); found != parameters.end())
    found->second = placing.place_interaction(found->second);
  return parameters;
}

}  // namespace mlsys::booster
