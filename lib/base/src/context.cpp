#include "mlsys/base/context.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <system_error>
#include <thread>

#include "mlsys/base/error.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> never{false};

// Many of the files asked for do not exist, and none of them is worth failing for. Every command asks for them, the
// shortest included: hence three system calls a file.
std::string read_small(const fs::path& path) {
  std::string text;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  std::array<char, 4096> buffer;
  for (ssize_t n = 0; (n = ::read(file, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(n));
    if (n < static_cast<ssize_t>(buffer.size())) break;  // these files come in one piece
  }
  ::close(file);
  return text;
}

// Of this process; read once.
const CgroupLimits& own_limits() {
  static const CgroupLimits limits = cgroup_limits(read_small("/proc/self/cgroup"), "/sys/fs/cgroup");
  return limits;
}

template <class T>
void lower(std::optional<T>& limit, T value) {
  if (!limit || value < *limit) limit = value;
}

// Unreadable, "max" and v1's "unlimited" (a number near 2^63) are no limit.
void lower_memory(std::optional<std::uint64_t>& limit, const fs::path& file) {
  const auto bytes = parse_int(trim(read_small(file)));
  if (bytes && *bytes > 0 && *bytes < (std::int64_t{1} << 60)) lower(limit, static_cast<std::uint64_t>(*bytes));
}

void lower_cpus(std::optional<double>& limit, std::string_view quota_text, std::string_view period_text) {
  const auto quota = parse_int(trim(quota_text));
  const auto period = parse_int(trim(period_text));
  if (quota && period && *quota > 0 && *period > 0)
    lower(limit, static_cast<double>(*quota) / static_cast<double>(*period));
}

// Calls `visit` with the folder of a group and those of all its parents. Inside a container the path may be the
// host's and not exist below the mount; the root of the mount, visited last, is then the container's own.
template <class Visit>
void each_ancestor(const fs::path& mount, const fs::path& group, const Visit& visit) {
  fs::path relative = group.relative_path().lexically_normal();
  while (!relative.empty() && relative != "." && *relative.begin() != "..") {
    visit(mount / relative);
    relative = relative.parent_path();
  }
  visit(mount);
}

}  // namespace

Progress::~Progress() = default;

Context::Context()
    : now([] { return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()); }),
      threads(available_threads()),
      memory_budget(available_memory() / 10 * 8),
      stop(&never) {
  static Progress silent;  // holds nothing
  progress = &silent;
  const char* folder = std::getenv("TMPDIR");
  temp_dir = folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

void Context::check_stop() const {
  if (stop->load(std::memory_order_relaxed)) throw Error(Code::interrupted, "interrupted");
}

Context Context::unstoppable() const {
  Context copy = *this;
  copy.stop = &never;
  return copy;
}

CgroupLimits cgroup_limits(std::string_view membership, const fs::path& mount) {
  CgroupLimits limits;
  for (const std::string& line : split(membership, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) {
      each_ancestor(mount, group, [&](const fs::path& folder) {
        lower_memory(limits.memory, folder / "memory.max");
        const auto words = split(trim(read_small(folder / "cpu.max")), ' ');
        if (words.size() == 2) lower_cpus(limits.cpus, words[0], words[1]);
      });
      continue;
    }
    for (const std::string& controller : split(controllers, ',')) {
      if (controller == "memory") {
        each_ancestor(mount / controller, group,
                      [&](const fs::path& folder) { lower_memory(limits.memory, folder / "memory.limit_in_bytes"); });
      } else if (controller == "cpu") {
        each_ancestor(mount / controller, group, [&](const fs::path& folder) {
          lower_cpus(limits.cpus, read_small(folder / "cpu.cfs_quota_us"), read_small(folder / "cpu.cfs_period_us"));
        });
      }
    }
  }
  return limits;
}

unsigned available_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  unsigned count = sched_getaffinity(0, sizeof set, &set) == 0
                       ? static_cast<unsigned>(std::max(1, CPU_COUNT(&set)))
                       : std::max(1U, std::thread::hardware_concurrency());  // more CPUs than a cpu_set_t holds
  const auto& limits = own_limits();
  if (limits.cpus && *limits.cpus < count) count = std::max(1U, static_cast<unsigned>(std::ceil(*limits.cpus)));
  return count;
}

std::uint64_t available_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  std::uint64_t bytes = std::uint64_t{1} << 30;
  if (pages > 0 && page > 0) bytes = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
  const auto& limits = own_limits();
  return limits.memory ? std::min(bytes, *limits.memory) : bytes;
}

}  // namespace mlsys
