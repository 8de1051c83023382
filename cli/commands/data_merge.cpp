#include "data_verbs.hpp"
#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "mlsys/profile/reference.hpp"

namespace mlsys::frame {
namespace {

class DataMerge final : public Verb {
  void declare(Options& options) override {
    options.positional(profiles_, "PROFILE", "Profiles of parts, from data profile --save").completes(Completes::file);
    options.value(output_, "-o,--output", "FILE", "Write the profile of all rows")
        .required()
        .completes(Completes::file);
    options.flag(force_, "--force", "Replace a file that exists");
  }

  Code run(Session& session) override {
    if (profiles_.size() < 2) throw Error(Code::usage, "cannot merge one profile", "name the profiles of two parts");
    std::error_code ignored;
    if (!force_ && std::filesystem::exists(output_, ignored))
      throw Error(Code::usage, "cannot write " + quoted(output_.string()) + ": it exists", "replace it with --force");
    profile::Profile all = read(profiles_.front());
    for (std::size_t i = 1; i < profiles_.size(); ++i) all = profile::merge(all, read(profiles_[i]));
    const Json json = profile::to_json(all);
    write_file(output_, to_text(json));
    Output& out = session.out();
    out.document(json);
    out.id(output_.string());
    out.line(output_.string() + ": " + counted(all.rows, "row") + " of " + counted(profiles_.size(), "profile") + ", " +
             counted(all.columns.size(), "column"));
    return Code::ok;
  }

  static profile::Profile read(const std::filesystem::path& file) {
    return profile::parse_profile(read_file(file), file.string());
  }

  std::vector<std::filesystem::path> profiles_;
  std::filesystem::path output_;
  bool force_ = false;
};

constexpr Example merge_examples[] = {
    {"mlsys data profile part1.csv --save p1.json; mlsys data profile part2.csv --save p2.json; "
     "mlsys data merge p1.json p2.json -o all.json",
     "the profile of the whole from those of its parts"},
};

}  // namespace

const VerbInfo data_merge_verb{"merge", "Merge the profiles of parts", merge_examples, make_verb<DataMerge>};

}  // namespace mlsys::frame
