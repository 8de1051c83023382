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

// A model of one leaf whose attribute makes it 20,000 bytes and more that compress by a half.
inline std::string make_model() {
  mlsys::Random random(7);
  std::string padding;
  for (int i = 0; i < 20'000; ++i) padding += static_cast<char>(' ' + 3 + random.below(i % 100 < 50 ? 3 : 54));
  return R"({"version":[3,4,1],"learner":{"attributes":{"padding":")" + padding +
         R"("},"feature_names":["x"],"feature_types":["float"],"learner_model_param":{"base_score":"[5E-1]",)"
         R"("num_class":"0","num_feature":"1","num_target":"1"},"objective":{"name":"reg:squarederror"},)"
         R"("gradient_booster":{"name":"gbtree","model":{"gbtree_model_param":{},"tree_info":[0],)"
         R"("iteration_indptr":[0,1],"trees":[{"id":0,"tree_param":{"num_nodes":"1"},"left_children":[-1],)"
         R"("right_children":[-1],"parents":[2147483647],"split_indices":[0],"split_conditions":[1E0],)"
         R"("default_left":[0]}]}}}})";
}

// A bundle whose manifest is real. It has no golden rows, so that nothing tries to score with it.
inline void make_bundle(const std::filesystem::path& directory) {
  mlsys::bundle::Writer writer(directory);
  writer.add("model.ubj", make_model());
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
