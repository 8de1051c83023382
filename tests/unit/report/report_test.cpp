#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "mlsys/base/files.hpp"
#include "mlsys/report/chart.hpp"
#include "mlsys/report/page.hpp"

namespace mlsys::report {

namespace {

const std::string hostile = "</title><script>alert('x')</script>\"&\n\x01 onload=";

// A page that uses every element; `name` appears wherever a text can.
std::string whole_page(const std::string& name) {
  LineChart lines{name, {name, 0, 1}, {name, {}, {}}, {}};
  Series curve{name, {}, {}, Mark::line, 0};
  for (int i = 0; i <= 2000; ++i) {
    curve.x.push_back(i / 2000.0);
    curve.y.push_back(std::sqrt(i / 2000.0));
  }
  lines.series.push_back(curve);
  lines.series.push_back({"chance", {0, 1}, {0, 1}, Mark::dashes, 0});
  lines.series.push_back({name + name + name, {0.1, 0.4, 0.8}, {0.15, 0.35, 0.9}, Mark::dots, 0});
  const BarChart bars{name, name, {name, "a", "Zürich ✈ 東京 a very long label that is cut"}, {0.2, 12.5, -3}, {}};
  const HistogramPair histograms{name, name, 0, 1, name, "negatives", {1, 5, 9, 4, 1}, {8, 6, 2, 1, 0}};
  const BarPair pair{name, {name, "b"}, name, "current", {3, 1}, {2, 2}};
  Page page(name, name);
  page.verdict(name, Tone::good).section(name, name).text(name);
  page.cards({{name, name, name, Tone::bad}});
  page.table({name, {{name, false}, {"n", true}}, {{{name, Tone::warn, 0.5, name}, {"1", Tone::muted, {}, {}}}}});
  page.figures({{name, line_chart(lines), name},
                {name, bar_chart(bars), name},
                {name, histogram_pair(histograms), name},
                {name, bar_pair(pair), name}});
  return page.html(name);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("hostile names stay text wherever they are put") {
  const std::string html = whole_page(hostile);
  CHECK(count(html, "<script") == 0);
  CHECK(count(html, "</title>") == 1);
  CHECK(count(html, "alert('x')") == 0);
  CHECK(count(html, "\x01") == 0);
  CHECK(count(html, "&lt;script&gt;alert(&#39;x&#39;)") > 10);
  // An attribute that a quote would have ended: every aria-label holds the whole name.
  CHECK(count(html, "aria-label=\"&lt;/title&gt;") == 4);
  for (const char* outside : {"http:", "https:", "src=", "@import", "url("}) CHECK(count(html, outside) == 0);
}

TEST_CASE("the same page is the same bytes, and a changed one is not") {
  CHECK(whole_page("x") == whole_page("x"));
  CHECK(whole_page("x") != whole_page("y"));
}

TEST_CASE("escaping") {
  CHECK(escape("a<b>&\"'c") == "a&lt;b&gt;&amp;&quot;&#39;c");
  CHECK(escape("Zürich") == "Zürich");
  CHECK(escape("bad \xff byte") == "bad \xEF\xBF\xBD byte");
  CHECK(escape("line\nbreak\x07") == "line break\xEF\xBF\xBD");
}

TEST_CASE("ticks are round and cover the range") {
  CHECK(ticks(0, 1) == std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1});
  CHECK(ticks(-3, 12).front() <= -3);
  CHECK(ticks(-3, 12).back() >= 12);
  for (const auto& [low, high] : {std::pair{5.0, 5.0}, {1e-12, 3e-12}, {-1e300, 1e300}, {0.1, std::nan("")}}) {
    const auto at = ticks(low, high);
    CHECK(at.size() >= 2);
    CHECK(at.size() <= 100);
    CHECK(at.back() > at.front());
  }
}

TEST_CASE("thinning keeps ends and extremes of every column and at most as many points as asked for") {
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 100000; ++i) {
    x.push_back(i);
    y.push_back(std::sin(i * 0.37) * i + (i == 31234 ? 1e9 : 0));
  }
  const auto kept = thin(x, y, 500);
  CHECK(kept.size() <= 500);
  CHECK(kept.size() > 400);
  CHECK(kept.front() == 0);
  CHECK(kept.back() == 99999);
  CHECK(std::is_sorted(kept.begin(), kept.end()));
  CHECK(std::find(kept.begin(), kept.end(), std::size_t{31234}) != kept.end());
  CHECK(thin({1, 2}, {3, 4}).size() == 2);
  const std::vector<double> same(1000, 2.0);
  CHECK(thin(same, same).size() <= 4);
}

TEST_CASE("charts of nothing, of one point and of infinities are still charts") {
  const double inf = std::numeric_limits<double>::infinity();
  for (const std::string& svg :
       {line_chart({}), line_chart({"t", {}, {}, {{"one", {1}, {2}}}}),
        line_chart({"t", {}, {}, {{"bad", {0, inf, 2, std::nan("")}, {1, 2, inf, 4}}}}), bar_chart({}),
        bar_chart({"t", "", {"a"}, {0}, {}}), histogram_pair({}), bar_pair({})}) {
    CHECK(svg.find("<svg") == 0);
    CHECK(svg.find("nan") == std::string::npos);
    CHECK(svg.find("inf") == std::string::npos);
  }
}

// Set MLSYS_REPORT_OUT to look at it.
TEST_CASE("a page to look at") {
  const std::string html = whole_page("delay of flights");
  CHECK(count(html, "<figure>") == 4);
  CHECK(count(html, "<section>") == count(html, "</section>"));
  if (const char* path = std::getenv("MLSYS_REPORT_OUT"); path != nullptr) write_file(path, html);
}

}  // namespace mlsys::report
