// What a verb shows. stdout is the result, stderr is everything else. The mode (human, --json, -q) decides which of
// these calls print, so that a verb calls all of them and never asks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mlsys/base/export.hpp"
#include "mlsys/base/json_fwd.hpp"

namespace mlsys::frame {

enum class Mode { human, json, quiet };

enum class Tone { plain, good, bad, warn, strong, faint };

// Names and values come from files: nothing of them may steer the terminal, or look like a line of ours. Tables see to
// it by themselves.
MLSYS_EXPORT std::string printable(std::string_view text);

// A table fitted to the terminal: the widest text columns are cut with an ellipsis, numbers never.
class MLSYS_EXPORT Table {
 public:
  enum class Align { left, right };
  struct Cell {
    Cell() = default;
    // Implicit, so that a row is a list of texts. NOLINTBEGIN(google-explicit-constructor)
    Cell(std::string shown, Tone in = Tone::plain) : text(std::move(shown)), tone(in) {}
    Cell(const char* shown) : text(shown) {}
    // NOLINTEND(google-explicit-constructor)
    std::string text;
    Tone tone = Tone::plain;
  };
  void column(std::string_view title, Align align = Align::left);
  void row(std::vector<Cell> cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] const std::vector<std::pair<std::string, Align>>& columns() const { return columns_; }
  [[nodiscard]] const std::vector<std::vector<Cell>>& rows() const { return rows_; }

 private:
  std::vector<std::pair<std::string, Align>> columns_;
  std::vector<std::vector<Cell>> rows_;
};

class MLSYS_EXPORT Output {
 public:
  struct Stream {
    int fd;
    bool tty;
    bool colour;
    std::size_t width;  // terminal columns; without a terminal so many that nothing is cut
  };
  Output(Mode mode, bool verbose, Stream out, Stream err);

  [[nodiscard]] Mode mode() const { return mode_; }
  [[nodiscard]] const Stream& out_stream() const { return out_; }
  [[nodiscard]] const Stream& err_stream() const { return err_; }

  // stdout
  void document(const Json& document);    // --json only: the one result document
  void json_line(const Json& record);     // --json only: one record of a stream
  void id(std::string_view id);           // -q only: the id that scripts capture
  void line(std::string_view text = {});  // human only
  void table(const Table& table);         // human only
  void raw(std::string_view bytes);       // in every mode: data asked for on stdout

  // stderr
  void note(std::string_view text);         // not with -q
  void warn(std::string_view text);         // always
  void verbose(std::string_view text);      // with --verbose
  void error_text(std::string_view bytes);  // always, as it is

  // `text` coloured for stdout, or for stderr, when it may be.
  [[nodiscard]] std::string paint_error(Tone tone, std::string_view text) const;
  [[nodiscard]] std::string paint(Tone tone, std::string_view text) const;
  // False once stdout's reader has gone; output is dropped from then on.
  [[nodiscard]] bool open() const { return open_; }

 private:
  void write(const Stream& stream, std::string_view bytes);
  Mode mode_;
  bool verbose_;
  Stream out_;
  Stream err_;
  bool open_ = true;
};

// The words of `text` in lines of at most `columns`. What stands before it in the first line is as wide as `indent`,
// which stands before the others. A word that is wider has a line of its own.
MLSYS_EXPORT std::string wrapped(std::string_view text, std::string_view indent, std::size_t columns);

MLSYS_EXPORT std::string render(const Table& table, const Output::Stream& stream);

}  // namespace mlsys::frame
