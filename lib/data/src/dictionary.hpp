// Categories by their text, found by hash.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlsys::data {

class Dictionary {
 public:
  static constexpr std::int32_t unseen = -2;

  explicit Dictionary(const std::vector<std::string>& categories) : categories_(categories) {
    codes_.reserve(categories_.size());
    for (std::size_t i = 0; i < categories_.size(); ++i) codes_.emplace(categories_[i], static_cast<std::int32_t>(i));
  }
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;
  ~Dictionary() = default;

  [[nodiscard]] std::int32_t code(std::string_view text) const {
    const auto found = codes_.find(text);
    return found == codes_.end() ? unseen : found->second;
  }
  [[nodiscard]] const std::vector<std::string>& categories() const { return categories_; }

 private:
  std::vector<std::string> categories_;
  std::unordered_map<std::string_view, std::int32_t> codes_;
};

}  // namespace mlsys::data
