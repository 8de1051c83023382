#include "plain_lines.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>

#include "mlsys/base/text.hpp"
#include "separators.hpp"

namespace mlsys::data {

namespace {

constexpr std::size_t window_bytes = 256 << 10;  // stays in the processor's cache while it is cut
constexpr std::uint64_t least_part = 4 << 20;
constexpr std::uint64_t smallest_share = 16;  // of all bytes: a part has a price of its own

}  // namespace

class PlainPart final : public duck::TextRows {
 public:
  PlainPart(const PlainLines& lines, const PlainLines::Part& part, std::vector<std::size_t> wanted)
      : lines_(lines),
        file_(lines.files_[part.file]),
        end_(part.end),
        wanted_(std::move(wanted)),
        stream_(file_.path, std::ios::binary),
        buffer_(window_bytes + duck::TextOutput::readable, '\0') {
    if (!stream_) give_up();
    if (part.begin > file_.first) {
      go_to_line_after(part.begin - 1);
    } else {
      at_ = file_.first;
      stream_.seekg(static_cast<std::streamoff>(at_));
    }
  }

  std::uint64_t next(std::vector<duck::TextOutput>& columns, std::uint64_t most) override {
    if (row_ == rows_ && !read_lines()) return 0;
    const std::uint64_t count = std::min<std::uint64_t>(most, rows_ - row_);
    for (std::size_t i = 0; i < wanted_.size(); ++i)
      if (wanted_[i] < lines_.fields_) put(wanted_[i], count, columns[i]);  // not a number that DuckDB made up
    row_ += count;
    return count;
  }

 private:
  [[noreturn]] void give_up() const {
    lines_.plain_ = false;
    throw duck::Failure("the lines are not plain");
  }

  // The part of a file's middle begins after the first line feed from here on.
  void go_to_line_after(std::uint64_t offset) {
    at_ = offset;
    stream_.seekg(static_cast<std::streamoff>(at_));
    fill();
    const std::size_t line_feed = text().find('\n');
    if (line_feed == std::string_view::npos && !at_end_) give_up();
    used_ = line_feed == std::string_view::npos ? size_ : line_feed + 1;
  }

  [[nodiscard]] std::string_view text() const { return {buffer_.data(), size_}; }

  // Reads on behind what the buffer holds. A last line is ended if it is not.
  void fill() {
    stream_.read(buffer_.data() + size_, static_cast<std::streamsize>(window_bytes - 1 - size_));
    const auto got = static_cast<std::size_t>(stream_.gcount());
    if (stream_.bad()) give_up();
    size_ += got;
    lines_.read_ += got;
    at_end_ = stream_.eof();
    if (at_end_ && size_ > 0 && buffer_[size_ - 1] != '\n') buffer_[size_++] = '\n';
  }

  // Whole lines of this part into the buffer; false when there are no more.
  bool read_lines() {
    if (!lines_.plain_) give_up();
    at_ += used_;
    std::memmove(buffer_.data(), buffer_.data() + used_, size_ - used_);
    size_ -= used_;
    used_ = 0;
    if (at_ >= end_) return false;
    if (!at_end_) fill();
    if (size_ == 0) return false;
    std::size_t line_feed = text().rfind('\n');
    if (line_feed == std::string_view::npos) give_up();
    if (at_ + line_feed >= end_) line_feed = text().find('\n', static_cast<std::size_t>(end_ - at_) - 1);
    used_ = line_feed + 1;
    cut();
    return true;
  }

  void cut() {
    const std::string_view whole = text().substr(0, used_);
    separators_.find(whole, lines_.delimiter_);
    const std::uint32_t* const positions = separators_.positions();
    rows_ = separators_.line_feeds();
    row_ = 0;
    const std::size_t fields = lines_.fields_;
    bool plain = !separators_.foreign() && separators_.count() == rows_ * fields;
    for (std::size_t row = 1; plain && row <= rows_; ++row) plain = whole[positions[row * fields]] == '\n';
    if (!plain || (separators_.non_ascii() && !is_utf8(whole))) give_up();
  }

  [[nodiscard]] bool is_null(std::string_view value) const {
    return value.empty() || (!lines_.nulls_.empty() &&
                             std::find(lines_.nulls_.begin(), lines_.nulls_.end(), value) != lines_.nulls_.end());
  }

  void put(std::size_t field, std::uint64_t count, duck::TextOutput& column) const {
    const char* const bytes = buffer_.data();
    const std::uint32_t* before = separators_.positions() + row_ * lines_.fields_ + field;
    for (std::uint64_t row = 0; row < count; ++row, before += lines_.fields_) {
      const std::uint32_t begin = before[0] + 1;
      const std::string_view value(bytes + begin, before[1] - begin);
      if (is_null(value))
        column.set_null(row);
      else
        column.set(row, value);
    }
  }

  const PlainLines& lines_;
  const PlainLines::File& file_;
  std::uint64_t end_;
  std::vector<std::size_t> wanted_;
  std::ifstream stream_;
  bool at_end_ = false;  // of the file
  std::string buffer_;   // begins at a line, but for the first bytes that are passed over
  std::size_t size_ = 0;
  std::size_t used_ = 0;  // bytes of the lines that were cut
  std::uint64_t at_ = 0;  // the buffer's first byte in the file
  Separators separators_{window_bytes};
  std::uint64_t rows_ = 0;  // in the buffer
  std::uint64_t row_ = 0;   // of these, the next
};

PlainLines::PlainLines(std::vector<File> files, char delimiter, std::size_t fields, std::vector<std::string> nulls,
                       unsigned threads)
    : files_(std::move(files)), delimiter_(delimiter), fields_(fields), nulls_(std::move(nulls)) {
  for (const File& file : files_) bytes_ += file.size - std::min(file.first, file.size);
  std::uint64_t left = bytes_;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    std::uint64_t begin = std::min(files_[i].first, files_[i].size);
    do {
      const std::uint64_t wanted = std::max({left / (std::uint64_t{2} * threads), bytes_ / smallest_share, least_part});
      const std::uint64_t end = files_[i].size - begin > wanted ? begin + wanted : files_[i].size;
      parts_.push_back({i, begin, end});
      left -= end - begin;
      begin = end;
    } while (begin < files_[i].size);
  }
}

std::unique_ptr<duck::TextRows> PlainLines::open(std::size_t part, std::vector<std::size_t> wanted) const {
  return std::make_unique<PlainPart>(*this, parts_.at(part), std::move(wanted));
}

double PlainLines::share_read() const {
  return bytes_ == 0 ? 1.0 : std::min(1.0, static_cast<double>(read_) / static_cast<double>(bytes_));
}

}  // namespace mlsys::data
