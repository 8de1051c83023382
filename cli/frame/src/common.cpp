#include "common.hpp"

namespace mlsys::frame {

void declare_common(Options& options, CommonOptions& common) {
  options.group(std::string(kCommonGroup));
  options.flag(common.json, "--json", "Print one JSON document (errors too)");
  options.flag(common.quiet, "-q,--quiet", "Print only the resulting id, no notes");
  options.flag(common.verbose, "-v,--verbose", "Say more on standard error");
  options.value(common.color, "--color", "WHEN", "Colour").choices({"auto", "always", "never"}).setting("color");
  options.value(common.store, "--store", "DIR", "Use this store instead of the project's")
      .setting("store")
      .completes(Completes::directory);
  options.value(common.threads, "--threads", "N", "Use at most N threads").setting("threads");
  options.value(common.memory, "--memory", "SIZE", "Stay within about this much memory, 512MiB or more")
      .setting("memory");
  options.value(common.temp_dir, "--temp-dir", "DIR", "Spill here").setting("temp_dir").completes(Completes::directory);
  options.flag(common.help, "-h,--help", "Show this help");
}

}  // namespace mlsys::frame
