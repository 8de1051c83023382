#include "mlsys/registry/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "changes.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/store/identity.hpp"
#include "mlsys/track/track.hpp"
#include "rows.hpp"

namespace mlsys::registry {

using store::Durability;
using store::RequestHash;
using store::Statement;
using store::Store;
using store::Write;

namespace {

std::int64_t version_row(Store& store, std::int64_t model, const std::string& name, std::int64_t number) {
  Statement rows = store.prepare("SELECT id FROM versions WHERE model = ? AND version = ? AND deleted IS NULL");
  if (rows.bind(model, number).step()) return rows.integer(0);
  throw Error(Code::not_found, fmt::format("no version {} of the model {}", number, quoted(name)),
              "list its versions: mlsys models show " + name);
}

std::vector<std::string> aliases_then(Store& store, std::int64_t version_id, std::int64_t model,
                                      std::optional<Millis> as_of) {
  std::vector<std::string> names;
  if (!as_of) {
    Statement rows = store.prepare("SELECT name FROM aliases WHERE version = ? ORDER BY name");
    rows.bind(version_id);
    while (rows.step()) names.push_back(rows.string(0));
    return names;
  }
  Statement rows = store.prepare(
      "SELECT alias FROM promotions AS p WHERE model = ? AND version = ? AND id ="
      " (SELECT max(id) FROM promotions WHERE model = p.model AND alias = p.alias AND time <= ?) ORDER BY alias");
  rows.bind(model, version_id, to_ms(*as_of));
  while (rows.step()) names.push_back(rows.string(0));
  return names;
}

constexpr std::string_view version_columns =
    "SELECT v.id, v.model, m.name, v.version, v.digest, r.run_id, v.source, v.description, v.user, v.created,"
    " v.origin_run, v.origin_time FROM versions AS v JOIN models AS m ON m.id = v.model LEFT JOIN runs AS r ON r.id = "
    "v.run ";

Version read_version(Store& store, const Statement& row, std::optional<Millis> as_of) {
  Version version;
  version.name = row.string(2);
  version.version = row.integer(3);
  version.digest = row.string(4);
  version.run_id = row.maybe_string(5).value_or("");
  version.source = row.string(6);
  version.description = row.string(7);
  version.user = row.string(8);
  version.created = from_ms(row.integer(9));
  if (!row.is_null(10) || !row.is_null(11)) {
    version.origin = Origin{row.maybe_string(10).value_or(""), {}};
    if (const auto registered = row.maybe_integer(11)) version.origin->registered = from_ms(*registered);
  }
  version.model = store.content().bundles() / version.digest;
  version.aliases = aliases_then(store, row.integer(0), row.integer(1), as_of);
  Statement tags = store.prepare("SELECT name, value FROM version_tags JOIN keys ON keys.id = key WHERE version = ?");
  tags.bind(row.integer(0));
  while (tags.step()) version.tags.emplace(tags.string(0), tags.string(1));
  return version;
}

std::vector<std::string> all_names(Store& store) {
  std::vector<std::string> names;
  Statement rows = store.prepare("SELECT name FROM models ORDER BY name LIMIT 1000");
  while (rows.step()) names.push_back(rows.string(0));
  return names;
}

[[noreturn]] void no_model(Store& store, const std::string& name, std::optional<Millis> as_of) {
  const auto names = all_names(store);
  if (as_of && std::find(names.begin(), names.end(), name) != names.end())
    throw Error(Code::not_found, fmt::format("there was no model {} at {}", quoted(name), iso_time(*as_of)),
                "see when it came to be: mlsys models history " + name);
  const std::string hint = did_you_mean(name, names);
  throw Error(Code::not_found, fmt::format("no model {}", quoted(name)),
              hint.empty() ? "list models with 'mlsys models list'" : hint);
}

std::int64_t existing_model(Store& store, const std::string& name, std::optional<Millis> as_of) {
  Statement rows = store.prepare("SELECT id FROM models WHERE name = ? AND created <= ?");
  if (!rows.bind(name, moment(as_of)).step()) no_model(store, name, as_of);
  return rows.integer(0);
}

std::int64_t model_row(Store& store, const std::string& name) { return existing_model(store, name, std::nullopt); }

Model read_model(Store& store, const Statement& row, std::optional<Millis> as_of) {
  Model model;
  const std::int64_t id = row.integer(0);
  model.name = row.string(1);
  model.description = row.string(2);
  model.created = from_ms(row.integer(3));
  Statement tags = store.prepare("SELECT name, value FROM model_tags JOIN keys ON keys.id = key WHERE model = ?");
  tags.bind(id);
  while (tags.step()) model.tags.emplace(tags.string(0), tags.string(1));
  Statement versions = store.prepare(std::string(version_columns) + "WHERE v.model = ? AND" + std::string(existed) +
                                     " ORDER BY v.version DESC");
  versions.bind(id, moment(as_of), moment(as_of));
  while (versions.step()) {
    model.versions.push_back(read_version(store, versions, as_of));
    for (const auto& alias : model.versions.back().aliases) model.aliases[alias] = model.versions.back().version;
  }
  return model;
}

std::string list_versions(const Model& model) {
  std::vector<std::string> shown;
  for (const Version& version : model.versions) {
    if (shown.size() == 8) {
      shown.emplace_back("…");
      break;
    }
    std::string text = fmt::format("{}/{}", model.name, version.version);
    if (!version.aliases.empty()) text += fmt::format(" ({})", join(version.aliases, ", "));
    shown.push_back(text);
  }
  return join(shown, ", ");
}

Promotion read_promotion(const Statement& row) {
  Promotion promotion;
  promotion.id = row.integer(0);
  promotion.name = row.string(1);
  promotion.alias = row.string(2);
  promotion.action = row.string(3);
  promotion.version = row.maybe_integer(4).value_or(0);
  promotion.previous = row.maybe_integer(5).value_or(0);
  promotion.reason = row.string(6);
  promotion.evidence = row.string(7);
  promotion.user = row.string(8);
  promotion.time = from_ms(row.integer(9));
  return promotion;
}

constexpr std::string_view promotion_columns =
    "SELECT p.id, m.name, p.alias, p.action, v.version, b.version, p.reason, p.evidence, p.user, p.time"
    " FROM promotions AS p JOIN models AS m ON m.id = p.model LEFT JOIN versions AS v ON v.id = p.version"
    " LEFT JOIN versions AS b ON b.id = p.previous ";

Promotion promotion_by_id(Store& store, const std::string& id) {
  Statement rows = store.prepare(std::string(promotion_columns) + "WHERE p.id = ?");
  rows.bind(*parse_int(id)).step();
  return read_promotion(rows);
}

// The result of a promotion that was refused, before its evidence; else it is the id of the promotion.
constexpr std::string_view refused = "refused ";

// Promoted or refused: one operation, which is decided once.
store::Operation decision(const PromoteOptions& options) {
  RequestHash hash;
  hash.add(options.name).add(options.version).add(options.alias).add(options.reason).add(options.asked);
  return {options.operation, "promote", hash.value()};
}

}  // namespace

void check_model_name(const std::string& name) {
  const auto refuse = [&](std::string_view why) {
    throw Error(Code::usage, fmt::format("cannot name a model {}: {}", quoted(name), why),
                "use letters, digits, - and _, such as fraud-detector");
  };
  if (name.empty()) refuse("the name is empty");
  if (name.size() > 250) refuse("the name has more than 250 bytes");
  if (!is_utf8(name)) refuse("the name is not UTF-8");
  if (name.front() == '.' || name.front() == '-') refuse("the name begins with . or -");
  for (const char c : name) {
    if (c == '/' || c == '@' || c == ':') refuse(fmt::format("the name has a {}", c));
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) refuse("the name has control characters");
  }
}

void check_alias(const std::string& alias) {
  const auto refuse = [&](std::string_view why) {
    throw Error(Code::usage, fmt::format("cannot use {} as an alias: {}", quoted(alias), why),
                "use a word such as champion");
  };
  if (alias.empty() || alias.size() > 250) refuse("it has not 1 to 250 characters");
  for (const char c : alias)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
          c == '.'))
      refuse("only letters, digits, _, - and . are allowed");
  const std::string lower = to_lower_ascii(alias);
  if (lower == "latest") refuse("it would be taken for the newest version");
  if (lower.size() > 1 && lower.front() == 'v' &&
      std::all_of(lower.begin() + 1, lower.end(), [](char c) { return c >= '0' && c <= '9'; }))
    refuse("it would be taken for a version number");
}

namespace {

// Throws when the model has no such alias but one that reads like it; `instead` goes on after "did you mean …?".
void check_alias_slip(Store& store, const std::string& name, const std::string& alias, std::string_view instead) {
  std::vector<std::string> known = {"champion"};
  Statement rows = store.prepare(
      "SELECT aliases.name FROM aliases JOIN models ON models.id = aliases.model WHERE models.name = ?"
      " ORDER BY aliases.name");
  rows.bind(name);
  while (rows.step()) known.push_back(rows.string(0));
  if (std::find(known.begin(), known.end(), alias) != known.end()) return;
  if (const auto close = closest(alias, known))
    throw Error(Code::not_found, fmt::format("the model {} has no alias {}", quoted(name), quoted(alias)),
                fmt::format("did you mean {}?{}", quoted(*close), instead));
}

}  // namespace

void check_new_alias(Store& store, const std::string& name, const std::string& alias) {
  check_alias_slip(store, name, alias, " to make another one beside it, add --new-alias");
}

void check_asked_alias(Store& store, const std::string& name, const std::string& alias) {
  check_alias_slip(store, name, alias, "");
}

namespace {

constexpr const char* known_before = "=";  // after the number in the result of a registration

// What is said of a version that was registered before, when it is something else than what was said then.
void describe_anew(Store& store, const Write& write, const RegisterOptions& options, std::int64_t number) {
  const Version before = version(store, options.name, number);
  Annotation annotation;
  annotation.name = options.name;
  annotation.version = number;
  if (!options.description.empty() && options.description != before.description)
    annotation.description = options.description;
  for (const auto& [key, value] : options.tags)
    if (const auto found = before.tags.find(key); found == before.tags.end() || found->second != value)
      annotation.tags.emplace(key, value);
  if (annotation.description || !annotation.tags.empty()) annotate_within(store, write, annotation);
}

// Everything that is written, each list after its size, so that an alias does not read like a tag.
std::uint64_t request_of(const RegisterOptions& options, const std::string& digest) {
  RequestHash hash;
  hash.add(options.name).add(digest).add(options.run_id).add(options.source).add(options.description);
  hash.add(static_cast<std::int64_t>(options.aliases.size()));
  for (const auto& alias : options.aliases) hash.add(alias);
  hash.add(static_cast<std::int64_t>(options.tags.size()));
  for (const auto& [key, value] : options.tags) hash.add(key).add(value);
  return hash.value();
}

}  // namespace

Registered register_model(Store& store, const RegisterOptions& options, Context& context) {
  check_model_name(options.name);
  for (const auto& alias : options.aliases) check_alias(alias);
  for (const auto& [key, value] : options.tags) track::check_tag(key, value);
  check_note("description", options.description);
  const store::Stored stored = store.content().put_bundle(options.bundle, true, context);
  if (!options.digest.empty() && options.digest != stored.digest)
    throw Error(Code::conflict,
                fmt::format("cannot register {}: it was replaced while it was being registered",
                            quoted(options.bundle.native(), 200)),
                "try again");
  const std::uint64_t request = request_of(options, stored.digest);
  std::optional<Version> registered;  // as this write made it: others may delete it at once
  const std::string result =
      store.write({options.operation, "register", request}, Durability::power, context, [&](const Write& write) {
        store.content().require(stored);
        const std::int64_t now = to_ms(write.time);
        const std::int64_t model = model_for_writing(store, options.name, write);
        std::optional<std::int64_t> run;
        if (!options.run_id.empty()) {
          Statement runs = store.prepare("SELECT id FROM runs WHERE run_id = ?");
          if (!runs.bind(options.run_id).step())
            throw Error(Code::not_found, fmt::format("no run {}", quoted(options.run_id)),
                        "list runs with 'mlsys runs list'");
          run = runs.integer(0);
        }
        std::int64_t number = 0;
        std::int64_t id = 0;
        Statement same = store.prepare(
            "SELECT id, version FROM versions WHERE model = ? AND digest = ? AND deleted IS NULL"
            " ORDER BY version DESC LIMIT 1");
        const bool known = same.bind(model, stored.digest).step();
        if (known) {
          id = same.integer(0);
          number = same.integer(1);
          same.reset();
          describe_anew(store, write, options, number);
        } else {
          Statement newest = store.prepare("SELECT coalesce(max(version), 0) + 1 FROM versions WHERE model = ?");
          newest.bind(model).step();
          number = newest.integer(0);
          newest.reset();
          store
              .prepare(
                  "INSERT INTO versions (model, version, digest, run, source, description, user, created)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
              .bind(model, number, stored.digest, run, options.source, options.description, store::current_user(), now)
              .run();
          id = store.last_row();
          store.prepare("UPDATE models SET updated = ? WHERE id = ?").bind(now, model).run();
          record(store, write, "register", options.name, fmt::format("{}/{}", options.name, number),
                 Json{{"digest", stored.digest}, {"run_id", options.run_id}, {"source", options.source}});
          for (const auto& [key, value] : options.tags)
            store.prepare("INSERT INTO version_tags VALUES (?, ?, ?)").bind(id, key_number(store, key), value).run();
        }
        for (const auto& alias : options.aliases) {
          if (!options.new_alias) check_new_alias(store, options.name, alias);
          move_alias(store, write, model, options.name, alias, "promote", alias_target(store, model, alias),
                     {id, number}, "registered", "");
        }
        registered = version(store, options.name, number);
        return std::to_string(number) + (known ? known_before : "");
      });
  const bool known = result.ends_with(known_before);
  const std::string_view number = std::string_view(result).substr(0, known ? result.size() - 1 : result.size());
  return {registered ? *registered : version(store, options.name, *parse_int(number)), known};
}

Promotion promote(Store& store, const PromoteOptions& options, Context& context) {
  check_alias(options.alias);
  check_note("reason", options.reason);
  const std::string id = store.write(decision(options), Durability::power, context, [&](const Write& write) {
    const std::int64_t model = model_row(store, options.name);
    const std::int64_t row = version_row(store, model, options.name, options.version);
    const AliasTarget from = alias_target(store, model, options.alias);
    if (!options.new_alias) check_new_alias(store, options.name, options.alias);
    if (options.expected && *options.expected != from.version)
      throw Error(Code::conflict,
                  fmt::format("cannot promote {}/{} to {}: it was decided against version {}, and meanwhile that "
                              "alias points to {}",
                              options.name, options.version, quoted(options.alias), *options.expected,
                              from.version == 0 ? "none" : std::to_string(from.version)),
                  "decide again: run the same command once more");
    return move_alias(store, write, model, options.name, options.alias, "promote", from, {row, options.version},
                      options.reason, options.evidence);
  });
  if (id.starts_with(refused))
    throw Error(Code::conflict, fmt::format("cannot repeat operation {}: it was refused", quoted(options.operation)),
                "use a new operation id");
  return promotion_by_id(store, id);
}

void refuse(Store& store, const PromoteOptions& options, Context& context) {
  check_note("reason", options.reason);
  store.write(decision(options), Durability::power, context, [&](const Write& write) {
    const AliasTarget present = alias_target(store, model_row(store, options.name), options.alias);
    Json detail{
        {"alias", options.alias}, {"version", options.version}, {"previous", nullptr}, {"reason", options.reason}};
    if (present.version != 0) detail["previous"] = present.version;
    if (!options.evidence.empty()) detail["evidence"] = parse_json(options.evidence, "the evidence");
    record(store, write, "refuse", options.name, fmt::format("{}@{}", options.name, options.alias), detail);
    return std::string(refused) + options.evidence;
  });
}

std::optional<Decision> earlier_decision(Store& store, const PromoteOptions& options) {
  const auto result = store.earlier(decision(options));
  if (!result) return std::nullopt;
  if (result->starts_with(refused)) return Decision{std::nullopt, result->substr(refused.size())};
  auto promotion = promotion_by_id(store, *result);
  return Decision{promotion, promotion.evidence};
}

Promotion rollback(Store& store, const std::string& name, const std::string& alias, const std::string& reason,
                   Context& context, const std::string& operation) {
  check_alias(alias);
  check_note("reason", reason);
  const std::string id = store.write(
      {operation, "rollback", RequestHash().add(name).add(alias).add(reason).value()}, Durability::power, context,
      [&](const Write& write) {
        const std::int64_t model = model_row(store, name);
        // What the alias pointed to, newest last: a promotion adds, a rollback takes away.
        std::vector<std::int64_t> past;
        Statement rows =
            store.prepare("SELECT action, version FROM promotions WHERE model = ? AND alias = ? ORDER BY id");
        rows.bind(model, alias);
        while (rows.step()) {
          const std::int64_t to = rows.maybe_integer(1).value_or(0);
          if (rows.text(0) == "rollback")
            past.pop_back();
          else if (past.empty() || past.back() != to)
            past.push_back(to);
        }
        if (past.empty())
          throw Error(Code::not_found, fmt::format("cannot roll back {}@{}: there is no such alias", name, alias),
                      "see its history: mlsys models history " + name);
        if (past.size() < 2 || past[past.size() - 2] == 0)
          throw Error(Code::not_found,
                      fmt::format("cannot roll back {}@{}: it pointed to no version before", name, alias),
                      "see its history: mlsys models history " + name);
        const AliasTarget from = alias_target(store, model, alias);
        Statement before = store.prepare("SELECT version, deleted FROM versions WHERE id = ?");
        before.bind(past[past.size() - 2]).step();
        const AliasTarget to{past[past.size() - 2], before.integer(0)};
        if (!before.is_null(1))
          throw Error(Code::not_found,
                      fmt::format("cannot roll back {}@{}: version {} was deleted", name, alias, to.version),
                      "promote another version");
        return move_alias(store, write, model, name, alias, "rollback", from, to, reason, "");
      });
  return promotion_by_id(store, id);
}

Promotion remove_alias(Store& store, const std::string& name, const std::string& alias, const std::string& reason,
                       Context& context) {
  check_note("reason", reason);
  const std::string id = store.write({{}, "alias.remove", 0}, Durability::power, context, [&](const Write& write) {
    const std::int64_t model = model_row(store, name);
    const AliasTarget from = alias_target(store, model, alias);
    if (from.id == 0)
      throw Error(Code::not_found, fmt::format("the model {} has no alias {}", quoted(name), quoted(alias)),
                  "see its aliases: mlsys models show " + name);
    return move_alias(store, write, model, name, alias, "remove", from, {}, reason, "");
  });
  return promotion_by_id(store, id);
}

void delete_version(Store& store, const std::string& name, std::int64_t number, const std::string& reason,
                    Context& context) {
  check_note("reason", reason);
  store.write({{}, "versions.delete", 0}, Durability::power, context, [&](const Write& write) {
    const std::int64_t model = model_row(store, name);
    const std::int64_t row = version_row(store, model, name, number);
    const auto aliases = aliases_then(store, row, model, std::nullopt);
    if (!aliases.empty())
      throw Error(Code::failed, fmt::format("cannot delete {}/{}: it is {}", name, number, join(aliases, ", ")),
                  fmt::format("promote another version to {} first", aliases.front()));
    store.prepare("UPDATE versions SET deleted = ? WHERE id = ?").bind(to_ms(write.time), row).run();
    record(store, write, "delete", name, fmt::format("{}/{}", name, number), Json{{"reason", reason}});
    return std::string();
  });
}

std::vector<Model> models(Store& store, std::optional<Millis> as_of) {
  std::vector<Model> found;
  store.read([&] {
    Statement rows =
        store.prepare("SELECT id, name, description, created FROM models WHERE created <= ? ORDER BY name");
    rows.bind(moment(as_of));
    while (rows.step()) found.push_back(read_model(store, rows, as_of));
  });
  return found;
}

Model model(Store& store, const std::string& name, std::optional<Millis> as_of) {
  Model found;
  store.read([&] {
    Statement rows = store.prepare("SELECT id, name, description, created FROM models WHERE name = ? AND created <= ?");
    if (!rows.bind(name, moment(as_of)).step()) no_model(store, name, as_of);
    found = read_model(store, rows, as_of);
  });
  return found;
}

Version version(Store& store, const std::string& name, std::int64_t number, std::optional<Millis> as_of) {
  Version found;
  store.read([&] {
    Statement rows =
        store.prepare(std::string(version_columns) + "WHERE m.name = ? AND v.version = ? AND" + std::string(existed));
    if (rows.bind(name, number, moment(as_of), moment(as_of)).step()) {
      found = read_version(store, rows, as_of);
      return;
    }
    const Model whole = model(store, name, as_of);
    throw Error(Code::not_found, fmt::format("no version {} of the model {}", number, quoted(name)),
                whole.versions.empty() ? "it has none" : "there are " + list_versions(whole));
  });
  return found;
}

Version by_alias(Store& store, const std::string& name, const std::string& alias, std::optional<Millis> as_of) {
  const Model found = model(store, name, as_of);
  for (const Version& version : found.versions)
    if (std::find(version.aliases.begin(), version.aliases.end(), alias) != version.aliases.end()) return version;
  std::vector<std::string> known;
  for (const auto& [other, number] : found.aliases) known.push_back(fmt::format("{}@{}", name, other));
  throw Error(Code::not_found, fmt::format("the model {} has no alias {}", quoted(name), quoted(alias)),
              known.empty() ? fmt::format("give it one: mlsys promote {}/1 --to {}", name, alias)
                            : "it has " + join(known, ", "));
}

Version by_name(Store& store, const std::string& name, std::optional<Millis> as_of) {
  const Model found = model(store, name, as_of);
  if (const auto champion = found.aliases.find("champion"); champion != found.aliases.end())
    for (const Version& version : found.versions)
      if (version.version == champion->second) return version;
  if (found.versions.size() == 1) return found.versions.front();
  if (found.versions.empty())
    throw Error(Code::not_found, fmt::format("the model {} has no versions", quoted(name)),
                "register one: mlsys register run:ID --name " + name);
  throw Error(Code::usage,
              fmt::format("{} has no champion and several versions: {}", quoted(name), list_versions(found)),
              fmt::format("name one of them, or promote one: mlsys promote {}/{} --to champion", name,
                          found.versions.front().version));
}

std::vector<Promotion> promotions(Store& store, const std::string& name, std::optional<Millis> as_of) {
  std::vector<Promotion> found;
  Statement rows =
      store.prepare(std::string(promotion_columns) + "WHERE p.model = ? AND p.time <= ? ORDER BY p.id DESC");
  rows.bind(existing_model(store, name, as_of), moment(as_of));
  while (rows.step()) found.push_back(read_promotion(rows));
  return found;
}

std::vector<AuditEntry> audit(Store& store, const std::string& name, std::optional<Millis> as_of) {
  if (!name.empty()) existing_model(store, name, as_of);
  std::vector<AuditEntry> found;
  Statement rows =
      store.prepare(std::string("SELECT id, time, user, host, action, subject, detail, operation FROM audit ") +
                    "WHERE time <= ? " + (name.empty() ? "" : "AND model = ? ") + "ORDER BY id DESC");
  rows.bind(moment(as_of));
  if (!name.empty()) rows.bind_at(2, name);
  while (rows.step())
    found.push_back({rows.integer(0), from_ms(rows.integer(1)), rows.string(2), rows.string(3), rows.string(4),
                     rows.string(5), rows.string(6), rows.string(7)});
  return found;
}

}  // namespace mlsys::registry
