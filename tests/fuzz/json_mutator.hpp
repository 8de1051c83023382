// Mutates JSON by its structure: values are dropped, moved and replaced, where bytes that change blindly rarely leave a
// document that parses. To be included once, in a target whose input is JSON. Three of four mutations stay libFuzzer's.
// own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace fuzz {

using Document = nlohmann::ordered_json;

// A value and what holds it; the document itself is not one of them.
struct Place {
  Document* holder = nullptr;
  std::string key;        // of an object
  std::size_t index = 0;  // of an array
  [[nodiscard]] Document& value() const { return holder->is_object() ? (*holder)[key] : (*holder)[index]; }
};

// False for what is nested too deeply to be written again.
inline bool find_places(Document& document, std::vector<Place>& places, int depth = 0) {
  if (depth > 100) return false;
  if (!document.is_structured()) return true;
  bool fine = true;
  std::size_t index = 0;
  for (const auto& item : document.items()) {
    places.push_back({&document, document.is_object() ? item.key() : std::string(), index++});
    fine = fine && find_places(item.value(), places, depth + 1);
  }
  return fine;
}

inline const std::vector<Document>& odd_values() {
  using Double = std::numeric_limits<double>;
  static const std::vector<Document> values = {0,
                                               1,
                                               2,
                                               -1,
                                               std::numeric_limits<std::int64_t>::max(),
                                               std::numeric_limits<std::uint64_t>::max(),
                                               0.5,
                                               -0.0,
                                               1e17,
                                               0.1,
                                               Double::max(),
                                               Double::lowest(),
                                               Double::denorm_min(),
                                               true,
                                               false,
                                               nullptr,
                                               "",
                                               "x",
                                               "0",
                                               "007",
                                               "é",
                                               std::string(1, '\0'),
                                               Document::array(),
                                               Document::object()};
  return values;
}

// One random change. Empty where the bytes are no JSON that can be changed so.
inline std::string mutate_json(std::string_view bytes, std::minstd_rand& random) {
  Document document = Document::parse(bytes, nullptr, false);
  std::vector<Place> places;
  if (document.is_discarded() || !find_places(document, places) || places.empty()) return {};
  const Place place = places[random() % places.size()];
  const auto& odd = odd_values();
  switch (random() % 4) {
    case 0:
      if (place.holder->is_object())
        place.holder->erase(place.key);
      else
        place.holder->erase(place.index);
      break;
    case 1:
      place.value() = odd[random() % odd.size()];
      break;
    case 2: {
      const Document other = places[random() % places.size()].value();  // a copy: it may hold the place itself
      place.value() = other;
      break;
    }
    default:
      if (place.holder->is_array()) {
        const Document same = place.value();
        place.holder->push_back(same);
      } else {
        place.value() = odd[random() % odd.size()];
      }
  }
  return document.dump(-1, ' ', false, Document::error_handler_t::replace);
}

}  // namespace fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  std::minstd_rand random(seed);
  if (random() % 4 == 0) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const std::string changed = fuzz::mutate_json(bytes, random);
    if (!changed.empty() && changed.size() <= max_size) {
      std::memcpy(data, changed.data(), changed.size());
      return changed.size();
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
