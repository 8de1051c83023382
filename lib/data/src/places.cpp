// Dataset::places: on which line of a text file a record begins.
#include <fmt/format.h>

#include <cstring>
#include <fstream>

#include "dataset_impl.hpp"
#include "mlsys/base/error.hpp"

namespace mlsys::data {

namespace {

// Follows records through blocks of text. Records that were read before have been found well formed, so quotes open
// only where a field begins.
class RecordLines {
 public:
  RecordLines(bool quotes, char delimiter, bool blank_records, std::uint64_t skipped)
      : quotes_(quotes), delimiter_(delimiter), blank_records_(blank_records), skip_(skipped) {}

  // Calls found(line) at the beginning of every record after the skipped ones; stops when it returns false.
  template <class Found>
  bool feed(std::string_view block, const Found& found) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      const char c = block[i];
      if (in_ == In::record_start) {
        const bool second = c == '\n' && after_return_;  // of "\r\n"
        // Blank lines are no records, unless a record is one field; before the first they never are.
        if ((c == '\n' || c == '\r') && (second || !blank_records_ || !begun_)) {
          end_line(c);
          continue;
        }
        begun_ = true;
        after_return_ = false;
        if (skip_ > 0)
          --skip_;
        else if (!found(line_))
          return false;
        in_ = In::field_start;
      }
      if (in_ == In::quotes) {
        if (c == '"')
          in_ = In::after_quotes;
        else if (c == '\n' || c == '\r')
          end_line(c);
        else
          after_return_ = false;
        continue;
      }
      if (c == '"' && quotes_ && (in_ == In::field_start || in_ == In::after_quotes)) {
        in_ = In::quotes;  // opens a field, or was one of two that stand for one
        after_return_ = false;
      } else if (c == '\n' || c == '\r') {
        end_line(c);
        in_ = In::record_start;
      } else {
        in_ = c == delimiter_ ? In::field_start : In::plain;
      }
    }
    return true;
  }

 private:
  enum class In { record_start, field_start, plain, quotes, after_quotes };

  // "\r\n" is one line end.
  void end_line(char c) {
    if (c == '\r' || !after_return_) ++line_;
    after_return_ = c == '\r';
  }

  bool quotes_;
  char delimiter_;
  bool blank_records_;
  bool begun_ = false;
  std::uint64_t skip_ = 0;
  std::uint64_t line_ = 1;
  bool after_return_ = false;
  In in_ = In::record_start;
};

}  // namespace

std::vector<Dataset::Place> Dataset::places(const std::vector<std::uint64_t>& rows, Context& ctx) const {
  const Impl& impl = *impl_;
  const bool separated = impl.source.format == SourceFormat::csv || impl.source.format == SourceFormat::tsv;
  const bool lined = separated || impl.source.format == SourceFormat::ndjson;
  if (rows.empty() || !lined || !impl.options.sql.empty()) return {};
  std::vector<Place> places;
  std::uint64_t row = 0;  // the one found last
  for (std::size_t file = 0; file < impl.source.files.size() && places.size() < rows.size(); ++file) {
    RecordLines lines(separated, impl.delimiter, separated && impl.fields == 1,
                      separated && impl.options.header ? 1 : 0);
    const auto found = [&](std::uint64_t line) {
      ++row;
      while (places.size() < rows.size() && rows[places.size()] == row) places.push_back({file, line});
      return places.size() < rows.size();
    };
    if (impl.source.compression.empty()) {
      std::ifstream stream(impl.source.files[file], std::ios::binary);
      std::string block(1 << 20, '\0');
      bool first = true;
      for (;;) {
        ctx.check_stop();
        stream.read(block.data(), static_cast<std::streamsize>(block.size()));
        std::string_view bytes(block.data(), static_cast<std::size_t>(stream.gcount()));
        if (bytes.empty()) break;
        if (first && bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
        first = false;
        if (!lines.feed(bytes, found)) break;
      }
    } else {
      const std::string doing = impl.doing("cannot read");
      duck::Result result =
          impl.engine->stream(raw_lines(impl.source.files[file], impl.source.compression), doing, ctx);
      try {
        for (bool more = true; more;) {
          const auto chunk = result.next(ctx);
          if (!chunk) break;
          const duck::Vector column = chunk->column(0);
          for (std::uint64_t i = 0; i < chunk->size() && more; ++i) {
            if (column.valid(i)) more = lines.feed(column.text(i), found);
            more = more && lines.feed("\n", found);
          }
        }
      } catch (const duck::Failure& failure) {
        Engine::fail(failure, doing);
      }
    }
  }
  // A file that has changed since it was read has fewer.
  if (places.size() < rows.size()) return {};
  return places;
}

}  // namespace mlsys::data
