// What a verb is given to run with.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mlsys/base/context.hpp"
#include "mlsys/base/export.hpp"
#include "mlsys/base/install.hpp"
#include "mlsys/frame/output.hpp"
#include "mlsys/frame/settings.hpp"

namespace mlsys::frame {

// The nearest folder upward that holds mlsys.json or .mlsys/, and its state.
struct Project {
  std::filesystem::path root;   // the current folder when there is no project yet
  std::filesystem::path state;  // <root>/.mlsys, or --store / MLSYS_STORE
  bool found = false;
};
MLSYS_EXPORT Project find_project(const std::filesystem::path& from);

class MLSYS_EXPORT Session {
 public:
  Session(Context& context, Output& output, Settings& settings, Project project, std::vector<std::string> arguments)
      : context_(context),
        output_(output),
        settings_(settings),
        project_(std::move(project)),
        arguments_(std::move(arguments)) {}

  [[nodiscard]] Context& context() { return context_; }
  [[nodiscard]] Output& out() { return output_; }
  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const Project& project() const { return project_; }
  // The folder of the store. Says once on stderr that a project is made here when there is none; the store module
  // creates it on first write.
  [[nodiscard]] std::filesystem::path state_for_writing();
  // The whole command line, program name first.
  [[nodiscard]] const std::vector<std::string>& arguments() const { return arguments_; }

 private:
  Context& context_;
  Output& output_;
  Settings& settings_;
  Project project_;
  std::vector<std::string> arguments_;
  bool said_ = false;
};

}  // namespace mlsys::frame
