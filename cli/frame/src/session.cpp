#include "mlsys/frame/session.hpp"

#include "mlsys/base/text.hpp"
#include "mlsys/frame/command.hpp"

namespace mlsys::frame {

Verb::~Verb() = default;

Project find_project(const std::filesystem::path& from) {
  std::error_code ignored;
  for (auto folder = from;; folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / "mlsys.json", ignored) ||
        std::filesystem::is_directory(folder / ".mlsys", ignored))
      return {folder, folder / ".mlsys", true};
    if (folder == folder.parent_path()) break;
  }
  return {from, from / ".mlsys", false};
}

std::filesystem::path Session::state_for_writing() {
  if (!project_.found && !said_ && !std::filesystem::exists(project_.state)) {
    output_.note("note: no project here yet, keeping runs and models in " + quoted(project_.state.string()));
    said_ = true;
  }
  return project_.state;
}

}  // namespace mlsys::frame
