// Parametric parameters: curves.
#ifndef OPENFX_OFX_PARAMETRIC_PARAM_H_
#define OPENFX_OFX_PARAMETRIC_PARAM_H_

#include <stdbool.h>

#include "ofx_core.h"
#include "ofx_param.h"
#include "ofx_property.h"

#ifdef __cplusplus
extern "C" {
#endif

// Name of the suite.
#define kOfxParametricParameterSuite "OfxParametricParameterSuite"

// Type and properties.
#define kOfxParamTypeParametric "OfxParamTypeParametric"
#define kOfxParamPropParametricDimension "OfxParamPropParametricDimension"                          // int x 1
#define kOfxParamPropParametricUIColour "OfxParamPropParametricUIColour"                            // double x N
#define kOfxParamPropParametricInteractBackground "OfxParamPropParametricInteractBackground"        // pointer x 1
#define kOfxParamHostPropSupportsParametricAnimation "OfxParamHostPropSupportsParametricAnimation"  // int (0 or 1) x 1
#define kOfxParamPropParametricRange "OfxParamPropParametricRange"                                  // double x 2

// Each dimension is one curve over control points.
typedef struct OfxParametricParameterSuiteV1 {
    OfxStatus (*parametricParamGetValue)(OfxParamHandle param, int curveIndex, OfxTime time, double parametricPosition,
                                         double* returnValue);
    OfxStatus (*parametricParamGetNControlPoints)(OfxParamHandle param, int curveIndex, double time, int* returnValue);
    OfxStatus (*parametricParamGetNthControlPoint)(OfxParamHandle param, int curveIndex, double time, int nthCtl,
                                                   double* key, double* value);
    OfxStatus (*parametricParamSetNthControlPoint)(OfxParamHandle param, int curveIndex, double time, int nthCtl,
                                                   double key, double value, bool addAnimationKey);
    OfxStatus (*parametricParamAddControlPoint)(OfxParamHandle param, int curveIndex, double time, double key,
                                                double value, bool addAnimationKey);
    OfxStatus (*parametricParamDeleteControlPoint)(OfxParamHandle param, int curveIndex, int nthCtl);
    OfxStatus (*parametricParamDeleteAllControlPoints)(OfxParamHandle param, int curveIndex);
} OfxParametricParameterSuiteV1;

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_PARAMETRIC_PARAM_H_
