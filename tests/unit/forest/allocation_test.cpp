// Scoring allocates nothing: this program counts what every library in it asks of operator new.
#include <doctest/doctest.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "mlsys/base/files.hpp"
#include "mlsys/forest/forest.hpp"

using namespace mlsys;

namespace {
std::atomic<std::size_t> allocations{0};
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

TEST_CASE("a thread allocates nothing after its first call") {
  std::size_t tried = 0;
  for (const auto& entry : std::filesystem::directory_iterator(MLSYS_TEST_DATA "/forest")) {
    if (entry.path().extension() != ".case" || entry.file_size() > 100'000) continue;
    const std::string file = read_file(entry.path());
    std::uint32_t size = 0;
    std::memcpy(&size, file.data() + 5 + 6 * sizeof(size), sizeof(size));
    auto compiled = forest::Forest::compile(std::as_bytes(std::span(file)).subspan(5 + 12 * sizeof(size), size),
                                            entry.path().string());
    if (!compiled.forest) continue;
    const forest::Forest& forest = *compiled.forest;
    constexpr std::size_t rows = 10'000;  // more than one piece of work
    const std::vector<float> values(rows * forest.features(), 0.5F);
    std::vector<float> out(rows * forest.outputs());
    for (const auto& [kernel, name, help] : NameTable<forest::Kernel>::entries) {
      if (!forest::available(kernel)) continue;
      const auto score = [&](std::size_t count) {
        forest.margins(forest::RowMajor{values, count, forest.features()},
                       std::span(out).first(count * forest.outputs()), {.kernel = kernel});
      };
      score(rows);
      const std::size_t before = allocations;
      score(1);
      score(100);
      score(rows);
      CHECK(allocations == before);
      ++tried;
    }
  }
  CHECK(tried > 50);
}
