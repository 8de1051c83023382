#include "mlsys/base/json.hpp"

#include "mlsys/eval/evaluate.hpp"

namespace mlsys::eval {

namespace {

Json number(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json metric_json(const MetricResult& result, bool with_definition) {
  Json json{{"value", number(result.value.value)},
            {"ci_low", number(result.interval.low)},
            {"ci_high", number(result.interval.high)}};
  if (with_definition) json["definition"] = result.definition;
  if (result.interval.low) json["ci_method"] = result.interval.method;
  if (!result.value.value) json["reason"] = result.value.reason;
  if (!result.interval.reason.empty()) json["ci_reason"] = result.interval.reason;
  return json;
}

Json metrics_json(const std::vector<MetricResult>& results, bool with_definition) {
  Json json = Json::object();
  for (const MetricResult& result : results)
    json[metrics::to_string(result.metric)] = metric_json(result, with_definition);
  return json;
}

Json comparison_json(const Comparison& c) {
  Json json{{"rival", c.rival},
            {"metric", c.metric},
            {"definition", c.definition},
            {"rival_definition", c.rival_definition},
            {"value", number(c.ours.value)},
            {"rival_value", number(c.theirs.value)},
            {"difference", number(c.difference.value)},
            {"ci_low", number(c.interval.low)},
            {"ci_high", number(c.interval.high)},
            {"ci_method", c.interval.method},
            {"p_value", number(c.p_value.value)}};
  const auto explain = [&](const char* key, const std::string& reason) {
    if (!reason.empty()) json[key] = reason;
  };
  explain("reason", c.ours.reason);
  explain("rival_reason", c.theirs.reason);
  explain("difference_reason", c.difference.reason);
  explain("ci_reason", c.interval.reason);
  explain("p_reason", c.p_value.reason);
  return json;
}

}  // namespace

Json to_json(const EvalReport& report) {
  Json json{{"schema", "mlsys.eval/1"}};
  if (!report.model.empty()) json["model"] = report.model;
  if (!report.model_digest.empty()) json["model_digest"] = report.model_digest;
  json["data"] = report.source;
  json["data_digest"] = report.data_digest;
  json["task"] = name_of(report.task);
  json["task_reason"] = report.task_reason;
  json["target"] = report.target;
  json["rows"] = report.rows;
  json["weight"] = report.weight;
  if (report.task == metrics::Family::ranking) {
    json["queries"] = report.queries;
    json["queries_skipped"] = report.queries_skipped;
  }
  if (!report.classes.empty()) {
    json["classes"] = Json::array();
    for (const auto& label : report.classes) json["classes"].push_back(bundle::label_to_json(label, report.class_type));
    json["class_weights"] = report.class_weights;
  }
  if (report.task == metrics::Family::binary)
    json["threshold"] = {{"value", report.threshold}, {"source", report.threshold_source}};
  json["metrics"] = metrics_json(report.metrics, true);
  json["ci_level"] = report.level;
  json["seed"] = report.seed;
  if (!report.confusion.empty()) json["confusion"] = report.confusion;
  if (!report.calibration.empty()) {
    json["calibration"] = Json::array();
    for (const auto& bin : report.calibration)
      json["calibration"].push_back({{"low", bin.low},
                                     {"high", bin.high},
                                     {"weight", bin.weight},
                                     {"predicted", bin.predicted},
                                     {"observed", bin.observed}});
  }
  json["slices"] = Json::array();
  for (const SliceResult& slice : report.slices)
    json["slices"].push_back({{"slice", slice.column + "=" + slice.value},
                              {"column", slice.column},
                              {"value", slice.value},
                              {"rows", slice.rows},
                              {"worst", slice.worst},
                              {"metrics", metrics_json(slice.metrics, false)}});
  if (report.comparison) json["comparison"] = comparison_json(*report.comparison);
  json["gates"] = Json::array();
  for (const GateResult& gate : report.gates) json["gates"].push_back(to_json(gate));
  json["warnings"] = report.warnings;
  json["verdict"] = report.passed ? "pass" : "fail";
  return json;
}

}  // namespace mlsys::eval
