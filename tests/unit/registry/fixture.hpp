#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/registry/registry.hpp"
#include "mlsys/store/store.hpp"
#include "mlsys/track/track.hpp"
#include "store/scratch.hpp"

namespace mlsys::test {

// As much of a bundle as the registry looks at: a list of files with their digests.
inline void make_bundle(store::Store& store, const std::filesystem::path& folder, const std::string& content,
                        Context& context) {
  write_file(folder / "model.ubj", content);
  const std::string digest = store.content().put_bytes(content, false, context).digest;
  write_file(folder / "bundle.json",
             R"({"schema": "mlsys.bundle/1", "files": [{"name": "model.ubj", "sha256": ")" + digest + R"("}]})");
}

struct Registry {
  Scratch scratch;
  Context context;
  store::Store store = store::Store::open(scratch / "s", store::Mode::write, context);

  std::string run_with_model(const std::string& content) {
    const std::string run = track::start(store, {}, context);
    make_bundle(store, scratch / "made", content, context);
    track::log_model(store, run, scratch / "made", context);
    track::end(store, run, track::RunStatus::finished, context);
    return run;
  }

  registry::Version add(const std::string& name, const std::string& content, const std::string& run = {}) {
    make_bundle(store, scratch / "made", content, context);
    registry::RegisterOptions options;
    options.name = name;
    options.bundle = scratch / "made";
    options.run_id = run;
    options.source = "test";
    return registry::register_model(store, options, context).version;
  }

  registry::Promotion promote(std::int64_t version, std::optional<std::int64_t> expected = {},
                              const std::string& operation = {}) {
    registry::PromoteOptions options;
    options.name = "fraud";
    options.version = version;
    options.expected = expected;
    options.operation = operation;
    return registry::promote(store, options, context);
  }

  static Error error_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error;
    }
    return {Code::ok, ""};
  }
  static Code code_of(const std::function<void()>& work) { return error_of(work).code(); }
};

}  // namespace mlsys::test
