// Parameter suite: animation keys, and copies of parameters.
#pragma once

#include <openfx/ofx_param.h>

#include "param.hpp"

namespace trimatte::host {

OfxStatus param_get_num_keys(OfxParamHandle handle, unsigned int* count);
OfxStatus param_get_key_time(OfxParamHandle handle, unsigned int nth, OfxTime* time);
OfxStatus param_get_key_index(OfxParamHandle handle, OfxTime time, int direction, int* index);
OfxStatus param_delete_key(OfxParamHandle handle, OfxTime time);
OfxStatus param_delete_all_keys(OfxParamHandle handle);
OfxStatus param_copy(OfxParamHandle to, OfxParamHandle from, OfxTime offset, const OfxRangeD* range);

}  // namespace trimatte::host
