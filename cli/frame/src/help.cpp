#include <algorithm>

#include "common.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/frame.hpp"

namespace mlsys::frame {
namespace {

constexpr std::size_t kTextColumn = 30;

std::string full_name(const CommandInfo& command, const VerbInfo& verb) {
  std::string name = "mlsys " + std::string(command.name);
  if (!verb.name.empty()) name += " " + std::string(verb.name);
  return name;
}

std::string left_side(const OptionSpec& spec) {
  if (spec.positional) return spec.value;
  std::string side = join(spec.names, ", ");
  if (!spec.value.empty()) side += " " + spec.value;
  return side;
}

std::string right_side(const OptionSpec& spec) {
  std::string side = spec.help;
  if (!spec.choices.empty()) side += ": " + join(spec.choices, ", ");
  std::vector<std::string> extra;
  if (spec.required && !spec.positional) extra.emplace_back("required");
  if (spec.repeatable) extra.emplace_back("repeatable");
  if (!spec.default_text.empty()) extra.push_back("default: " + spec.default_text);
  if (!extra.empty()) side += " (" + join(extra, "; ") + ")";
  return side;
}

Json option_json(const OptionSpec& spec) {
  Json json;
  json["names"] = spec.names;
  json["value"] = spec.value;
  json["help"] = right_side(spec);
  json["group"] = spec.group;
  json["positional"] = spec.positional;
  json["required"] = spec.required;
  json["repeatable"] = spec.repeatable;
  json["choices"] = spec.choices;
  constexpr const char* completes[] = {"nothing", "file", "directory", "model", "run", "metric", "command", "setting"};
  json["completes"] = completes[static_cast<std::size_t>(spec.completes)];
  if (!spec.setting.empty()) json["setting"] = spec.setting;
  return json;
}

}  // namespace

std::string wrapped_usage(std::string_view usage, std::size_t columns) {
  constexpr std::string_view indent = "       ";  // as wide as "usage: "
  return std::string(usage.substr(0, indent.size())) + wrapped(usage.substr(indent.size()), indent, columns);
}

std::string usage_line(const CommandInfo& command, const VerbInfo& verb, const Options& options) {
  std::string usage = "usage: " + full_name(command, verb);
  for (const auto& spec : options.specs()) {
    if (!spec->positional || spec->hidden) continue;
    const std::string name = spec->value + (spec->repeatable ? "…" : "");
    usage += spec->required ? " " + name : " [" + name + "]";
  }
  for (const auto& spec : options.specs())
    if (!spec->positional && spec->required) usage += " " + spec->names.back() + " " + spec->value;
  return usage + " [options]";
}

std::string help_text(const CommandInfo& command, const VerbInfo& verb, std::size_t columns, bool colour) {
  const auto title = [&](std::string_view text) {
    return colour ? "\x1b[1m" + std::string(text) + "\x1b[0m\n" : std::string(text) + "\n";
  };
  const auto instance = verb.make();
  Options options;
  instance->declare(options);
  CommonOptions common;
  declare_common(options, common);

  std::string text = wrapped(std::string(verb.summary) + ".", "", columns) + "\n\n";
  if (!verb.examples.empty()) {
    text += title("Examples");
    for (const auto& example : verb.examples) {
      text += "  " + std::string(example.command) + "\n";
      if (!example.what.empty()) text += "      " + wrapped(example.what, std::string(6, ' '), columns) + "\n";
    }
    text += "\n";
  }
  text += wrapped_usage(usage_line(command, verb, options), columns) + "\n";

  std::vector<std::string> groups;
  for (const auto& spec : options.specs())
    if (!spec->positional && std::ranges::find(groups, spec->group) == groups.end()) groups.push_back(spec->group);
  const auto section = [&](std::string_view name, const auto& wanted) {
    std::string body;
    for (const auto& spec : options.specs()) {
      if (spec->hidden || !wanted(*spec)) continue;
      const std::string left = "  " + left_side(*spec);
      const std::size_t width = display_width(left);
      body += left;
      body += width + 2 > kTextColumn ? "\n" + std::string(kTextColumn, ' ') : std::string(kTextColumn - width, ' ');
      body += wrapped(right_side(*spec), std::string(kTextColumn, ' '), columns) + "\n";
    }
    if (!body.empty()) text += "\n" + title(name) + body;
  };
  section("Arguments", [](const OptionSpec& spec) { return spec.positional; });
  for (const auto& group : groups)
    section(group.empty() ? "Options" : group,
            [&](const OptionSpec& spec) { return !spec.positional && spec.group == group; });
  return text;
}

Json describe(const CommandInfo& command) {
  Json json;
  json["name"] = std::string(command.name);
  Json verbs = Json::array();
  for (const auto& verb : command.verbs) {
    Json entry;
    entry["name"] = std::string(verb.name);
    entry["summary"] = std::string(verb.summary);
    Json examples = Json::array();
    for (const auto& example : verb.examples)
      examples.push_back({{"command", std::string(example.command)}, {"what", std::string(example.what)}});
    entry["examples"] = std::move(examples);
    const auto instance = verb.make();
    Options options;
    instance->declare(options);
    CommonOptions common;
    declare_common(options, common);
    entry["usage"] = usage_line(command, verb, options);
    Json list = Json::array();
    for (const auto& spec : options.specs())
      if (!spec->hidden) list.push_back(option_json(*spec));
    entry["options"] = std::move(list);
    verbs.push_back(std::move(entry));
  }
  json["verbs"] = std::move(verbs);
  return json;
}

}  // namespace mlsys::frame
