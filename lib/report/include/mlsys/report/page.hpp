// One self-contained HTML page: inline style and SVG, no script, nothing from outside, readable in a dark theme and on
// paper. All texts are escaped here, except SVG made by chart.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"

namespace mlsys::report {

enum class Tone { plain, good, bad, warn, muted };

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
  std::optional<double> shade;  // 0 to 1: how strongly the cell is coloured, as in a confusion matrix
  std::string detail;           // small text below
};

struct TableColumn {
  std::string name;
  bool numeric = false;  // aligned to the right
};

struct Table {
  std::string caption;
  std::vector<TableColumn> columns;
  std::vector<std::vector<Cell>> rows;
};

struct Figure {
  std::string title;
  std::string svg;      // made by chart.hpp
  std::string caption;  // what is to be seen
};

// A number that stands out.
struct Card {
  std::string label;
  std::string value;
  std::string detail;
  Tone tone = Tone::plain;
};

class MLSYS_EXPORT Page {
 public:
  // `subtitle` says of what: the model and the data.
  Page(std::string_view title, std::string_view subtitle);

  Page& verdict(std::string_view text, Tone tone);  // a banner
  Page& section(std::string_view title, std::string_view lead = {});
  Page& text(std::string_view paragraph);
  Page& cards(const std::vector<Card>& cards);
  Page& table(const Table& table);
  Page& figures(const std::vector<Figure>& figures);  // side by side where there is room
  // The whole document; `footer` says what made it.
  [[nodiscard]] std::string html(std::string_view footer) const;

 private:
  void close_section();

  std::string title_;
  std::string body_;
  bool open_ = false;
};

// & < > " ' as entities; control characters (and invalid UTF-8) as U+FFFD.
MLSYS_EXPORT std::string escape(std::string_view text);

}  // namespace mlsys::report
