#include "mlsys/report/verdict.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mlsys::report;

namespace {

Verdict sample() {
  return {"mlsys validate",
          "'a.csv' against 'c.json'",
          false,
          {{"type of a", Outcome::passed, "", {}},
           {"range of \"b\"", Outcome::failed, "2 rows & more <1>", {"row 1: x|y", "row 2: 100%"}},
           {"enum of c", Outcome::warned, "1 row", {}},
           {"unique of d", Outcome::skipped, "no column", {}}}};
}

}  // namespace

TEST_CASE("JUnit: counts, escaped texts, warnings are no failures") {
  CHECK(junit(sample()) ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<testsuites>\n"
        "<testsuite name=\"mlsys validate\" tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"1\">\n"
        "<testcase classname=\"&#39;a.csv&#39; against &#39;c.json&#39;\" name=\"type of a\"/>\n"
        "<testcase classname=\"&#39;a.csv&#39; against &#39;c.json&#39;\" name=\"range of &quot;b&quot;\"><failure "
        "message=\"2 rows &amp; more &lt;1&gt;\">row 1: x|y\nrow 2: 100%</failure></testcase>\n"
        "<testcase classname=\"&#39;a.csv&#39; against &#39;c.json&#39;\" name=\"enum of c\"><system-out>warning: 1 "
        "row\n</system-out></testcase>\n"
        "<testcase classname=\"&#39;a.csv&#39; against &#39;c.json&#39;\" name=\"unique of d\"><skipped message=\"no "
        "column\"/></testcase>\n"
        "</testsuite>\n</testsuites>\n");
}

TEST_CASE("GitHub: one line per failure and warning, or a notice") {
  CHECK(github(sample()) ==
        "::error title=mlsys validate%3A 'a.csv' against 'c.json'::range of \"b\": 2 rows & more <1>%0Arow 1: "
        "x|y%0Arow 2: 100%25\n"
        "::warning title=mlsys validate%3A 'a.csv' against 'c.json'::enum of c: 1 row\n");
  Verdict good = sample();
  good.cases.resize(1);
  CHECK(github(good) ==
        "::notice title=mlsys validate%3A 'a.csv' against 'c.json'::1 passed, 0 failed, 0 warned, 0 skipped\n");
}

TEST_CASE("Markdown: cells cannot break the table") {
  const std::string text = markdown(sample());
  CHECK(text.find("| ❌ | range of &quot;b&quot; | 2 rows &amp; more &lt;1&gt; | row 1: x\\|y<br>row 2: 100% |") !=
        std::string::npos);
  CHECK(text.find("type of a") == std::string::npos);
}
