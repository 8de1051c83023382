#include "mlsys/base/install.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/frame/command.hpp"

namespace mlsys::frame {
namespace {

class Version final : public Verb {
  void declare(Options&) override {}
  [[nodiscard]] bool runs_with_wrong_settings() const override { return true; }

  Code run(Session& session) override {
    session.out().document({{"schema", "mlsys.version/1"}, {"version", version()}, {"build", build_id()}});
    session.out().line(std::string("mlsys ") + version());
    session.out().id(version());
    return Code::ok;
  }
};

constexpr Example kExamples[] = {{"mlsys version --json", "the version and build as JSON"}};
constexpr VerbInfo kVerbs[] = {{"", "Print the version", kExamples, make_verb<Version>}};

}  // namespace
}  // namespace mlsys::frame

MLSYS_COMMAND("version", mlsys::frame::kVerbs)
