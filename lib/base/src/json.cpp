#include "mlsys/base/json.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "mlsys/base/text.hpp"

namespace mlsys {
namespace {

constexpr std::size_t max_depth = 200;

// Walks the text and tells the handler below how far the parser has come, for the errors that only we detect.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* count) : at_(at), count_(count) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*count_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* count_;
};

// Builds the document without recursion; refuses what the vendor's own handler lets through.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(std::string_view text, const std::size_t* count) : text_(text), count_(count) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& /*token*/) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*count*/) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*count*/) override { return open(Json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& value) override {
    if (!open_.back().keys.insert(value).second) {
      why_ = "key " + quoted(value, 60) + " appears twice in one object";
      offset_ = key_start();
      return false;
    }
    key_ = std::move(value);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception& error) override {
    constexpr int number_overflow = 406;
    offset_ = position == 0 ? 0 : position - 1;
    if (error.id == number_overflow) {
      why_ = "the number " + quoted(token, 40) + " is too large";
      return false;
    }
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing value - WHY"
    std::string_view why = error.what();
    if (const auto end = why.find("] "); end != why.npos) why.remove_prefix(end + 2);
    if (const auto end = why.find(": "); end != why.npos) why.remove_prefix(end + 2);
    if (const auto end = why.find(" - "); end != why.npos) why.remove_prefix(end + 3);
    why_ = why;
    // The token may be huge and hold anything at all.
    const std::string last_read = "; last read: '" + token + "'";
    if (const auto at = why_.find(last_read); at != std::string::npos) {
      why_.erase(at, last_read.size());
      if (!trim(token).empty()) why_ += " (read: " + quoted(token, 40) + ")";
    }
    return false;
  }

  Json take() { return std::move(root_); }
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] std::size_t offset() const { return offset_; }

 private:
  struct Level {
    Json* value;
    std::unordered_set<std::string> keys;
  };

  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back().value;
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    // Not operator[], which searches all the keys before.
    auto& members = parent.get_ref<Json::object_t&>();
    members.emplace_back(std::move(key_), std::move(value));
    return &members.back().second;
  }

  bool add(Json value) {
    place(std::move(value));
    return true;
  }

  bool open(Json value) {
    if (open_.size() == max_depth) {
      why_ = "nested deeper than " + std::to_string(max_depth) + " levels";
      offset_ = *count_ == 0 ? 0 : *count_ - 1;
      return false;
    }
    Json* placed = place(std::move(value));
    open_.push_back({placed, {}});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  // The parser stands behind the key's closing quote.
  [[nodiscard]] std::size_t key_start() const {
    std::size_t at = *count_ < 2 ? 0 : *count_ - 2;
    for (; at > 0; --at) {
      if (text_[at] != '"') continue;
      std::size_t slashes = 0;
      while (slashes < at && text_[at - 1 - slashes] == '\\') ++slashes;
      if (slashes % 2 == 0) break;
    }
    return at;
  }

  std::string_view text_;
  const std::size_t* count_;
  Json root_;
  std::vector<Level> open_;
  std::string key_;
  std::string why_ = "not valid JSON";
  std::size_t offset_ = 0;
};

std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto newline = before.rfind('\n');
  const std::string_view row = newline == before.npos ? before : before.substr(newline + 1);
  const auto column = 1 + std::count_if(row.begin(), row.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string kind_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::string:
      return "text";
    case Json::value_t::boolean:
      return "true or false";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return "a number";
    default:
      return "something else";
  }
}

std::string not_a(std::string_view wanted, const Json& value) {
  return "must be " + std::string(wanted) + ", not " + kind_of(value);
}

}  // namespace

Json parse_json(std::string_view text, std::string_view subject, Code code) {
  std::size_t count = 0;
  Builder builder(text, &count);
  const auto fail = [&](std::size_t offset, std::string_view why) {
    throw Error(code, std::string(subject) + ": " + place_of(text, offset) + ": " + std::string(why));
  };
  // The vendor's parser takes a zero byte for the end.
  if (const auto zero = text.find('\0'); zero != text.npos) fail(zero, "a zero byte is not JSON");
  if (trim(text).empty()) fail(0, "there is nothing in it; expected a JSON document");
  const CountingIterator first(text.data(), &count);
  const CountingIterator last(text.data() + text.size(), &count);
  if (!Json::sax_parse(first, last, &builder)) fail(builder.offset(), builder.why());
  return builder.take();
}

std::string to_text(const Json& value) { return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string to_line(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

int check_schema(const Json& document, std::string_view name, int newest, std::string_view subject) {
  const std::string expected = std::string(name) + "/" + std::to_string(newest);
  const std::string start = std::string(subject) + ": ";
  if (!document.is_object()) throw Error(Code::usage, start + not_a("an object", document));
  const auto found = document.find("schema");
  if (found == document.end())
    throw Error(Code::usage, start + "key 'schema' is missing", "expected \"schema\": \"" + expected + "\"");
  if (!found->is_string()) throw Error(Code::usage, start + "key 'schema' " + not_a("text", *found));
  const auto& schema = found->get_ref<const std::string&>();
  const auto slash = schema.rfind('/');
  std::optional<std::int64_t> number;
  if (slash != std::string::npos && schema.substr(0, slash) == name) {
    const std::string digits = schema.substr(slash + 1);
    if (!digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos) number = parse_int(digits);
  }
  if (!number || *number < 1)
    throw Error(Code::usage, start + "schema is " + quoted(schema) + ", expected '" + expected + "'");
  if (*number > newest)
    throw Error(Code::usage, start + "schema " + quoted(schema) + " is newer than this mlsys reads (" + expected + ")",
                "upgrade mlsys");
  return static_cast<int>(*number);
}

bool is_document(const std::filesystem::path& path, std::string_view schema) {
  if (path.extension() != ".json") return false;
  std::ifstream stream(path, std::ios::binary);
  std::string head(256, '\0');
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  return head.find("\"" + std::string(schema) + "/") != std::string::npos;
}

ObjectReader::ObjectReader(const Json& object, std::string subject) : json_(object), subject_(std::move(subject)) {
  if (!json_.is_object()) throw Error(Code::usage, subject_ + ": " + not_a("an object", json_));
}

bool ObjectReader::has(std::string_view key) {
  known_.emplace(key);
  return json_.contains(key);
}

const Json* ObjectReader::maybe(std::string_view key) {
  seen_.emplace(key);
  const auto found = json_.find(key);
  return found == json_.end() ? nullptr : &*found;
}

const Json& ObjectReader::any(std::string_view key) {
  const Json* found = maybe(key);
  if (found == nullptr) fail(key, "is missing");
  return *found;
}

std::string ObjectReader::text(std::string_view key) {
  const Json& value = any(key);
  if (!value.is_string()) fail(key, not_a("text", value));
  return value.get<std::string>();
}

std::string ObjectReader::text(std::string_view key, std::string fallback) {
  return maybe(key) == nullptr ? std::move(fallback) : text(key);
}

std::int64_t ObjectReader::integer(std::string_view key) {
  const Json& value = any(key);
  if (!value.is_number()) fail(key, not_a("a whole number", value));
  // What does not fit 64 bits has become a floating-point number.
  if (!value.is_number_integer()) fail(key, "must be a whole number of at most 18 digits, not " + value.dump());
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) fail(key, "is too large");
  return value.get<std::int64_t>();
}

std::int64_t ObjectReader::integer(std::string_view key, std::int64_t fallback) {
  return maybe(key) == nullptr ? fallback : integer(key);
}

double ObjectReader::number(std::string_view key) {
  const Json& value = any(key);
  if (!value.is_number()) fail(key, not_a("a number", value));
  return value.get<double>();
}

double ObjectReader::number(std::string_view key, double fallback) {
  return maybe(key) == nullptr ? fallback : number(key);
}

bool ObjectReader::boolean(std::string_view key, bool fallback) {
  const Json* value = maybe(key);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) fail(key, not_a("true or false", *value));
  return value->get<bool>();
}

std::vector<std::string> ObjectReader::texts(std::string_view key) {
  std::vector<std::string> result;
  if (maybe(key) == nullptr) return result;
  for (const Json& value : array(key)) {
    if (!value.is_string()) fail(std::string(key) + "[" + std::to_string(result.size()) + "]", not_a("text", value));
    result.push_back(value.get<std::string>());
  }
  return result;
}

std::optional<double> ObjectReader::maybe_number(std::string_view key) {
  const Json* value = maybe(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return number(key);
}

std::optional<std::string> ObjectReader::maybe_text(std::string_view key) {
  const Json* value = maybe(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return text(key);
}

const Json& ObjectReader::array(std::string_view key) {
  const Json& value = any(key);
  if (!value.is_array()) fail(key, not_a("an array", value));
  return value;
}

const Json& ObjectReader::object(std::string_view key) {
  const Json& value = any(key);
  if (!value.is_object()) fail(key, not_a("an object", value));
  return value;
}

void ObjectReader::ignore(std::string_view key) { seen_.emplace(key); }

void ObjectReader::finish() const {
  for (const auto& member : json_.items()) {
    if (seen_.contains(member.key())) continue;
    std::vector<std::string> unused;  // a key that is there already is not what was meant
    for (const auto* keys : {&seen_, &known_})
      for (const std::string& key : *keys)
        if (!json_.contains(key)) unused.push_back(key);
    throw Error(Code::usage, subject_ + ": unknown key " + quoted(member.key()), did_you_mean(member.key(), unused));
  }
}

void ObjectReader::fail(std::string_view key, std::string_view why) const {
  std::vector<std::string> strangers;
  if (!json_.contains(key))
    for (const auto& member : json_.items())
      if (!seen_.contains(member.key())) strangers.push_back(member.key());
  const auto written = closest(key, strangers);
  throw Error(Code::usage, subject_ + ": key " + quoted(key) + " " + std::string(why),
              written ? "did you mean " + quoted(key) + " by " + quoted(*written) + "?" : "");
}

}  // namespace mlsys
