// Builds package files by hand, so that they can be wrong in any way: tar headers by POSIX.1-1988 (ustar), zstd frames
// of uncompressed blocks by RFC 8878, and the seal. Shares no code with what it tests but SHA-256.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "mlsys/digest/digest.hpp"

namespace hostile {

struct Member {
  std::string name;
  std::string content;
  char type = '0';        // '0' file, '1' hard link, '2' symbolic link, '3' character device, '5' folder, '6' pipe
  std::string link = {};  // target of links
  std::uint64_t declared = UINT64_MAX;  // size in the header; the content's when left alone
};

inline std::string tar_header(const Member& member) {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
  const auto octal = [](std::uint64_t value, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(value));
    return std::string(text);
  };
  put(0, member.name.substr(0, 100));
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(member.declared == UINT64_MAX ? member.content.size() : member.declared, 11));
  put(136, "00000000000");
  put(148, "        ");
  header[156] = member.type;
  put(157, member.link.substr(0, 100));
  put(257, std::string("ustar\0"
                       "00",
                       8));
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6) + std::string("\0 ", 2));
  return header;
}

inline std::string tar(const std::vector<Member>& members) {
  std::string bytes;
  for (const Member& member : members) {
    bytes += tar_header(member) + member.content;
    bytes.resize((bytes.size() + 511) / 512 * 512, '\0');
  }
  return bytes + std::string(1024, '\0');
}

// One frame of raw blocks; a decoder gives back exactly `bytes`.
inline std::string zstd(const std::string& bytes) {
  std::string frame("\x28\xB5\x2F\xFD\x80\x58", 6);  // content size of four bytes, window of 2 MiB, no checksum
  const auto little = [&](std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) frame += static_cast<char>(value >> (8 * i));
  };
  little(bytes.size(), 4);
  constexpr std::size_t block = 100'000;
  for (std::size_t at = 0;; at += block) {
    const std::size_t size = std::min(block, bytes.size() - at);
    const bool last = at + size == bytes.size();
    little((size << 3) | (last ? 1U : 0U), 3);
    frame += bytes.substr(at, size);
    if (last) return frame;
  }
}

inline std::string sealed(const std::string& frame) {
  const std::string hex = mlsys::digest::sha256_hex(frame);
  std::string seal("\x5F\x2A\x4D\x18\x20\0\0\0", 8);
  for (std::size_t i = 0; i < hex.size(); i += 2) seal += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return frame + seal;
}

inline std::string package(const std::vector<Member>& members) { return sealed(zstd(tar(members))); }

// package.json for these members as they are. The model's digest is that of the member bundle.json.
inline Member manifest_of(std::vector<Member> members) {
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) { return a.name < b.name; });
  std::vector<mlsys::digest::FileDigest> files;
  std::string list;
  std::string digest = std::string(64, '0');
  for (const Member& member : members) {
    const std::uint64_t bytes = member.declared == UINT64_MAX ? member.content.size() : member.declared;
    files.push_back({member.name, mlsys::digest::sha256_hex(member.content), bytes});
    if (member.name == "bundle.json") digest = files.back().sha256;
    list += (list.empty() ? "" : ",") + std::string("{\"name\":\"") + files.back().name + "\",\"sha256\":\"" +
            files.back().sha256 + "\",\"bytes\":" + std::to_string(bytes) + "}";
  }
  return {"package.json",
          "{\"schema\":\"mlsys.package.manifest/1\",\"digest\":\"" + digest + "\",\"files\":[" + list + "]}"};
}

}  // namespace hostile
