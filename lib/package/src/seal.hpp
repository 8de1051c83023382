// The skippable zstd frame at the end of a package that carries the SHA-256 of everything before it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlsys::package {

inline constexpr std::size_t seal_bytes = 40;

// The seal for a file whose bytes so far have the digest `sha256` (64 hexadecimal digits).
std::string make_seal(std::string_view sha256);

}  // namespace mlsys::package
