// Special functions of Boost.Math, behind plain declarations because its headers are slow to compile.
#pragma once

namespace mlsys::ext::boost_math {

// P(X >= x) for X chi-squared distributed with `degrees` degrees of freedom: Q(degrees / 2, x / 2).
// x >= 0, degrees > 0; 0 where the value is below the smallest double.
double chi_squared_survival(double x, double degrees);

}  // namespace mlsys::ext::boost_math
