#include "mlsys/frame/output.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>

#include "mlsys/base/error.hpp"
#include "mlsys/base/files.hpp"
#include "mlsys/base/json.hpp"
#include "mlsys/base/text.hpp"

namespace mlsys::frame {
namespace {

const char* escape(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "\x1b[32m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::warn:
      return "\x1b[33m";
    case Tone::strong:
      return "\x1b[1m";
    case Tone::faint:
      return "\x1b[2m";
    case Tone::plain:
      break;
  }
  return "";
}

std::string painted(Tone tone, std::string_view text, bool colour) {
  if (!colour || tone == Tone::plain || text.empty()) return std::string(text);
  return escape(tone) + std::string(text) + "\x1b[0m";
}

}  // namespace

std::string printable(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\n')
      safe += "\\n";
    else if (c == '\t')
      safe += ' ';
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      safe += '?';
    else
      safe += c;
  }
  return safe;
}

namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowest = 8;

}  // namespace

void Table::column(std::string_view title, Align align) { columns_.emplace_back(printable(title), align); }

void Table::row(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  for (auto& cell : cells) cell.text = printable(cell.text);
  rows_.push_back(std::move(cells));
}

std::string wrapped(std::string_view text, std::string_view indent, std::size_t columns) {
  constexpr std::size_t least = 20;
  const std::size_t before = display_width(indent);
  const std::size_t width = columns > before + least ? columns - before : least;
  std::string out;
  std::size_t used = 0;
  for (const auto& word : split(text, ' ')) {
    const std::size_t size = display_width(word);
    if (used > 0 && used + 1 + size > width) {
      out += "\n" + std::string(indent);
      used = 0;
    }
    if (used > 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += size;
  }
  return out;
}

std::string render(const Table& table, const Output::Stream& stream) {
  const auto& columns = table.columns();
  if (columns.empty()) return {};
  std::vector<std::size_t> widths;
  std::vector<std::size_t> least;  // texts are cut, and titles, but never numbers
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::size_t width = 0;
    for (const auto& row : table.rows()) width = std::max(width, display_width(row[c].text));
    least.push_back(columns[c].second == Table::Align::right ? std::max(width, kNarrowest) : kNarrowest);
    widths.push_back(std::max(width, display_width(columns[c].first)));
  }
  const auto total = [&] { return std::accumulate(widths.begin(), widths.end(), kGap * (columns.size() - 1)); };
  while (total() > stream.width) {
    std::size_t widest = columns.size();
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (widths[c] > least[c] && (widest == columns.size() || widths[c] > widths[widest])) widest = c;
    if (widest == columns.size()) break;
    --widths[widest];
  }
  std::string text;
  const auto line = [&](const std::vector<Table::Cell>& cells) {
    std::string out;
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::string shown = truncate_width(cells[c].text, widths[c]);
      const std::string padding(widths[c] - std::min(widths[c], display_width(shown)), ' ');
      const bool last = c + 1 == columns.size();
      if (columns[c].second == Table::Align::right) out += padding;
      out += painted(cells[c].tone, shown, stream.colour);
      if (columns[c].second == Table::Align::left && !last) out += padding;
      if (!last) out += std::string(kGap, ' ');
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    text += out + "\n";
  };
  std::vector<Table::Cell> header;
  for (const auto& [title, align] : columns) header.emplace_back(title, Tone::faint);
  line(header);
  for (const auto& row : table.rows()) line(row);
  return text;
}

Output::Output(Mode mode, bool verbose, Stream out, Stream err)
    : mode_(mode), verbose_(verbose), out_(out), err_(err) {}

void Output::document(const Json& document) {
  if (mode_ == Mode::json) write(out_, to_text(document));
}
void Output::json_line(const Json& record) {
  if (mode_ == Mode::json) write(out_, to_line(record) + "\n");
}
void Output::id(std::string_view id) {
  if (mode_ == Mode::quiet) write(out_, std::string(id) + "\n");
}
void Output::line(std::string_view text) {
  if (mode_ == Mode::human) write(out_, std::string(text) + "\n");
}
void Output::table(const Table& table) {
  if (mode_ == Mode::human) write(out_, render(table, out_));
}
void Output::raw(std::string_view bytes) { write(out_, bytes); }

void Output::note(std::string_view text) {
  if (mode_ != Mode::quiet) write(err_, std::string(text) + "\n");
}
void Output::warn(std::string_view text) {
  write(err_, painted(Tone::warn, "warning:", err_.colour) + " " + std::string(text) + "\n");
}
void Output::verbose(std::string_view text) {
  if (verbose_) write(err_, painted(Tone::faint, text, err_.colour) + "\n");
}
void Output::error_text(std::string_view bytes) { write(err_, bytes); }
std::string Output::paint_error(Tone tone, std::string_view text) const { return painted(tone, text, err_.colour); }
std::string Output::paint(Tone tone, std::string_view text) const { return painted(tone, text, out_.colour); }

void Output::write(const Stream& stream, std::string_view bytes) {
  const bool result = stream.fd == out_.fd;
  if (result && !open_) return;
  const int error = write_fully(stream.fd, bytes);
  if (error == 0 || !result) return;  // what cannot be written to standard error cannot be said anywhere
  open_ = false;
  if (error != EPIPE)
    throw Error(Code::failed, "cannot write the result to standard output: " + std::string(std::strerror(error)));
}

}  // namespace mlsys::frame
