#include "mlsys/metrics/multiclass.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "checks.hpp"
#include "mlsys/base/text.hpp"
#include "sum.hpp"

namespace mlsys::metrics {

namespace {

using Matrix = std::vector<std::vector<double>>;

struct Margins {
  std::vector<double> labels;     // weight of each true class
  std::vector<double> predicted;  // weight of each predicted class
  double all = 0;
  double right = 0;
};

Margins margins(const Matrix& matrix) {
  Margins m{std::vector<double>(matrix.size()), std::vector<double>(matrix.size()), 0, 0};
  for (std::size_t t = 0; t < matrix.size(); ++t) {
    for (std::size_t p = 0; p < matrix.size(); ++p) {
      m.labels[t] += matrix[t][p];
      m.predicted[p] += matrix[t][p];
    }
    m.all += m.labels[t];
    m.right += matrix[t][t];
  }
  return m;
}

// The mean of numerator(c) / denominator(c) over the classes that occur.
template <class Numerator, class Denominator>
Value macro(const Margins& m, std::span<const std::string> names, Numerator numerator, Denominator denominator,
            const char* why) {
  Sum sum;
  std::size_t count = 0;
  for (std::size_t c = 0; c < m.labels.size(); ++c) {
    if (m.labels[c] == 0 && m.predicted[c] == 0) continue;
    if (!(denominator(c) > 0)) return Value::undefined(fmt::format("{} {}", class_text(c, names), why));
    sum.add(numerator(c) / denominator(c));
    ++count;
  }
  if (count == 0) return Value::undefined("no rows with weight");
  return Value::of(sum.total() / static_cast<double>(count));
}

double weight_of(const MulticlassData& data, std::size_t row, Times times) {
  const double weight = data.weights.empty() ? 1.0 : data.weights[row];
  return times.empty() ? weight : weight * times[row];
}

// Why the rows are no distributions over the classes; empty when they are.
std::string not_distributions(const MulticlassData& data) {
  for (std::size_t row = 0; row < data.labels.size(); ++row) {
    double sum = 0;
    for (std::size_t c = 0; c < data.classes; ++c) {
      const double p = data.scores[row * data.classes + c];
      if (!(p >= 0 && p <= 1)) return fmt::format("the scores are no probabilities: row {} has {}", row + 1, p);
      sum += p;
    }
    if (std::abs(sum - 1) > 1e-3) return fmt::format("the probabilities of row {} sum to {}, not to 1", row + 1, sum);
  }
  return {};
}

}  // namespace

void check(const MulticlassData& data) {
  if (data.classes < 2) throw Error(Code::failed, "cannot compute metrics: there must be at least two classes");
  check_length(data.scores.size(), data.labels.size() * data.classes, "label-class pairs");
  check_weights(data.weights, data.labels.size());
  for (std::size_t row = 0; row < data.labels.size(); ++row) {
    const std::int32_t label = data.labels[row];
    if (label < 0 || static_cast<std::size_t>(label) >= data.classes)
      refuse_row(row, fmt::format("the label is class number {} of {}", label, data.classes));
    for (std::size_t c = 0; c < data.classes; ++c)
      if (std::isnan(data.scores[row * data.classes + c])) refuse_row(row, "a score is missing or not a number");
  }
}

std::vector<std::int32_t> predicted_classes(const MulticlassData& data) {
  std::vector<std::int32_t> predicted(data.labels.size());
  for (std::size_t row = 0; row < predicted.size(); ++row) {
    std::size_t best = 0;
    for (std::size_t c = 1; c < data.classes; ++c)
      if (data.scores[row * data.classes + c] > data.scores[row * data.classes + best]) best = c;
    predicted[row] = static_cast<std::int32_t>(best);
  }
  return predicted;
}

Matrix confusion_matrix(std::span<const std::int32_t> labels, std::span<const std::int32_t> predicted,
                        std::size_t classes, Reals weights, Times times) {
  std::vector<Sum> sums(classes * classes);
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const double weight = (weights.empty() ? 1.0 : weights[row]) * (times.empty() ? 1.0 : times[row]);
    sums[static_cast<std::size_t>(labels[row]) * classes + static_cast<std::size_t>(predicted[row])].add(weight);
  }
  Matrix matrix(classes, std::vector<double>(classes));
  for (std::size_t t = 0; t < classes; ++t)
    for (std::size_t p = 0; p < classes; ++p) matrix[t][p] = sums[t * classes + p].total();
  return matrix;
}

std::string class_text(std::size_t index, std::span<const std::string> names) {
  return index < names.size() ? "class " + quoted(names[index]) : fmt::format("class number {}", index);
}

Value accuracy(const Matrix& matrix) {
  const Margins m = margins(matrix);
  return m.all > 0 ? Value::of(m.right / m.all) : Value::undefined("no rows with weight");
}

Value balanced_accuracy(const Matrix& matrix) {
  const Margins m = margins(matrix);
  Sum sum;
  std::size_t present = 0;
  for (std::size_t c = 0; c < matrix.size(); ++c) {
    if (!(m.labels[c] > 0)) continue;
    sum.add(matrix[c][c] / m.labels[c]);
    ++present;
  }
  if (present < 2) return Value::undefined(present == 0 ? "no rows with weight" : "only one class among the labels");
  return Value::of(sum.total() / static_cast<double>(present));
}

Value macro_precision(const Matrix& matrix, std::span<const std::string> names) {
  const Margins m = margins(matrix);
  return macro(
      m, names, [&](std::size_t c) { return matrix[c][c]; }, [&](std::size_t c) { return m.predicted[c]; },
      "is never predicted");
}

Value macro_recall(const Matrix& matrix, std::span<const std::string> names) {
  const Margins m = margins(matrix);
  return macro(
      m, names, [&](std::size_t c) { return matrix[c][c]; }, [&](std::size_t c) { return m.labels[c]; },
      "is predicted but has no rows");
}

Value macro_f1(const Matrix& matrix, std::span<const std::string> names) {
  const Margins m = margins(matrix);
  return macro(
      m, names, [&](std::size_t c) { return 2 * matrix[c][c]; },
      [&](std::size_t c) { return m.labels[c] + m.predicted[c]; }, "has no rows");
}

Value mcc(const Matrix& matrix) {
  const Margins m = margins(matrix);
  if (!(m.all > 0)) return Value::undefined("no rows with weight");
  Sum both;
  Sum labels;
  Sum predicted;
  for (std::size_t c = 0; c < matrix.size(); ++c) {
    both.add(m.labels[c] / m.all * (m.predicted[c] / m.all));
    labels.add(m.labels[c] / m.all * (m.labels[c] / m.all));
    predicted.add(m.predicted[c] / m.all * (m.predicted[c] / m.all));
  }
  if (labels.total() >= 1) return Value::undefined("only one class among the labels");
  if (predicted.total() >= 1) return Value::undefined("every row is predicted as the same class");
  return Value::of((m.right / m.all - both.total()) / std::sqrt((1 - predicted.total()) * (1 - labels.total())));
}

Value kappa(const Matrix& matrix) {
  const Margins m = margins(matrix);
  if (!(m.all > 0)) return Value::undefined("no rows with weight");
  Sum expected;
  for (std::size_t c = 0; c < matrix.size(); ++c) expected.add(m.labels[c] / m.all * (m.predicted[c] / m.all));
  if (expected.total() >= 1) return Value::undefined("labels and predictions are all of one class");
  return Value::of((m.right / m.all - expected.total()) / (1 - expected.total()));
}

ProbabilityStatistics probability_statistics(const MulticlassData& data, double clip, Times times) {
  if (const std::string why = not_distributions(data); !why.empty())
    return {Value::undefined(why), Value::undefined(why)};
  Sum loss;
  Sum squares;
  Sum all;
  for (std::size_t row = 0; row < data.labels.size(); ++row) {
    const double weight = weight_of(data, row, times);
    if (weight == 0) continue;
    const auto label = static_cast<std::size_t>(data.labels[row]);
    double square = 0;
    for (std::size_t c = 0; c < data.classes; ++c) {
      const double difference = data.scores[row * data.classes + c] - (c == label ? 1.0 : 0.0);
      square += difference * difference;
    }
    loss.add(-weight * std::log(std::clamp(data.scores[row * data.classes + label], clip, 1 - clip)));
    squares.add(weight * square);
    all.add(weight);
  }
  if (!(all.total() > 0)) return {Value::undefined("no rows with weight"), Value::undefined("no rows with weight")};
  return {Value::of(loss.total() / all.total()), Value::of(squares.total() / all.total())};
}

RankedScores top_label(const MulticlassData& data, unsigned threads) {
  const std::vector<std::int32_t> predicted = predicted_classes(data);
  std::vector<double> confidence(predicted.size());
  std::vector<std::uint8_t> right(predicted.size());
  for (std::size_t row = 0; row < predicted.size(); ++row) {
    confidence[row] = data.scores[row * data.classes + static_cast<std::size_t>(predicted[row])];
    right[row] = predicted[row] == data.labels[row];
  }
  return RankedScores({confidence, right, data.weights}, threads);
}

RankedScores one_versus_rest(const MulticlassData& data, std::size_t positive, unsigned threads) {
  std::vector<double> scores(data.labels.size());
  std::vector<std::uint8_t> labels(data.labels.size());
  for (std::size_t row = 0; row < scores.size(); ++row) {
    scores[row] = data.scores[row * data.classes + positive];
    labels[row] = static_cast<std::size_t>(data.labels[row]) == positive;
  }
  return RankedScores({scores, labels, data.weights}, threads);
}

}  // namespace mlsys::metrics
