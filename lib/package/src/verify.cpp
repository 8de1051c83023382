#include "mlsys/package/verify.hpp"

#include <algorithm>

#include "bundle_files.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/bundle/bundle.hpp"
#include "mlsys/predict/predictor.hpp"

namespace mlsys::package {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const fs::path& subject, const std::string& why) {
  throw Error(Code::integrity, quoted(subject.string()) + " does not verify: " + why);
}

const digest::FileDigest* find(const std::vector<digest::FileDigest>& files, const std::string& name) {
  const auto same = [&](const digest::FileDigest& file) { return file.name == name; };
  const auto found = std::find_if(files.begin(), files.end(), same);
  return found == files.end() ? nullptr : &*found;
}

// Throws unless both lists hold the same files; `listed_by` is what `expected` comes from.
void compare(const std::vector<digest::FileDigest>& expected, const std::vector<digest::FileDigest>& actual,
             const std::string& listed_by, const fs::path& subject) {
  for (const digest::FileDigest& file : expected) {
    const digest::FileDigest* there = find(actual, file.name);
    if (there == nullptr) refuse(subject, quoted(file.name) + " is missing");
    if (*there != file) refuse(subject, quoted(file.name) + " does not have the digest that " + listed_by + " states");
  }
  for (const digest::FileDigest& file : actual) {
    if (find(expected, file.name) == nullptr) {
      refuse(subject, "it holds " + quoted(file.name) + ", which " + listed_by + " does not list");
    }
  }
}

void take(const Manifest& manifest, VerifyReport& report) {
  report.digest = manifest.digest;
  report.files = manifest.files;
  report.name = manifest.name;
  report.version = manifest.version;
}

// `actual` are the files found, without package.json.
void check_bundle(const fs::path& directory, const std::vector<digest::FileDigest>& actual,
                  const VerifyOptions& options, VerifyReport& report, Context& context) {
  if (find(actual, std::string(bundle::manifest_file)) == nullptr) {
    refuse(options.subject, "it holds no 'bundle.json'");
  }
  const bundle::Bundle bundle = bundle::Bundle::load(directory);
  report.digest = bundle.digest();
  report.files = files_of(bundle);
  compare(report.files, actual, "'bundle.json'", options.subject);
  if (options.golden) report.golden_rows = predict::replay_golden(bundle, context);
}

void check_package(const VerifyOptions& options, VerifyReport& report, Context& context) {
  const OpenedPackage opened = open_package(options.subject, context, options.limits);
  take(opened.manifest(), report);
  check_bundle(opened.bundle(), opened.manifest().files, options, report, context);
}

void refuse_special_files(const fs::path& subject) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(subject, error), end; !error && at != end; at.increment(error)) {
    const fs::file_status status = at->symlink_status(error);
    if (!error && !fs::is_regular_file(status) && !fs::is_directory(status))
      refuse(subject, quoted(at->path().filename().string()) + " is a link or a special file");
  }
  if (error) throw Error(Code::failed, "cannot read " + quoted(subject.string()) + ": " + error.message());
}

void check_directory(const VerifyOptions& options, VerifyReport& report, Context& context) {
  refuse_special_files(options.subject);
  digest::TreeDigest tree = digest::tree_digest(options.subject, context);
  const auto is_manifest = [](const digest::FileDigest& file) { return file.name == manifest_name; };
  if (std::erase_if(tree.files, is_manifest) > 0) {
    const std::string text = read_file(options.subject / manifest_name, std::uint64_t{1} << 20);
    const Manifest manifest = parse_manifest(text, quoted((options.subject / manifest_name).string()));
    take(manifest, report);
    compare(manifest.files, tree.files, "'package.json'", options.subject);
  }
  check_bundle(options.subject, tree.files, options, report, context);
}

}  // namespace

VerifyReport verify(const VerifyOptions& options, Context& context) {
  VerifyReport report;
  report.subject = options.subject;
  try {
    std::error_code unreadable;  // then opening it says why
    if (fs::is_directory(options.subject, unreadable)) {
      check_directory(options, report, context);
    } else {
      check_package(options, report, context);
    }
    report.passed = true;
  } catch (const Error& error) {
    if (error.code() != Code::integrity) throw;
    report.problem = error.message();
    report.hint = error.hint();
  }
  return report;
}

Json to_json(const VerifyReport& report) {
  Json files = Json::array();
  for (const digest::FileDigest& file : report.files) files.push_back(digest::to_json(file));
  Json document = {{"schema", "mlsys.verify/1"},
                   {"package", report.subject.string()},
                   {"digest", report.digest.empty() ? Json(nullptr) : Json(report.digest)}};
  if (!report.name.empty()) document["name"] = report.name;
  if (!report.version.empty()) {
    const auto number = parse_int(report.version);  // a package says it as text, which need not be ours
    document["version"] = number ? Json(*number) : Json(report.version);
  }
  document["files"] = std::move(files);
  document["golden_rows"] = report.golden_rows;
  document["signed_by"] = nullptr;
  document["verdict"] = report.passed ? "pass" : "fail";
  if (!report.passed) document["reason"] = report.problem;
  return document;
}

}  // namespace mlsys::package
