// diff
#include "mlsys/registry/diff.hpp"

#include <fmt/format.h>

#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"
#include "models.hpp"

namespace mlsys::frame {
namespace {

class Diff final : public Verb {
  void declare(Options& options) override {
    options.positional(before_, "MODEL", "Version, run or bundle directory").completes(Completes::model);
    options.positional(after_, "OTHER", "What to compare it with").completes(Completes::model);
    declare_as_of(options, as_of_);
  }

  Code run(Session& session) override {
    registry::ResolveOptions resolve;
    resolve.as_of = parse_as_of(as_of_);
    store::Store store = store::Store::open(session.project().state, store::Mode::read, session.context());
    const registry::ModelDiff diff = registry::diff(store, before_, after_, resolve, session.context());
    Output& out = session.out();
    Json document{{"schema", models_schema}};
    document.update(to_json(diff));
    out.document(document);
    for (const auto& difference : diff.differences) out.id(difference.section + " " + difference.key);
    for (const auto& note : diff.notes) out.note(note);
    if (diff.differences.empty()) {
      out.note(diff.before_digest == diff.after_digest ? "nothing differs: they are the same bundle"
                                                       : "nothing differs but what was learnt");
      return Code::ok;
    }
    Table table;
    for (const char* title : {"what", "name"}) table.column(title);
    for (const auto& label : {diff.before, diff.after}) table.column(shown_label(label), Table::Align::right);
    table.column("change", Table::Align::right);
    for (const auto& difference : diff.differences)
      table.row(
          {difference.section, difference.key, shown(difference.before), shown(difference.after), difference.change});
    out.table(table);
    return Code::ok;
  }

  // Runs by the beginning of their ids, as everywhere.
  static std::string shown_label(const std::string& label) {
    return label.starts_with("run:") ? label.substr(0, 12) : label;
  }

  // Texts without their quotes, numbers with five digits; --json has it all.
  static std::string shown(const std::string& value) {
    if (value.empty()) return "-";
    const Json json = parse_json(value, "a value");
    if (json.is_number_float()) return significant(json.get<double>(), 5);
    return truncate_width(json.is_string() ? json.get<std::string>() : value, 60);
  }

  std::string before_, after_, as_of_;
};

}  // namespace

std::unique_ptr<Verb> make_models_diff() { return std::make_unique<Diff>(); }

}  // namespace mlsys::frame
