// uses: track store
// Filters, sort keys and columns: what is read is SQL that the database takes, and is read back the same.
#include "fuzz.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/track/track.hpp"

namespace {

// One store for all inputs, with a run that has something of everything.
struct Project {
  mlsys::Context context;
  mlsys::TempDirectory directory{std::filesystem::temp_directory_path()};
  mlsys::store::Store store = mlsys::store::Store::open(directory.path() / "s", mlsys::store::Mode::write, context);
  Project() {
    context.now = [] { return mlsys::Millis(std::chrono::milliseconds(1'760'000'000'000)); };
    const std::string run = mlsys::track::start(store, {}, context);
    mlsys::track::log(store, run, {{{"a", 1, 0, {}}}, {{"p", "1"}}, {{"t", "x"}}, {}}, context);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Project project;
  fuzz::run(data, size, [](std::string_view text) {
    const auto now = project.context.now();
    const auto filter = mlsys::track::Filter::parse(text, now);
    // Writing back doubles what it escapes.
    if (text.size() < 16'000) {
      const std::string written = filter.text();
      fuzz::require(mlsys::track::Filter::parse(written, now).text() == written,
                    "a written filter is read back the same");
    }
    mlsys::track::SearchOptions options;
    options.filter = text;
    options.order_by = {"metrics.a DESC, params.p"};
    try {
      mlsys::track::search(project.store, options, project.context);
    } catch (const mlsys::Error&) {
      fuzz::require(false, "a filter that is read can be asked");
    }
  });
  fuzz::run(data, size, [](std::string_view text) {
    mlsys::track::SearchOptions options;
    options.order_by = {std::string(text)};
    mlsys::track::search(project.store, options, project.context);
  });
  return fuzz::run(data, size, [](std::string_view text) {
    mlsys::track::select(project.store, {}, std::string(text), project.context);
  });
}
