#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "mlsys/track/track.hpp"

namespace mlsys::track {
namespace {

// Never reordered or shortened: names are the same for one id in every version.
constexpr std::array<std::string_view, 64> adjectives = {
    "able",   "amber",  "apt",    "bold",    "brave",   "brief",  "bright", "brisk",  "calm",   "candid", "clear",
    "clever", "cool",   "crisp",  "curious", "daring",  "deft",   "eager",  "early",  "even",   "fair",   "fine",
    "firm",   "fleet",  "fond",   "frank",   "fresh",   "gentle", "glad",   "golden", "grand",  "happy",  "hardy",
    "honest", "humble", "jolly",  "keen",    "kind",    "lively", "lucid",  "lucky",  "mellow", "merry",  "mild",
    "modest", "neat",   "nimble", "noble",   "patient", "plucky", "polite", "proud",  "quick",  "quiet",  "ready",
    "serene", "sharp",  "silver", "steady",  "sunny",   "swift",  "tidy",   "warm",   "witty"};
constexpr std::array<std::string_view, 64> nouns = {
    "badger", "bat",   "bear",    "beaver",  "bee",   "bison", "cat",    "condor", "crab",   "crane",  "cricket",
    "crow",   "deer",  "dingo",   "dolphin", "dove",  "duck",  "eagle",  "eel",    "elk",    "falcon", "ferret",
    "finch",  "fox",   "frog",    "gecko",   "goat",  "goose", "hare",   "hawk",   "heron",  "horse",  "ibis",
    "jackal", "jay",   "kestrel", "koala",   "lark",  "lemur", "lion",   "lynx",   "magpie", "marten", "mole",
    "moose",  "newt",  "otter",   "owl",     "panda", "pike",  "puffin", "quail",  "raven",  "robin",  "salmon",
    "seal",   "shrew", "sparrow", "stork",   "swan",  "tiger", "toad",   "trout",  "wren"};

}  // namespace

std::string run_name(std::string_view run_id) {
  // FNV-1a, then the high bits, which are mixed best.
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : run_id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  hash ^= hash >> 29;
  return fmt::format("{}-{}-{}", adjectives[(hash >> 50) % adjectives.size()], nouns[(hash >> 40) % nouns.size()],
                     hash % 1000);
}

}  // namespace mlsys::track
