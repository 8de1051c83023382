#include "mlsys/registry/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/registry/registry.hpp"
#include "mlsys/track/track.hpp"

namespace mlsys::registry {

namespace fs = std::filesystem;

namespace {

bool is_run_id_part(std::string_view text) {
  return text.size() >= 4 && text.size() <= 32 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_last(std::string_view text) {
  if (!text.starts_with("@last")) return false;
  text.remove_prefix(5);
  if (text.empty()) return true;
  if (text.front() != '~') return false;
  const auto back = parse_int(text.substr(1));
  return back && *back >= 0;
}

bool is_plain_path(std::string_view text) {
  return text.starts_with('/') || text == "." || text == ".." || text.starts_with("./") || text.starts_with("../") ||
         text.ends_with('/');
}

bool could_be_name(const std::string& text) {
  try {
    check_model_name(text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// "3" or "v3", from 1.
std::optional<std::int64_t> parse_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) return {};
  const auto number = parse_int(text);
  return number && *number >= 1 ? number : std::nullopt;
}

}  // namespace

ModelReference parse_model_reference(std::string_view text) {
  ModelReference reference;
  reference.text = std::string(text);
  const auto refuse = [&](const std::string& why) {
    throw Error(Code::usage, fmt::format("{} is not a model: {}", quoted(text), why),
                "write run:ID, @last, name, name@alias, name/version, a bundle directory or a package file");
  };
  if (text.empty()) refuse("it is empty");
  if (text.find('\0') != std::string_view::npos) refuse("it holds a zero byte");
  if (text.starts_with("run:")) {
    text.remove_prefix(4);
    if (!is_last(text) && !is_run_id_part(text))
      refuse("run: is followed by at least 4 digits of a run's id, or by @last");
    reference.run = std::string(text);
    return reference;
  }
  if (text.starts_with("@last")) {
    if (!is_last(text)) refuse("write @last or @last~2");
    reference.run = std::string(text);
    return reference;
  }
  if (is_plain_path(text)) {
    reference.path = fs::path(text);
    return reference;
  }
  const bool only_model = text.starts_with("model:");
  if (only_model) text.remove_prefix(6);
  std::string name(text);
  std::optional<std::string> alias;
  std::optional<std::int64_t> version;
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    name = std::string(text.substr(0, at));
    alias = std::string(text.substr(at + 1));
    try {
      check_alias(*alias);
    } catch (const Error& error) {
      if (only_model) refuse(error.message());
      alias.reset();
      name.clear();
    }
  } else if (const auto slash = text.rfind('/'); slash != std::string_view::npos) {
    name = std::string(text.substr(0, slash));
    version = parse_version(text.substr(slash + 1));
    if (!version) name.clear();
  }
  if (!name.empty() && could_be_name(name)) {
    reference.model = name;
    reference.alias = alias;
    reference.version = version;
  }
  if (only_model) {
    if (!reference.model) refuse("model: is followed by a name, name@alias or name/version");
    return reference;
  }
  reference.path = fs::path(text);
  if (is_run_id_part(text)) reference.run = std::string(text);
  return reference;
}

std::string ResolvedModel::label() const {
  if (version) return fmt::format("{}/{}", name, *version);
  if (!digest.empty() && !run_id.empty()) return "run:" + run_id;
  return path.native();
}

namespace {

struct Candidate {
  ResolvedModel model;
  std::string meaning;  // "the model 'fraud'"
  std::string instead;  // how to write it without doubt
};

std::optional<Candidate> as_path(const fs::path& path, std::string_view text) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return {};
  Candidate candidate;
  candidate.model.path = path;
  if (fs::is_directory(status)) {
    // A folder that is no bundle is no meaning of a word that has another one.
    if (!fs::exists(path / "bundle.json", error) && !is_plain_path(text)) return {};
    candidate.meaning = fmt::format("the directory {}", quoted(path.native()));
  } else {
    candidate.model.kind = ResolvedModel::Kind::package;
    candidate.meaning = fmt::format("the file {}", quoted(path.native()));
  }
  candidate.instead = is_plain_path(text) ? std::string(text) : "./" + std::string(text);
  return candidate;
}

ResolvedModel of_run(store::Store& store, const std::string& run) {
  store::Statement rows = store.prepare(
      "SELECT artifacts.digest FROM runs JOIN artifacts ON artifacts.run = runs.id"
      " WHERE run_id = ? AND artifacts.kind = 'bundle' ORDER BY artifacts.name <> 'model', artifacts.name LIMIT 1");
  if (!rows.bind(run).step())
    throw Error(Code::not_found, fmt::format("run {} has no model", quoted(run)),
                "its training did not end well, or it was logged without a model: mlsys runs show " + run);
  ResolvedModel model;
  model.digest = rows.string(0);
  model.run_id = run;
  return model;
}

ResolvedModel of_version(const Version& version) {
  ResolvedModel model;
  model.digest = version.digest;
  model.run_id = version.run_id;
  model.name = version.name;
  model.version = version.version;
  return model;
}

bool model_exists(store::Store& store, const std::string& name) {
  return store.prepare("SELECT 1 FROM models WHERE name = ?").bind(name).step();
}

std::vector<std::string> model_names(store::Store& store) {
  std::vector<std::string> names;
  store::Statement rows = store.prepare("SELECT name FROM models ORDER BY name LIMIT 1000");
  while (rows.step()) names.push_back(rows.string(0));
  return names;
}

// What the text means, as the database says; a bundle of the store has no path yet. Null when there is no store yet:
// then only paths have a meaning.
ResolvedModel meaning_of(store::Store* store, std::string_view text, std::optional<Millis> as_of) {
  const ModelReference reference = parse_model_reference(text);
  std::vector<Candidate> found;
  if (reference.path)
    if (auto candidate = as_path(*reference.path, text)) found.push_back(std::move(*candidate));
  if (reference.model && store != nullptr && model_exists(*store, *reference.model)) {
    const Version chosen = reference.alias     ? by_alias(*store, *reference.model, *reference.alias, as_of)
                           : reference.version ? version(*store, *reference.model, *reference.version, as_of)
                                               : by_name(*store, *reference.model, as_of);
    const std::string plain = reference.text.starts_with("model:") ? reference.text : "model:" + reference.text;
    found.push_back({of_version(chosen), fmt::format("the registered model {}", quoted(*reference.model)), plain});
  }
  if (found.size() > 1)
    throw Error(Code::usage, fmt::format("{} can be {} or {}", quoted(text), found[0].meaning, found[1].meaning),
                fmt::format("write {} or {}", found[0].instead, found[1].instead));
  if (found.size() == 1) return std::move(found.front().model);
  if (reference.run && store != nullptr) {
    std::string run;
    try {
      run = track::resolve_run(*store, *reference.run);
    } catch (const Error& error) {
      // A bare word that begins no run is reported as an unknown model below.
      const bool bare = reference.path.has_value();
      if (!bare || error.code() != Code::not_found) throw;
    }
    if (!run.empty()) return of_run(*store, run);
  }
  if (reference.path && !reference.model)
    throw Error(Code::not_found, fmt::format("no model {}: there is no such file or directory", quoted(text)));
  std::string hint = "list models with 'mlsys models list', runs with 'mlsys runs list'";
  if (store != nullptr && reference.model)
    if (const std::string close = did_you_mean(*reference.model, model_names(*store)); !close.empty()) hint = close;
  if (store == nullptr) hint = "there is no store here; name one with --store, or give a bundle directory";
  throw Error(Code::not_found, fmt::format("no model {}", quoted(text)), hint);
}

// Finds the bundle that the database named. False when it was deleted and collected after the database had been read.
// Files that are lost are damage, and no answer to the question whether there is such a model.
bool locate(const store::Store& store, ResolvedModel& model, store::Check check, Context& context) {
  try {
    return store.unless_purged({model.digest, true},
                               [&] { model.path = store.content().bundle(model.digest, check, context).path; });
  } catch (const Error& error) {
    if (error.code() != Code::not_found) throw;
    throw Error(Code::integrity, fmt::format("the files of the model {} are lost: {}", model.label(), error.message()),
                "restore them from a backup or import the model again; 'mlsys store check' says what else is lost");
  }
}

}  // namespace

ResolvedModel resolve(store::Store& store, std::string_view reference, const ResolveOptions& options,
                      Context& context) {
  for (std::string gone;;) {
    ResolvedModel model;
    store.read([&] { model = meaning_of(&store, reference, options.as_of); });
    if (model.digest.empty() || locate(store, model, options.check, context)) return model;
    // Only when looking back does the database go on naming what was deleted; that is no answer to whether it was
    // there.
    if (model.digest == gone)
      throw Error(
          Code::integrity,
          fmt::format("the files of the model {} are lost: it was deleted, and they were collected", model.label()),
          "restore them from a backup");
    gone = model.digest;
  }
}

namespace {

// The store is opened for what needs one: a plain path must not depend on the health of any.
std::optional<store::Store> store_for(const fs::path& folder, std::string_view reference, Context& context) {
  std::error_code error;
  if (is_plain_path(reference) || !fs::is_directory(folder, error)) return {};
  return store::Store::open(folder, store::Mode::read, context);
}

}  // namespace

ResolvedModel resolve(const fs::path& folder, std::string_view reference, const ResolveOptions& options,
                      Context& context) {
  auto store = store_for(folder, reference, context);
  return store ? resolve(*store, reference, options, context) : meaning_of(nullptr, reference, options.as_of);
}

void load_resolved(store::Store& store, std::string_view reference, const ResolveOptions& options, Context& context,
                   const std::function<void(const ResolvedModel&)>& load) {
  while (true) {
    const ResolvedModel model = resolve(store, reference, options, context);
    if (model.digest.empty()) return load(model);
    if (store.unless_purged({model.digest, true}, [&] { load(model); })) return;
  }
}

void load_resolved(const fs::path& folder, std::string_view reference, const ResolveOptions& options, Context& context,
                   const std::function<void(const ResolvedModel&)>& load) {
  auto store = store_for(folder, reference, context);
  if (store) return load_resolved(*store, reference, options, context, load);
  load(meaning_of(nullptr, reference, options.as_of));
}

namespace {

// Whether a reference to nothing is a slip, and not to a model that is yet to come.
bool is_slip(store::Store& store, std::string_view text) {
  const ModelReference reference = parse_model_reference(text);
  if (!reference.model || !model_exists(store, *reference.model)) return false;
  if (reference.alias) check_asked_alias(store, *reference.model, *reference.alias);  // throws for one
  return reference.version.has_value();                                               // these are counted
}

}  // namespace

std::optional<ResolvedModel> resolve_if_any(store::Store& store, std::string_view reference,
                                            const ResolveOptions& options, Context& context, std::string& reason) {
  try {
    return resolve(store, reference, options, context);
  } catch (const Error& error) {
    if (error.code() != Code::not_found || is_slip(store, reference)) throw;
    reason = error.message();
    return std::nullopt;
  }
}

std::optional<ResolvedModel> resolve_if_any(const fs::path& folder, std::string_view reference,
                                            const ResolveOptions& options, Context& context, std::string& reason) {
  auto store = store_for(folder, reference, context);
  if (store) return resolve_if_any(*store, reference, options, context, reason);
  try {
    return meaning_of(nullptr, reference, options.as_of);
  } catch (const Error& error) {
    if (error.code() != Code::not_found) throw;
    reason = error.message();
    return std::nullopt;
  }
}

void require_past(std::optional<Millis> as_of, std::initializer_list<const ResolvedModel*> models) {
  if (!as_of) return;
  std::vector<std::string> labels;
  for (const ResolvedModel* model : models) {
    if (model == nullptr) continue;
    if (model->version) return;
    labels.push_back(quoted(model->label(), 200));
  }
  throw Error(Code::usage,
              fmt::format("cannot look back to {}: {}, and only registered models have a past", iso_time(*as_of),
                          labels.empty()       ? "no model is named"
                          : labels.size() == 1 ? labels.front() + " is not registered"
                                               : join(labels, " and ") + " are not registered"),
              "leave --as-of out, or name a registered model such as fraud or fraud@champion");
}

}  // namespace mlsys::registry
