// A profile for people.
#pragma once

#include <string>
#include <string_view>

#include "mlsys/base/export.hpp"
#include "mlsys/profile/profile.hpp"

namespace mlsys::profile {

// One of ▁▂▃▄▅▆▇█ for each bin, by its count; a blank for none.
MLSYS_EXPORT std::string sparkline(const Histogram& histogram);
// Numbers and times: the quartiles around their mean or range; text: the most frequent values with their shares.
MLSYS_EXPORT std::string summary(const ColumnReport& column, std::uint64_t rows);

// "0.78", or "η 0.127" for what has no order, whose association is a correlation ratio whatever that of the others is;
// empty when there is none.
MLSYS_EXPORT std::string association_text(const ColumnReport& column);
// `footer` says what made the page.
MLSYS_EXPORT std::string html(const ProfileReport& report, std::string_view footer);

}  // namespace mlsys::profile
