#include "mlsys/base/shell.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdio>
#include <memory>

using namespace mlsys;

TEST_CASE("plain words stay as they are") {
  CHECK(shell_word("data/t-1.csv") == "data/t-1.csv");
  CHECK(shell_word("fraud/3@champion") == "fraud/3@champion");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("~/x") == "'~/x'");
}

TEST_CASE("the shell reads back what was written") {
  const std::vector<std::string> words = {"a b", "it's", "$HOME", "`id`", "x*y?[z]", "\"q\"",
                                          "\\",  "!x",   "a\tb",  "",     "é"};
  const std::string command = "printf '%s|' " + shell_line(words);
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string got;
  std::array<char, 256> buffer;
  while (const auto n = fread(buffer.data(), 1, buffer.size(), pipe.get())) got.append(buffer.data(), n);
  std::string want;
  for (const auto& word : words) want += word + "|";
  CHECK(got == want);
}
