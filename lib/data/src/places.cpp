// Dataset::places: on which line of a text file a record begins, and what it holds.
#include <fmt/format.h>

#include <cstring>
#include <fstream>

#include "csv_dialect.hpp"
#include "dataset_impl.hpp"
#include "mlsys/base/error.hpp"

namespace mlsys::data {

namespace {

struct LineShape {
  bool quotes = false;  // separated values
  char delimiter = ',';
  bool blank_records = false;  // of one field: a blank line is a record
  std::uint64_t skipped = 0;   // records before the first
};

// Follows records through blocks of text. Records that were read before have been found well formed, so quotes open
// only where a field begins.
class RecordLines {
 public:
  // The wanted records, by number from 1, ascending; `places` gets one for each that is found.
  RecordLines(const LineShape& shape, std::size_t file, std::uint64_t before, const std::vector<std::uint64_t>& wanted,
              std::vector<Dataset::Place>& places)
      : shape_(shape), skip_(shape.skipped), file_(file), row_(before), wanted_(wanted), places_(places) {}

  // False once all wanted records have been seen to their end.
  bool feed(std::string_view block) {
    std::size_t i = skip_plain_lines(block);
    for (; i < block.size(); ++i) {
      const char c = block[i];
      if (in_ == In::record_start) {
        if (!begin_record(c)) continue;
        if (in_ == In::record_start) return false;  // of the record after the last of the wanted ones
      }
      if (taking_ && (in_ == In::quotes || (c != '\n' && c != '\r'))) record_ += c;
      follow(c);
    }
    return places_.size() < wanted_.size() || taking_;
  }

  void end() { end_record(); }
  [[nodiscard]] std::uint64_t row() const { return row_; }

 private:
  enum class In { record_start, field_start, plain, quotes, after_quotes };

  [[nodiscard]] bool done() const { return places_.size() == wanted_.size(); }

  // Whole lines far from any wanted record, in a block where a line is a record: no quotes, no other line ends.
  std::size_t skip_plain_lines(std::string_view block) {
    if (in_ != In::record_start || taking_ || done() || after_return_ || !begun_ || skip_ > 0) return 0;
    if (block.find('\r') != std::string_view::npos) return 0;
    if (shape_.quotes && block.find('"') != std::string_view::npos) return 0;
    if (!shape_.quotes && (block.starts_with(' ') || block.starts_with('\t') ||
                           block.find("\n ") != std::string_view::npos || block.find("\n\t") != std::string_view::npos))
      return 0;
    if (!shape_.blank_records && (block.starts_with('\n') || block.find("\n\n") != std::string_view::npos)) return 0;
    std::size_t at = 0;
    while (row_ + 1 < wanted_[places_.size()]) {
      const std::size_t end = block.find('\n', at);
      if (end == std::string_view::npos) break;
      at = end + 1;
      ++row_;
      ++line_;
    }
    return at;
  }

  // False when the character is between records.
  bool begin_record(char c) {
    const bool second = c == '\n' && after_return_;  // of "\r\n"
    // NDJSON: a line of blanks is none either, and a record may begin after some.
    if (!shape_.quotes && (c == ' ' || c == '\t')) {
      after_return_ = false;
      return false;
    }
    // Blank lines are no records, unless a record is one field; before the first they never are.
    if ((c == '\n' || c == '\r') && (second || !shape_.blank_records || !begun_)) {
      end_line(c);
      return false;
    }
    end_record();
    if (done()) return true;
    begun_ = true;
    after_return_ = false;
    if (skip_ > 0) {
      --skip_;
    } else {
      ++row_;
      while (!done() && wanted_[places_.size()] == row_) {
        places_.push_back({file_, line_, {}});
        taking_ = shape_.quotes;
      }
    }
    in_ = In::field_start;
    return true;
  }

  void follow(char c) {
    if (in_ == In::quotes) {
      if (c == '"')
        in_ = In::after_quotes;
      else if (c == '\n' || c == '\r')
        end_line(c);
      else
        after_return_ = false;
    } else if (c == '"' && shape_.quotes && (in_ == In::field_start || in_ == In::after_quotes)) {
      in_ = In::quotes;  // opens a field, or was one of two that stand for one
      after_return_ = false;
    } else if (c == '\n' || c == '\r') {
      end_line(c);
      in_ = In::record_start;
    } else {
      in_ = c == shape_.delimiter ? In::field_start : In::plain;
    }
  }

  void end_record() {
    if (!taking_) return;
    taking_ = false;
    auto records = split_records(record_, shape_.delimiter, true, 1);
    if (records.empty()) records.push_back({""});  // a blank line of one field
    record_.clear();
    for (auto place = places_.rbegin(); place != places_.rend() && place->fields.empty(); ++place)
      place->fields = records.front();
  }

  // "\r\n" is one line end.
  void end_line(char c) {
    if (c == '\r' || !after_return_) ++line_;
    after_return_ = c == '\r';
  }

  const LineShape& shape_;
  bool begun_ = false;
  std::uint64_t skip_;
  std::size_t file_;
  std::uint64_t row_;  // the one that began last
  std::uint64_t line_ = 1;
  bool after_return_ = false;
  In in_ = In::record_start;
  bool taking_ = false;
  std::string record_;
  const std::vector<std::uint64_t>& wanted_;
  std::vector<Dataset::Place>& places_;
};

void feed_file(const std::filesystem::path& file, RecordLines& lines, Context& ctx) {
  std::ifstream stream(file, std::ios::binary);
  std::string block(1 << 18, '\0');
  for (bool first = true;; first = false) {
    ctx.check_stop();
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    std::string_view bytes(block.data(), static_cast<std::size_t>(stream.gcount()));
    if (bytes.empty()) break;
    if (first && bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
    if (!lines.feed(bytes)) return;
  }
  lines.end();
}

void feed_compressed(const ResolvedSource& source, std::size_t file, RecordLines& lines, Context& ctx) {
  bool first = true;
  bool wanted = true;
  decompress(
      source, source.files[file],
      [&](std::string_view bytes) {
        if (first && bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
        first = false;
        return wanted = lines.feed(bytes);
      },
      ctx);
  if (wanted) lines.end();
}

}  // namespace

std::vector<Dataset::Place> Dataset::places(const std::vector<std::uint64_t>& rows, Context& ctx) const {
  const Impl& impl = *impl_;
  const bool separated = impl.source.format == SourceFormat::csv || impl.source.format == SourceFormat::tsv;
  const bool lined = separated || impl.source.format == SourceFormat::ndjson;
  if (rows.empty() || !lined || !impl.options.sql.empty()) return {};
  const LineShape shape{separated, impl.delimiter, separated && impl.fields == 1,
                        separated && impl.options.header ? std::uint64_t{1} : std::uint64_t{0}};
  std::vector<Place> places;
  std::uint64_t before = 0;
  for (std::size_t file = 0; file < impl.source.files.size() && places.size() < rows.size(); ++file) {
    RecordLines lines(shape, file, before, rows, places);
    if (impl.source.compression.empty())
      feed_file(impl.source.files[file], lines, ctx);
    else
      feed_compressed(impl.source, file, lines, ctx);
    before = lines.row();
  }
  // A file that has changed since it was read has fewer.
  if (places.size() < rows.size()) return {};
  return places;
}

}  // namespace mlsys::data
