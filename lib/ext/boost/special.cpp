#include "ext/boost/special.hpp"

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/gamma.hpp>

namespace mlsys::ext::boost_math {

double chi_squared_survival(double x, double degrees) {
  // Underflow is a result (0), not an error; the arguments are in the domain by contract.
  using namespace boost::math::policies;
  using Quiet = policy<underflow_error<ignore_error>, overflow_error<ignore_error>, promote_double<false>>;
  return boost::math::gamma_q(degrees / 2.0, x / 2.0, Quiet());
}

}  // namespace mlsys::ext::boost_math
