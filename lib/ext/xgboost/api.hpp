// The table of functions of libxgboost.so, filled on first use.
#pragma once

#include <xgboost/c_api.h>

#include <string_view>

namespace mlsys::ext::xgboost {

#define MLSYS_XGBOOST_FUNCTIONS(X)       \
  X(XGBoostVersion)                      \
  X(XGBGetLastError)                     \
  X(XGBRegisterLogCallback)              \
  X(XGBSetGlobalConfig)                  \
  X(XGProxyDMatrixCreate)                \
  X(XGProxyDMatrixSetDataColumnar)       \
  X(XGQuantileDMatrixCreateFromCallback) \
  X(XGDMatrixCreateFromColumnar)         \
  X(XGDMatrixSetInfoFromInterface)       \
  X(XGDMatrixSetStrFeatureInfo)          \
  X(XGDMatrixNumRow)                     \
  X(XGDMatrixFree)                       \
  X(XGBoosterCreate)                     \
  X(XGBoosterFree)                       \
  X(XGBoosterSlice)                      \
  X(XGBoosterBoostedRounds)              \
  X(XGBoosterSetParam)                   \
  X(XGBoosterUpdateOneIter)              \
  X(XGBoosterEvalOneIter)                \
  X(XGBoosterPredictFromDMatrix)         \
  X(XGBoosterPredictFromColumnar)        \
  X(XGBoosterLoadModelFromBuffer)        \
  X(XGBoosterSaveModelToBuffer)          \
  X(XGBoosterSaveJsonConfig)             \
  X(XGBoosterGetStrFeatureInfo)          \
  X(XGBoosterSetStrFeatureInfo)          \
  X(XGBoosterFeatureScore)

struct Api {
#define MLSYS_POINTER(name) decltype(&::name) name = nullptr;  // NOLINT(bugprone-macro-parentheses)
  MLSYS_XGBOOST_FUNCTIONS(MLSYS_POINTER)
#undef MLSYS_POINTER
};

// Opens the library when needed and makes it quiet on the calling thread. Throws Error(Code::failed) when it is
// missing, damaged or too old.
const Api& api();

// Throws Error(Code::failed, "<doing>: <line>") when `status` is not 0.
void check(int status, std::string_view doing);

}  // namespace mlsys::ext::xgboost
