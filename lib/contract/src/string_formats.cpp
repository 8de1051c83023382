#include "string_formats.hpp"

#include <array>
#include <utility>

namespace mlsys::contract {
namespace {

constexpr auto known_formats = std::to_array<std::pair<std::string_view, std::string_view>>({
    // As browsers take it: https://html.spec.whatwg.org/#valid-e-mail-address
    {"email",
     "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
     "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"},
    // RFC 3986: a scheme, and only characters that a URI may have; percent signs begin two hexadecimal digits.
    {"uri", "[a-zA-Z][a-zA-Z0-9+.-]*:(?:[a-zA-Z0-9._~:/?#\\[\\]@!$&'()*+,;=-]|%[0-9a-fA-F]{2})+"},
    // RFC 9562
    {"uuid", "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"},
    // Base64, RFC 4648
    {"binary", "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"},
});

}  // namespace

std::optional<std::string> string_format(std::string_view name) {
  for (const auto& [known, pattern] : known_formats)
    if (known == name) return std::string(pattern);
  return std::nullopt;
}

std::vector<std::string> string_formats() {
  std::vector<std::string> names = {"default"};
  for (const auto& [name, pattern] : known_formats) names.emplace_back(name);
  return names;
}

}  // namespace mlsys::contract
