#include "mlsys/report/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mlsys/base/text.hpp"
#include "style.hpp"

namespace mlsys::report {

namespace {

std::string_view css_class(Tone tone) {
  switch (tone) {
    case Tone::plain:
      return "";
    case Tone::good:
      return "good";
    case Tone::bad:
      return "bad";
    case Tone::warn:
      return "warn";
    case Tone::muted:
      return "muted";
  }
  return "";
}

std::string replaced_invalid(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      out += c;
    else
      out += "\xEF\xBF\xBD";
  }
  return out;
}

}  // namespace

std::string escape(std::string_view text) {
  const std::string valid = is_utf8(text) ? std::string(text) : replaced_invalid(text);
  std::string out;
  out.reserve(valid.size() + valid.size() / 8);
  for (const char c : valid) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\n':
      case '\t':
        out += ' ';
        break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F)
          out += "\xEF\xBF\xBD";
        else
          out += c;
      }
    }
  }
  return out;
}

Page::Page(std::string_view title, std::string_view subtitle) : title_(title) {
  body_ = fmt::format("<header><h1>{}</h1>\n<p class=\"sub\">{}</p></header>\n", escape(title), escape(subtitle));
}

void Page::close_section() {
  if (open_) body_ += "</section>\n";
  open_ = false;
}

Page& Page::verdict(std::string_view text, Tone tone) {
  close_section();
  body_ += fmt::format("<p class=\"verdict {}\">{}</p>\n", css_class(tone), escape(text));
  return *this;
}

Page& Page::section(std::string_view title, std::string_view lead) {
  close_section();
  body_ += fmt::format("<section><h2>{}</h2>\n", escape(title));
  open_ = true;
  return lead.empty() ? *this : text(lead);
}

Page& Page::text(std::string_view paragraph) {
  body_ += fmt::format("<p>{}</p>\n", escape(paragraph));
  return *this;
}

Page& Page::cards(const std::vector<Card>& cards) {
  body_ += "<div class=\"cards\">\n";
  for (const Card& card : cards)
    body_ += fmt::format(
        "<div class=\"card {}\"><div class=\"k\">{}</div><div class=\"v\">{}</div><div class=\"x\">{}</div></div>\n",
        css_class(card.tone), escape(card.label), escape(card.value), escape(card.detail));
  body_ += "</div>\n";
  return *this;
}

Page& Page::table(const Table& table) {
  body_ += "<div class=\"scroll\"><table>\n";
  if (!table.caption.empty()) body_ += fmt::format("<caption>{}</caption>\n", escape(table.caption));
  body_ += "<thead><tr>";
  for (const TableColumn& column : table.columns)
    body_ += fmt::format("<th{}>{}</th>", column.numeric ? " class=\"num\"" : "", escape(column.name));
  body_ += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    body_ += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const Cell& cell = row[i];
      std::string css(css_class(cell.tone));
      if (i < table.columns.size() && table.columns[i].numeric) css += css.empty() ? "num" : " num";
      body_ += "<td";
      if (!css.empty()) body_ += fmt::format(" class=\"{}\"", css);
      if (cell.shade)
        body_ += fmt::format(" style=\"background:rgba(59,130,246,{:.2f})\"", 0.65 * std::clamp(*cell.shade, 0.0, 1.0));
      body_ += ">" + escape(cell.text);
      if (!cell.detail.empty()) body_ += fmt::format("<div class=\"x\">{}</div>", escape(cell.detail));
      body_ += "</td>";
    }
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table></div>\n";
  return *this;
}

Page& Page::figures(const std::vector<Figure>& figures) {
  body_ += "<div class=\"figures\">\n";
  for (const Figure& figure : figures) {
    body_ += fmt::format("<figure><h3>{}</h3>\n{}", escape(figure.title), figure.svg);
    if (!figure.caption.empty()) body_ += fmt::format("<figcaption>{}</figcaption>", escape(figure.caption));
    body_ += "</figure>\n";
  }
  body_ += "</div>\n";
  return *this;
}

std::string Page::html(std::string_view footer) const {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n<style>{}</style></head>\n"
      "<body><main>\n{}{}<footer>{}</footer>\n</main></body></html>\n",
      escape(title_), style, body_, open_ ? "</section>\n" : "", escape(footer));
}

}  // namespace mlsys::report
