#include "mlsys/metrics/inference.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "checks.hpp"
#include "mlsys/base/parallel.hpp"
#include "mlsys/base/random.hpp"
#include "sum.hpp"

namespace mlsys::metrics {

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

template <std::size_t N>
double polynomial(const std::array<double, N>& coefficients, double x) {
  double value = 0;
  for (std::size_t i = N; i-- > 0;) value = value * x + coefficients[i];
  return value;
}

// Why DeLong's variance does not exist; empty when it does.
std::string delong_obstacle(const RankedScores& ranked, const ClassWeights& all) {
  if (ranked.weighted()) return "DeLong's variance is for unweighted rows; use the bootstrap";
  if (all.positives < 2 || all.negatives < 2) return "fewer than two rows of a class";
  return {};
}

Interval no_interval(std::string method, std::string reason) {
  return {std::nullopt, std::nullopt, std::move(method), std::move(reason)};
}

// Quantile of ascending values by linear interpolation (Hyndman & Fan's type 7).
double quantile(const std::vector<double>& ascending, double q) {
  const double position = static_cast<double>(ascending.size() - 1) * q;
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (ascending[above] - ascending[below]) * (position - static_cast<double>(below));
}

// A difference that nothing speaks against, nor for: a few rows that all say the same are no sample of many.
PairedTest without_variance(double difference, std::string method) {
  const std::string why = "the difference has no variance on these rows";
  return {Value::of(difference), Value::undefined(why), no_interval(std::move(method), why)};
}

// Draws replicates [0, n) on ctx.threads threads; use(r, times) must not touch anything shared but its own slot.
template <class Use>
void draw_replicates(std::size_t units, const std::vector<std::vector<std::uint32_t>>& strata, std::uint32_t n,
                     Context& ctx, Use use) {
  const std::size_t workers = std::max(1U, ctx.threads);
  const std::size_t batch = workers * 8;
  std::vector<std::vector<std::uint16_t>> buffers(workers);
  ctx.progress->begin("bootstrap", n, "replicates");
  for (std::size_t first = 0; first < n; first += batch) {
    ctx.check_stop();
    const std::size_t last = std::min<std::size_t>(n, first + batch);
    parallel_for(workers, ctx.threads, [&](std::size_t worker) {
      std::vector<std::uint16_t>& times = buffers[worker];
      for (std::size_t r = first + worker; r < last; r += workers) {
        times.assign(units, 0);
        Random random(ctx.seed, r);
        for (const auto& stratum : strata)
          for (std::size_t i = 0; i < stratum.size(); ++i) ++times[stratum[random.below(stratum.size())]];
        use(r, Times(times));
      }
    });
    ctx.progress->update(last, "");
  }
  ctx.progress->end();
}

// The interval of the defined ones among `values`, which are NaN where undefined.
Interval percentile_interval(std::vector<double> values, double level) {
  const std::size_t all = values.size();
  std::erase_if(values, [](double v) { return std::isnan(v); });
  if (values.empty() || static_cast<double>(values.size()) < 0.95 * static_cast<double>(all))
    return no_interval("bootstrap", fmt::format("undefined in {} of {} replicates", all - values.size(), all));
  std::sort(values.begin(), values.end());
  return {quantile(values, (1 - level) / 2), quantile(values, (1 + level) / 2), "bootstrap", {}};
}

// For each row the share of the other class's rows that it is ranked rightly against, ties half.
std::vector<double> placements(const RankedScores& ranked, const ClassWeights& all) {
  std::vector<double> out(ranked.rows());
  std::size_t begin = 0;
  double positives_above = 0;
  double negatives_above = 0;
  ranked.visit_groups({}, [&](double, double p, double n) {
    const auto end = begin + static_cast<std::size_t>(p + n);
    for (std::size_t i = begin; i < end; ++i)
      out[ranked.order()[i]] = ranked.labels()[i] != 0 ? (all.negatives - negatives_above - n / 2) / all.negatives
                                                       : (positives_above + p / 2) / all.positives;
    positives_above += p;
    negatives_above += n;
    begin = end;
  });
  return out;
}

}  // namespace

double normal_quantile(double p) {
  // Wichura, Algorithm AS 241, Applied Statistics 37 (1988), PPND16.
  static constexpr std::array a{3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr std::array b{1.0,
                                4.2313330701600911252e+1,
                                6.8718700749205790830e+2,
                                5.3941960214247511077e+3,
                                2.1213794301586595867e+4,
                                3.9307895800092710610e+4,
                                2.8729085735721942674e+4,
                                5.2264952788528545610e+3};
  static constexpr std::array c{1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr std::array d{1.0,
                                2.05319162663775882187e0,
                                1.67638483018380384940e0,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
  static constexpr std::array e{6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr std::array f{1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double tail = q < 0 ? p : 1 - p;
  if (!(tail > 0)) return q < 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  const double r = std::sqrt(-std::log(tail));
  const double z =
      r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6) : polynomial(e, r - 5) / polynomial(f, r - 5);
  return q < 0 ? -z : z;
}

double two_sided_p(double z) { return std::erfc(std::abs(z) / std::numbers::sqrt2); }

Value delong_variance(const RankedScores& ranked) {
  const ClassWeights all = class_weights(ranked);
  if (const std::string why = delong_obstacle(ranked, all); !why.empty()) return Value::undefined(why);
  const double auc = *rank_statistics(ranked).roc_auc.value;
  Sum among_positives;
  Sum among_negatives;
  double positives_above = 0;
  double negatives_above = 0;
  ranked.visit_groups({}, [&](double, double p, double n) {
    const double of_positive = (all.negatives - negatives_above - n / 2) / all.negatives - auc;
    const double of_negative = (positives_above + p / 2) / all.positives - auc;
    among_positives.add(p * of_positive * of_positive);
    among_negatives.add(n * of_negative * of_negative);
    positives_above += p;
    negatives_above += n;
  });
  return Value::of(among_positives.total() / (all.positives - 1) / all.positives +
                   among_negatives.total() / (all.negatives - 1) / all.negatives);
}

Interval delong_interval(const RankedScores& ranked, double level) {
  const Value variance = delong_variance(ranked);
  if (!variance.value) return no_interval("delong", variance.reason);
  if (!(*variance.value > 0)) return no_interval("delong", "the placements have no variance on these rows");
  const double auc = *rank_statistics(ranked).roc_auc.value;
  const double reach = normal_quantile((1 + level) / 2) * std::sqrt(*variance.value);
  return {std::max(0.0, auc - reach), std::min(1.0, auc + reach), "delong", {}};
}

PairedTest delong_test(Reals first, Reals second, Reals labels, double level, unsigned threads) {
  const RankedScores a({first, labels, {}}, threads);
  const RankedScores b({second, labels, {}}, threads);
  const ClassWeights all = class_weights(a);
  if (const std::string why = delong_obstacle(a, all); !why.empty())
    return {Value::undefined(why), Value::undefined(why), no_interval("delong", why)};
  const std::vector<double> places_a = placements(a, all);
  const std::vector<double> places_b = placements(b, all);
  const double difference = *rank_statistics(a).roc_auc.value - *rank_statistics(b).roc_auc.value;
  Sum squares[2];
  for (std::size_t row = 0; row < places_a.size(); ++row) {
    const double off = places_a[row] - places_b[row] - difference;
    squares[labels[row] != 0.0 ? 1 : 0].add(off * off);
  }
  const double variance = squares[1].total() / (all.positives - 1) / all.positives +
                          squares[0].total() / (all.negatives - 1) / all.negatives;
  PairedTest out;
  out.difference = Value::of(difference);
  if (!(variance > 0) && difference != 0) return without_variance(difference, "delong");
  const double reach = normal_quantile((1 + level) / 2) * std::sqrt(variance);
  out.interval = {difference - reach, difference + reach, "delong", {}};
  out.p_value = Value::of(variance > 0 ? two_sided_p(difference / std::sqrt(variance)) : 1);
  return out;
}

std::vector<Interval> bootstrap_intervals(const Sample& sample, const BootstrapOptions& options, Context& ctx) {
  const auto strata = sample.strata();
  std::vector<std::vector<double>> replicates;  // [metric][replicate]
  replicates.resize(sample.metrics(), std::vector<double>(options.replicates, undefined));
  draw_replicates(sample.units(), strata, options.replicates, ctx, [&](std::size_t r, Times times) {
    const std::vector<Value> values = sample.measure(times);
    for (std::size_t m = 0; m < values.size(); ++m) replicates[m][r] = values[m].value.value_or(undefined);
  });
  std::vector<Interval> intervals;
  for (auto& values : replicates) intervals.push_back(percentile_interval(std::move(values), options.level));
  return intervals;
}

PairedTest bootstrap_test(const Sample& first, std::size_t first_metric, const Sample& second,
                          std::size_t second_metric, const BootstrapOptions& options, Context& ctx) {
  const auto strata = first.strata();
  if (first.units() != second.units() || strata != second.strata())
    throw Error(Code::failed, "cannot compare two scores: they are not of the same rows");
  const auto difference = [&](Times times) {
    const std::vector<Value> a = first.measure(times);
    const std::vector<Value> b = second.measure(times);
    if (!a[first_metric].value) return a[first_metric];
    if (!b[second_metric].value) return b[second_metric];
    return Value::of(*a[first_metric].value - *b[second_metric].value);
  };
  PairedTest out;
  out.difference = difference({});
  if (!out.difference.value) {
    out.p_value = out.difference;
    out.interval = no_interval("bootstrap", out.difference.reason);
    return out;
  }
  std::vector<double> replicates(options.replicates, undefined);
  draw_replicates(first.units(), strata, options.replicates, ctx,
                  [&](std::size_t r, Times times) { replicates[r] = difference(times).value.value_or(undefined); });
  if (*out.difference.value != 0 &&
      std::adjacent_find(replicates.begin(), replicates.end(), std::not_equal_to<>()) == replicates.end())
    return without_variance(*out.difference.value, "bootstrap");
  out.interval = percentile_interval(replicates, options.level);
  std::size_t below = 0;
  std::size_t above = 0;
  for (const double value : replicates) {  // an undefined replicate speaks for neither side, so it counts for both
    below += value > 0 ? 0 : 1;
    above += value < 0 ? 0 : 1;
  }
  const double tail = static_cast<double>(std::min(below, above) + 1) / static_cast<double>(options.replicates + 1);
  out.p_value = Value::of(std::min(1.0, 2 * tail));
  return out;
}

}  // namespace mlsys::metrics
