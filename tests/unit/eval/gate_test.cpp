#include <doctest/doctest.h>

#include <cmath>

#include "mlsys/base/error.hpp"
#include "mlsys/eval/gate.hpp"

namespace mlsys::eval {

using metrics::Family;
using metrics::Metric;
using metrics::Value;

TEST_CASE("a requirement is one metric, one comparison and one number") {
  const Gate gate = parse_gate("  roc_auc >=0.75 ");
  CHECK(gate.metric == metrics::MetricSpec{Metric::roc_auc, {}});
  CHECK(gate.compare == Compare::at_least);
  CHECK(gate.bound == 0.75);
  CHECK(gate.expression == "roc_auc >=0.75");
  CHECK(parse_gate("ndcg@10 > -1e-3").metric == metrics::MetricSpec{Metric::ndcg, 10});
  CHECK(parse_gate("rmse<=3").compare == Compare::at_most);
  CHECK(parse_gate("rmse<3").compare == Compare::below);
  CHECK(parse_gate("rmse!=3").compare == Compare::different);
  CHECK(parse_gate("rmse == 3").compare == Compare::equal);
}

TEST_CASE("everything else is refused as usage") {
  for (const char* text : {"",
                           " ",
                           "roc_auc",
                           "roc_auc 0.5",
                           ">= 0.5",
                           "roc_auc >=",
                           "roc_auc >= x",
                           "roc_auc >= 0.5x",
                           "roc_auc => 0.5",
                           "roc_auc = 0.5",
                           "roc_auc ! 0.5",
                           "roc_auc >= nan",
                           "roc_auc >= inf",
                           "roc_auc >= 0.5 and f1 >= 0.5",
                           "roc_auc >= 0.5 0.6",
                           "roc_acu >= 0.5",
                           "ndcg@ >= 0.5",
                           "roc_auc@3 >= 0.5",
                           "roc_auc >>= 0.5",
                           "roc_auc >= >= 0.5",
                           "0.5 <= roc_auc"}) {
    CAPTURE(text);
    try {
      parse_gate(text);
      FAIL("accepted");
    } catch (const Error& error) {
      CHECK(error.code() == Code::usage);
      CHECK_FALSE(error.hint().empty());
    }
  }
  CHECK_THROWS_AS(parse_gate("rmse <= 3", Family::binary), Error);
  CHECK_THROWS_AS(parse_gate("precision >= 0.5", Family::ranking), Error);
  CHECK_NOTHROW(parse_gate("precision@5 >= 0.5", Family::ranking));
}

TEST_CASE("comparisons at, above and below the bound") {
  const auto passes = [](const char* text, double value) {
    return check_gate(parse_gate(text), Value::of(value), "d").passed;
  };
  CHECK(passes("f1 >= 0.5", 0.5));
  CHECK_FALSE(passes("f1 > 0.5", 0.5));
  CHECK(passes("f1 <= 0.5", 0.5));
  CHECK_FALSE(passes("f1 < 0.5", 0.5));
  CHECK(passes("f1 == 0.5", 0.5));
  CHECK_FALSE(passes("f1 != 0.5", 0.5));
  CHECK_FALSE(passes("f1 >= 0.5", 0.4999999999999999));
}

TEST_CASE("the reason has as few digits as show on which side of the bound the value is") {
  const auto reason = [](const char* text, double value) {
    return check_gate(parse_gate(text), Value::of(value), "d").reason;
  };
  CHECK(reason("f1 >= 0.7", 0.616278704168236) == "f1 is 0.6163");
  CHECK(reason("f1 >= 0.7", 0.69999612345) == "f1 is 0.699996");
  CHECK(reason("f1 >= 0.7", 0.7) == "f1 is 0.7");
  CHECK(reason("f1 >= 0.7", std::nextafter(0.7, 0)) == "f1 is 0.6999999999999998");
  CHECK(reason("rmse <= 12345", 12345.25) == "rmse is 12345.2");
}

TEST_CASE("an undefined value never passes, whatever the comparison") {
  for (const char* op : {">=", ">", "<=", "<", "==", "!="}) {
    const Gate gate = parse_gate(std::string("f1 ") + op + " 0");
    const GateResult undefined = check_gate(gate, Value::undefined("only positive rows"), "f1{threshold=0.5}");
    CHECK_FALSE(undefined.passed);
    CHECK(undefined.reason == "f1 is undefined: only positive rows");
    CHECK_FALSE(check_gate(gate, Value::of(std::nan("")), "d").passed);
  }
}

}  // namespace mlsys::eval
