#include <fmt/format.h>

#include <algorithm>

#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"
#include "mlsys/store/store.hpp"
#include "mlsys/track/track.hpp"
#include "pairs.hpp"

namespace mlsys::frame {
namespace {

constexpr std::string_view schema = "mlsys.experiments/1";

std::string shown(std::optional<Millis> time) {
  if (!time) return "-";
  std::string text = iso_time(std::chrono::floor<std::chrono::seconds>(*time));
  text[10] = ' ';
  text.pop_back();
  return text;
}

void show(Session& session, const track::Experiment& experiment) {
  Json document{{"schema", schema}};
  document.update(to_json(experiment));
  session.out().document(document);
  session.out().id(experiment.name);
}

class List final : public Verb {
  void declare(Options& options) override {
    options.flag(deleted_, "--deleted", "List deleted experiments instead");
    options.value(tags_, "--tag", "KEY=VALUE", "Only those with this tag; may be repeated");
  }

  Code run(Session& session) override {
    const auto tags = parse_tags("--tag", tags_);
    store::Store store = store::Store::open(session.project().state, store::Mode::read, session.context());
    auto found = track::experiments(store, deleted_ ? track::Lifecycle::deleted : track::Lifecycle::active);
    std::erase_if(found,
                  [&](const track::Experiment& experiment) { return !std::ranges::includes(experiment.tags, tags); });
    Json document{{"schema", schema}, {"experiments", Json::array()}};
    Table table;
    table.column("experiment");
    table.column("runs", Table::Align::right);
    table.column("newest run");
    table.column("created");
    for (const auto& experiment : found) {
      document["experiments"].push_back(to_json(experiment));
      session.out().id(experiment.name);
      table.row(
          {experiment.name, with_thousands(experiment.runs), shown(experiment.newest_run), shown(experiment.created)});
    }
    session.out().document(document);
    if (found.empty())
      session.out().note(!tags.empty() ? "no such experiments"
                         : deleted_    ? "no deleted experiments"
                                    : "no experiments yet: mlsys experiments create NAME, or mlsys runs start -e NAME");
    else
      session.out().table(table);
    return Code::ok;
  }

  bool deleted_ = false;
  std::vector<std::string> tags_;
};

class Create final : public Verb {
  void declare(Options& options) override {
    options.positional(name_, "NAME", "Name, which no other experiment has");
    options.value(tags_, "--tag", "KEY=VALUE", "Tag; may be repeated");
  }

  Code run(Session& session) override {
    const auto tags = parse_tags("--tag", tags_);
    store::Store store = store::Store::open(session.state_for_writing(), store::Mode::write, session.context());
    show(session, track::create_experiment(store, name_, tags, session.context()));
    return Code::ok;
  }

  std::string name_;
  std::vector<std::string> tags_;
};

class Tag final : public Verb {
  void declare(Options& options) override {
    options.positional(name_, "NAME", "Experiment");
    options.positional(tags_, "KEY=VALUE", "Tag to set").optional();
    options.value(untag_, "--remove", "KEY", "Tag to remove; may be repeated");
  }

  Code run(Session& session) override {
    const auto tags = parse_tags("", tags_);
    if (tags.empty() && untag_.empty()) throw Error(Code::usage, "nothing to change", "give KEY=VALUE or --remove KEY");
    store::Store store = store::Store::open(session.project().state, store::Mode::update, session.context());
    show(session, track::tag_experiment(store, name_, tags, untag_, session.context()));
    return Code::ok;
  }

  std::string name_;
  std::vector<std::string> tags_, untag_;
};

class Rename final : public Verb {
  void declare(Options& options) override {
    options.positional(name_, "NAME", "Experiment");
    options.positional(to_, "NEW", "Its new name");
  }

  Code run(Session& session) override {
    store::Store store = store::Store::open(session.project().state, store::Mode::update, session.context());
    track::rename_experiment(store, name_, to_, session.context());
    session.out().document({{"schema", schema}, {"name", to_}, {"before", name_}});
    session.out().id(to_);
    return Code::ok;
  }

  std::string name_, to_;
};

template <track::Lifecycle To>
class SetLifecycle final : public Verb {
  void declare(Options& options) override { options.positional(name_, "NAME", "Experiment"); }

  Code run(Session& session) override {
    store::Store store = store::Store::open(session.project().state, store::Mode::update, session.context());
    track::set_experiment_lifecycle(store, name_, To, session.context());
    session.out().document({{"schema", schema}, {"name", name_}, {"lifecycle", name_of(To)}});
    session.out().id(name_);
    return Code::ok;
  }

  std::string name_;
};

constexpr Example list_examples[] = {{"mlsys experiments list", "all experiments with their number of runs"},
                                     {"mlsys experiments list --tag team=growth", "those of a team"}};
constexpr Example create_examples[] = {{"mlsys experiments create churn --tag team=growth", "before its first run"}};
constexpr Example tag_examples[] = {
    {"mlsys experiments tag churn owner=ana --remove draft", "set one, remove another"}};
constexpr Example rename_examples[] = {{"mlsys experiments rename churn churn-2026", "its runs stay in it"}};
constexpr Example delete_examples[] = {{"mlsys experiments delete churn", "hide it with its runs"}};
constexpr Example restore_examples[] = {{"mlsys experiments restore churn", "bring it back with its runs"}};

constexpr VerbInfo verbs[] = {
    {"list", "List experiments", list_examples, make_verb<List>},
    {"create", "Make an experiment", create_examples, make_verb<Create>},
    {"tag", "Set or remove tags of an experiment", tag_examples, make_verb<Tag>},
    {"rename", "Rename an experiment", rename_examples, make_verb<Rename>},
    {"delete", "Delete an experiment and its runs, which can be restored", delete_examples,
     make_verb<SetLifecycle<track::Lifecycle::deleted>>},
    {"restore", "Restore a deleted experiment and its runs", restore_examples,
     make_verb<SetLifecycle<track::Lifecycle::active>>},
};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("experiments", mlsys::frame::verbs)
