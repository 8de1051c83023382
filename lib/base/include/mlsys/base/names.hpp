// One table per enumeration serves parsing, help, completion, JSON and the man page.
//
//   template <> struct mlsys::NameTable<Task> {
//     static constexpr std::string_view what = "task";
//     static constexpr auto entries = std::to_array<NameEntry<Task>>({{Task::binary, "binary", "two classes"}, ...});
//   };
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"

namespace mlsys {

template <class E>
struct NameEntry {
  E value;
  std::string_view name;
  std::string_view help = {};
};

template <class E>
struct NameTable;

// Throws Error(Code::usage) that lists the known names and suggests the closest. `where` says in what the name stands.
[[noreturn]] MLSYS_EXPORT void unknown_name(std::string_view what, std::string_view given,
                                            const std::vector<std::string>& known, std::string_view where = {});

template <class E>
constexpr std::string_view name_of(E value) {
  for (const auto& entry : NameTable<E>::entries)
    if (entry.value == value) return entry.name;
  return "?";
}

template <class E>
std::vector<std::string> names_of() {
  std::vector<std::string> names;
  for (const auto& entry : NameTable<E>::entries) names.emplace_back(entry.name);
  return names;
}

template <class E>
E parse_name(std::string_view given, std::string_view where = {}) {
  for (const auto& entry : NameTable<E>::entries)
    if (entry.name == given) return entry.value;
  unknown_name(NameTable<E>::what, given, names_of<E>(), where);
}

}  // namespace mlsys
