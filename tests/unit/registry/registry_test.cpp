#include "mlsys/registry/registry.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "fixture.hpp"
#include "mlsys/base/json.hpp"

using namespace mlsys;
using namespace mlsys::registry;

namespace {

std::int64_t champion(store::Store& store, std::optional<Millis> as_of = {}) {
  const auto aliases = model(store, "fraud", as_of).aliases;
  const auto found = aliases.find("champion");
  return found == aliases.end() ? 0 : found->second;
}

Millis at(std::int64_t ms) { return Millis(std::chrono::milliseconds(ms)); }

// What the child processes below do.
void register_as_champion(const test::Scratch& scratch, store::Store& store, const std::string& name,
                          const std::string& content, Context& context) {
  const auto folder = scratch / name.c_str();
  test::make_bundle(store, folder, content, context);
  RegisterOptions options;
  options.name = "fraud";
  options.bundle = folder;
  options.source = content;
  options.aliases = {"champion"};
  register_model(store, options, context);
}

}  // namespace

TEST_CASE_FIXTURE(test::Registry, "versions count from 1, one for each bundle, and a number is never used again") {
  CHECK(add("fraud", "one").version == 1);
  CHECK(add("fraud", "two").version == 2);
  CHECK(add("fraud", "one").version == 1);  // the same bundle again
  CHECK(add("other", "one").version == 1);
  delete_version(store, "fraud", 2, "a mistake", context);
  CHECK(add("fraud", "two").version == 3);
  const Model fraud = model(store, "fraud");
  REQUIRE(fraud.versions.size() == 2);
  CHECK(fraud.versions[0].version == 3);
  CHECK(fraud.versions[1].version == 1);
  CHECK(code_of([&] { version(store, "fraud", 2); }) == Code::not_found);
  CHECK(error_of([&] { model(store, "frauds"); }).hint() == "did you mean 'fraud'?");
}

TEST_CASE_FIXTURE(test::Registry, "a version remembers its run, and what was said about it") {
  RegisterOptions options;
  options.run_id = run_with_model("one");
  options.name = "fraud";
  options.bundle = scratch / "made";
  options.source = "run:" + options.run_id;
  options.description = "first";
  options.tags = {{"team", "risk"}};
  options.aliases = {"challenger", "shadow"};
  const Version made = register_model(store, options, context).version;
  CHECK(made.run_id == options.run_id);
  CHECK(made.description == "first");
  CHECK(made.tags == options.tags);
  CHECK(made.aliases == options.aliases);
  const Json json = to_json(made);
  for (const char* key : {"name", "version", "aliases", "run_id", "model"}) CHECK(json.contains(key));
  options.run_id = std::string(32, '0');
  options.name = "unknown";
  CHECK(code_of([&] { register_model(store, options, context); }) == Code::not_found);
  CHECK(code_of([&] { model(store, "unknown"); }) == Code::not_found);  // nothing half-made
}

TEST_CASE_FIXTURE(test::Registry, "an operation that differs in anything that is written is another one") {
  test::make_bundle(store, scratch / "made", "one", context);
  RegisterOptions first;
  first.name = "fraud";
  first.bundle = scratch / "made";
  first.source = "made";
  first.tags = {{"a", "1"}};
  first.operation = "register";
  register_model(store, first, context);
  const auto code_with = [&](const std::function<void(RegisterOptions&)>& change) {
    RegisterOptions other = first;
    change(other);
    return code_of([&] { register_model(store, other, context); });
  };
  CHECK(code_with([](auto&) {}) == Code::ok);
  CHECK(code_with([](auto& o) { o.description = "second"; }) == Code::conflict);
  CHECK(code_with([](auto& o) { o.tags["a"] = "2"; }) == Code::conflict);
  CHECK(code_with([](auto& o) { o.tags.clear(), o.aliases = {"a", "b1"}; }) == Code::conflict);
  CHECK(code_with([](auto& o) { o.source = "elsewhere"; }) == Code::conflict);

  promote(1);
  add("fraud", "two");
  promote(2);
  rollback(store, "fraud", "champion", "broken", context, "rollback");
  CHECK(code_of([&] { rollback(store, "fraud", "champion", "slow", context, "rollback"); }) == Code::conflict);
  CHECK(champion(store) == 1);
}

TEST_CASE_FIXTURE(test::Registry, "promotion and rollback move an alias and remember every move") {
  for (const char* content : {"one", "two", "three"}) add("fraud", content);
  CHECK(code_of([&] { rollback(store, "fraud", "champion", "", context); }) == Code::not_found);
  promote(1);
  CHECK(code_of([&] { rollback(store, "fraud", "champion", "", context); }) == Code::not_found);
  PromoteOptions better;
  better.name = "fraud";
  better.version = 2;
  better.reason = "better";
  better.evidence = R"({"auc": 0.9})";
  const Promotion second = registry::promote(store, better, context);
  CHECK(second.previous == 1);
  CHECK(second.evidence == better.evidence);
  promote(3);
  CHECK(champion(store) == 3);
  const Promotion back = rollback(store, "fraud", "champion", "slow", context);
  CHECK(back.version == 2);
  CHECK(back.previous == 3);
  CHECK(champion(store) == 2);
  CHECK(rollback(store, "fraud", "champion", "", context).version == 1);  // one further back
  CHECK(code_of([&] { rollback(store, "fraud", "champion", "", context); }) == Code::not_found);
  CHECK(champion(store) == 1);
  promote(3);
  promote(3);  // again: recorded, but no step to go back
  CHECK(rollback(store, "fraud", "champion", "", context).version == 1);
  CHECK(promotions(store, "fraud").size() == 8);
  CHECK(promotions(store, "fraud").front().action == "rollback");
  CHECK(audit(store, "fraud").size() == 11);  // and three registrations
  CHECK(audit(store, "").size() == 11);
  CHECK(code_of([&] { promote(9); }) == Code::not_found);
}

TEST_CASE_FIXTURE(test::Registry, "a removed alias can be rolled back to, a deleted version cannot") {
  add("fraud", "one");
  add("fraud", "two");
  promote(1);
  promote(2);
  CHECK(code_of([&] { delete_version(store, "fraud", 2, "", context); }) == Code::failed);
  remove_alias(store, "fraud", "champion", "", context);
  CHECK(champion(store) == 0);
  CHECK(code_of([&] { remove_alias(store, "fraud", "champion", "", context); }) == Code::not_found);
  CHECK(rollback(store, "fraud", "champion", "", context).version == 2);
  delete_version(store, "fraud", 1, "", context);
  CHECK(code_of([&] { rollback(store, "fraud", "champion", "", context); }) == Code::not_found);
  CHECK(champion(store) == 2);
}

TEST_CASE_FIXTURE(test::Registry, "a decision against one champion is not carried out against another") {
  for (const char* content : {"one", "two", "three"}) add("fraud", content);
  promote(1, 0);
  promote(2, 1);
  CHECK(code_of([&] { promote(3, 1); }) == Code::conflict);
  CHECK(champion(store) == 2);
  promote(3, 2, "p");
  CHECK(promote(3, 2, "p").version == 3);  // repeating the write that happened is no conflict
  CHECK(promotions(store, "fraud").size() == 3);
}

TEST_CASE_FIXTURE(test::Registry, "an alias that reads like another one is not made by accident") {
  add("fraud", "one");
  add("fraud", "two");
  const auto promote_to = [&](const char* alias, bool new_alias = false) {
    PromoteOptions options;
    options.name = "fraud";
    options.version = 1;
    options.alias = alias;
    options.new_alias = new_alias;
    return registry::promote(store, options, context).previous;
  };
  CHECK(code_of([&] { promote_to("champoin"); }) == Code::not_found);  // before there is a champion, too
  CHECK(promote_to("shadow") == 0);
  CHECK(promote_to("challenger") == 0);  // other words are other aliases
  CHECK(code_of([&] { promote_to("shdow"); }) == Code::not_found);
  CHECK(promotions(store, "fraud").size() == 2);
  CHECK(promote_to("shadow2", true) == 0);
  CHECK(promote_to("shadow2") == 1);  // it exists now
  RegisterOptions options;
  options.name = "fraud";
  options.bundle = scratch / "three";
  test::make_bundle(store, options.bundle, "three", context);
  options.aliases = {"shadow", "Champion"};
  CHECK(code_of([&] { register_model(store, options, context); }) == Code::not_found);
  CHECK(model(store, "fraud").versions.size() == 2);  // nothing half-made
  options.new_alias = true;
  CHECK(register_model(store, options, context).version.aliases == std::vector<std::string>{"Champion", "shadow"});
}

TEST_CASE_FIXTURE(test::Registry, "the past can be read as it was") {
  std::int64_t now = 1'000'000;
  context.now = [&now] { return at(now); };
  add("fraud", "one");
  now = 1'000'010;
  promote(1);
  now = 1'000'020;
  add("fraud", "two");
  now = 1'000'030;
  promote(2);
  now = 1'000'040;
  rollback(store, "fraud", "champion", "", context);
  now = 1'000'050;
  delete_version(store, "fraud", 2, "", context);
  CHECK(code_of([&] { model(store, "fraud", at(999'999)); }) == Code::not_found);
  CHECK(models(store, at(999'999)).empty());
  CHECK(champion(store, at(1'000'009)) == 0);
  CHECK(champion(store, at(1'000'010)) == 1);
  CHECK(model(store, "fraud", at(1'000'019)).versions.size() == 1);
  CHECK(model(store, "fraud", at(1'000'020)).versions.size() == 2);
  CHECK(champion(store, at(1'000'035)) == 2);
  CHECK(champion(store, at(1'000'040)) == 1);
  CHECK(by_alias(store, "fraud", "champion", at(1'000'030)).version == 2);
  CHECK(version(store, "fraud", 2, at(1'000'049)).version == 2);
  CHECK(code_of([&] { version(store, "fraud", 2, at(1'000'050)); }) == Code::not_found);
  CHECK(by_name(store, "fraud", at(1'000'005)).version == 1);
  CHECK(by_name(store, "fraud").version == 1);
  CHECK(audit(store, "fraud").size() == 6);
  CHECK(audit(store, "fraud", at(1'000'030)).size() == 4);
  CHECK(audit(store, "", at(1'000'029)).size() == 3);
  CHECK(promotions(store, "fraud", at(1'000'039)).size() == 2);
  CHECK(code_of([&] { audit(store, "fraud", at(999'999)); }) == Code::not_found);
}

TEST_CASE("names and aliases that would be read as something else are refused") {
  for (const char* name : {"", "a/b", "a@b", "run:a", ".a", "-a", "a\nb", "\xff"})
    CHECK_MESSAGE(test::Registry::code_of([&] { check_model_name(name); }) == Code::usage, name);
  for (const char* name : {"fraud", "Fraud detector", "größe", "a.b-c_d", "3"})
    CHECK_MESSAGE(test::Registry::code_of([&] { check_model_name(name); }) == Code::ok, name);
  for (const char* alias : {"", "latest", "Latest", "v1", "V23", "a b", "a/b", "ä"})
    CHECK_MESSAGE(test::Registry::code_of([&] { check_alias(alias); }) == Code::usage, alias);
  for (const char* alias : {"champion", "v", "v1b", "2026-03", "a.b_c"})
    CHECK_MESSAGE(test::Registry::code_of([&] { check_alias(alias); }) == Code::ok, alias);
}

TEST_CASE_FIXTURE(test::Registry, "processes that register and promote at once agree on the outcome") {
  constexpr int processes = 6;
  constexpr int calls = 5;
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      int status = 0;
      try {
        Context own;
        store::Store mine = store::Store::open(scratch / "s", store::Mode::write, own);
        for (int i = 0; i < calls; ++i)
          register_as_champion(scratch, mine, "b" + std::to_string(p), std::to_string(p) + "/" + std::to_string(i),
                               own);
      } catch (...) {
        status = 1;
      }
      _exit(status);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  const Model fraud = model(store, "fraud");
  CHECK(fraud.versions.size() == processes * calls);
  std::set<std::string> digests;
  for (const Version& version : fraud.versions) digests.insert(version.digest);
  CHECK(digests.size() == processes * calls);
  CHECK(fraud.versions.front().version == processes * calls);
  const auto moves = promotions(store, "fraud");
  REQUIRE(moves.size() == processes * calls);
  CHECK(champion(store) == moves.front().version);
  // Every move began where the one before it ended.
  for (std::size_t i = 0; i + 1 < moves.size(); ++i) CHECK(moves[i].previous == moves[i + 1].version);
  CHECK(store.check(context).problems.empty());
}

TEST_CASE_FIXTURE(test::Registry, "registering that is killed leaves a whole version or none") {
  std::set<std::string> acknowledged;
  for (int round = 0; round < 25 || (acknowledged.size() < 20 && round < 100); ++round) {
    int pipes[2];
    REQUIRE(pipe(pipes) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      close(pipes[0]);
      try {
        Context own;
        store::Store mine = store::Store::open(scratch / "s", store::Mode::write, own);
        for (int i = 0;; ++i) {
          const std::string content = std::to_string(round) + "-" + std::to_string(i);
          register_as_champion(scratch, mine, "k" + std::to_string(round), content, own);
          const std::string line = content + "\n";
          if (::write(pipes[1], line.data(), line.size()) < 0) _exit(1);
        }
      } catch (...) {
        _exit(2);
      }
    }
    close(pipes[1]);
    usleep(static_cast<useconds_t>(10'000 + 7'000 * (round % 25)));
    kill(child, SIGKILL);
    std::string said;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(pipes[0], buffer, sizeof buffer)) > 0;)
      said.append(buffer, static_cast<std::size_t>(got));
    close(pipes[0]);
    REQUIRE(waitpid(child, nullptr, 0) == child);
    for (std::size_t begin = 0, end = 0; (end = said.find('\n', begin)) != std::string::npos; begin = end + 1)
      acknowledged.insert(said.substr(begin, end - begin));
  }
  REQUIRE(acknowledged.size() >= 20);
  CHECK(store.check(context).problems.empty());
  std::set<std::string> sources;
  std::set<std::string> kept;
  for (const Version& version : model(store, "fraud").versions) {
    sources.insert(version.source);
    kept.insert(version.digest);
  }
  for (const auto& source : acknowledged) CHECK(sources.contains(source));
  CHECK(champion(store) == model(store, "fraud").versions.front().version);
  // What was left lying about is found by collecting.
  store.collect({.dry_run = false, .min_age_seconds = 0}, context);
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(store.content().bundles()))
    found.insert(entry.path().filename());
  CHECK(found == kept);
  CHECK(store.check(context).problems.empty());
}

TEST_CASE_FIXTURE(test::Registry, "what is said of models and versions is recorded, all of it or nothing") {
  add("fraud", "one");
  const auto entries = audit(store, "fraud").size();
  annotate(store, {"fraud", {}, "card payments", {{"team", "a"}}, {}}, context);
  annotate(store, {"fraud", 1, {}, {{"team", "b"}, {"note", "x"}}, {}}, context);
  CHECK(model(store, "fraud").description == "card payments");
  CHECK(model(store, "fraud").tags == std::map<std::string, std::string>{{"team", "a"}});
  CHECK(code_of([&] { annotate(store, {"fraud", 1, "other", {{"new", "1"}}, {"none"}}, context); }) == Code::not_found);
  annotate(store, {"fraud", 1, {}, {}, {"team"}}, context);
  CHECK(version(store, "fraud", 1).tags == std::map<std::string, std::string>{{"note", "x"}});
  CHECK(version(store, "fraud", 1).description.empty());
  CHECK(audit(store, "fraud").size() == entries + 3);
  CHECK(audit(store, "fraud").front().subject == "fraud/1");
  CHECK(code_of([&] { annotate(store, {"fraud", 2, {}, {{"a", "b"}}, {}}, context); }) == Code::not_found);
  CHECK(code_of([&] { annotate(store, {"frau", {}, {}, {{"a", "b"}}, {}}, context); }) == Code::not_found);
  CHECK(code_of([&] { annotate(store, {"fraud", {}, {}, {{std::string(251, 'x'), "b"}}, {}}, context); }) ==
        Code::failed);
}
