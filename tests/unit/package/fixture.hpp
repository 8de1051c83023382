#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "mlsys/base/error.hpp"
#include "mlsys/base/random.hpp"
#include "mlsys/bundle/bundle.hpp"

struct Caught {
  mlsys::Code code = mlsys::Code::ok;
  std::string message;
};

inline Caught caught(const std::function<void()>& action) {
  try {
    action();
  } catch (const mlsys::Error& error) {
    return {error.code(), error.message()};
  }
  return {};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// A bundle whose manifest is real and whose model is 20,000 bytes that compress by a half. It has no golden rows, so
// that nothing tries to score with it.
inline void make_bundle(const std::filesystem::path& directory) {
  mlsys::Random random(7);
  std::string model;
  for (int i = 0; i < 20'000; ++i) model += static_cast<char>(random.below(i % 100 < 50 ? 3 : 256));
  mlsys::bundle::Writer writer(directory);
  writer.add("model.ubj", model);
  writer.add("contract.json", "");
  mlsys::bundle::Manifest manifest;
  manifest.objective = "reg:squarederror";
  manifest.target.name = "y";
  manifest.roles.target = "y";
  manifest.features = {{"x", mlsys::data::ColumnType::real, mlsys::bundle::FeatureKind::numeric, {}}};
  manifest.inputs = {{"x", mlsys::data::ColumnType::real}, {"y", mlsys::data::ColumnType::real}};
  manifest.rounds = 1;
  manifest.versions = {{"mlsys", "0.1.0"}, {"xgboost", "3.4.1"}};
  manifest.created = "2026-01-01T00:00:00Z";
  writer.commit(manifest);
}
