// A subcommand is a loadable module that describes itself and makes its verbs.
//
//   namespace {
//   class Verify : public Verb {
//     void declare(Options& options) override { options.positional(what_, "PACKAGE", "Package or bundle to check"); }
//     Code run(Session& session) override { … return Code::ok; }
//     std::string what_;
//   };
//   constexpr Example examples[] = {{"mlsys verify fraud.tar.zst", "check every digest and replay the golden rows"}};
//   constexpr VerbInfo verbs[] = {{"", "Check a package or bundle", examples, make_verb<Verify>}};
//   }
//   MLSYS_COMMAND("verify", verbs)
//
// A command with verbs (`mlsys runs list`) lists one VerbInfo for each; one without has a single VerbInfo named "".
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "mlsys/base/build_id.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/frame/options.hpp"
#include "mlsys/frame/session.hpp"

namespace mlsys::frame {

class MLSYS_EXPORT Verb {
 public:
  Verb() = default;
  Verb(const Verb&) = delete;
  Verb& operator=(const Verb&) = delete;
  virtual ~Verb();
  virtual void declare(Options& options) = 0;
  // Whether it runs although settings are wrong, with the others and defaults: what explains or mends them does. Any
  // other verb ends with Code::usage before it runs.
  [[nodiscard]] virtual bool runs_with_wrong_settings() const { return false; }
  // The result is the exit status. Failures are thrown as Error; Code::verdict is returned, never thrown.
  virtual Code run(Session& session) = 0;
};

struct Example {
  std::string_view command;  // as typed
  std::string_view what;     // what it does, a few words
};

struct VerbInfo {
  std::string_view name;
  std::string_view summary;  // one line, no full stop
  std::span<const Example> examples;
  std::unique_ptr<Verb> (*make)();
};

template <class T>
std::unique_ptr<Verb> make_verb() {
  return std::make_unique<T>();
}

struct CommandInfo {
  const char* build;  // MLSYS_BUILD_ID it was compiled with
  std::string_view name;
  std::span<const VerbInfo> verbs;
};

using CommandEntry = const CommandInfo* (*)();

#define MLSYS_COMMAND(name, verbs)                                              \
  extern "C" MLSYS_EXPORT const ::mlsys::frame::CommandInfo* mlsys_command() {  \
    static const ::mlsys::frame::CommandInfo info{MLSYS_BUILD_ID, name, verbs}; \
    return &info;                                                               \
  }

}  // namespace mlsys::frame
