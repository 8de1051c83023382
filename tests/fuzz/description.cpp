// uses: predict digest
#include "mlsys/predict/description.hpp"
#include <algorithm>
#include "fuzz.hpp"
#include "json_mutator.hpp"
#include "mlsys/digest/digest.hpp"

using mlsys::bundle::Task;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::run(data, size, [](std::string_view text) {
    const auto description = mlsys::predict::parse_description(text, "'p.csv.json'");
    const auto& classes = description.classes;
    const bool named = description.task == Task::binary || description.task == Task::multiclass;
    fuzz::require(classes.empty() != named, "classes where the task has some, and nowhere else");
    fuzz::require(description.task != Task::binary || description.positive == classes.at(1), "the second is positive");
    fuzz::require(!description.file || mlsys::digest::is_sha256(description.file->sha256), "a digest is one");
    const auto columns = mlsys::predict::score_columns(description.task, classes);
    fuzz::require(columns.size() == (description.task == Task::multiclass ? classes.size() : 1),
                  "a column for a score");
    fuzz::require(std::ranges::all_of(columns, mlsys::is_utf8), "names of columns are UTF-8");
  });
}
