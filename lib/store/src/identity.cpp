#include "mlsys/store/identity.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

#include "mlsys/base/text.hpp"

namespace mlsys::store {
namespace {

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string link_text(const char* path) {
  std::array<char, 128> text{};
  const ssize_t size = readlink(path, text.data(), text.size());
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string("-");
}

// Field 22 of /proc/PID/stat: clock ticks after boot. The name in field 2 may hold spaces and parentheses.
std::string start_ticks(int pid) {
  const std::string stat = first_line(fmt::format("/proc/{}/stat", pid));
  const auto end_of_name = stat.rfind(')');
  if (end_of_name == std::string::npos) return {};
  const auto fields = split(std::string_view(stat).substr(end_of_name + 1), ' ');
  // fields[0] is empty, fields[1] the state (3): a zombie has ended.
  if (fields.size() < 21 || fields[1] == "Z" || fields[1] == "X") return {};
  return fields[20];
}

std::string boot_and_namespace() {
  return fmt::format("{} {}", first_line("/proc/sys/kernel/random/boot_id"), link_text("/proc/self/ns/pid"));
}

}  // namespace

std::string current_user() {
  for (const char* variable : {"LOGNAME", "USER"})
    if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return name;
  if (const passwd* entry = getpwuid(geteuid()); entry != nullptr) return entry->pw_name;
  return std::to_string(geteuid());
}

std::string current_host() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

std::string process_identity(int pid) {
  const std::string ticks = start_ticks(pid);
  if (ticks.empty()) return {};
  return fmt::format("{} {} {} {}", current_host(), boot_and_namespace(), pid, ticks);
}

bool process_gone(const std::string& identity) {
  const auto words = split(identity, ' ');
  if (words.size() != 5) return false;
  // The machine is known by its boot: its name may change meanwhile.
  if (fmt::format("{} {}", words[1], words[2]) != boot_and_namespace()) return false;
  const auto pid = parse_int(words[3]);
  return pid && start_ticks(static_cast<int>(*pid)) != words[4];
}

}  // namespace mlsys::store
