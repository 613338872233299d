// Everything that OpenFX 1.5 declares, in our own words; one header per subject.
#ifndef OPENFX_OPENFX_H_
#define OPENFX_OPENFX_H_

#include "ofx_colour.h"
#include "ofx_core.h"
#include "ofx_dialog.h"
#include "ofx_draw.h"
#include "ofx_gpu_render.h"
#include "ofx_image_effect.h"
#include "ofx_interact.h"
#include "ofx_key_letters.h"
#include "ofx_key_symbols.h"
#include "ofx_memory.h"
#include "ofx_message.h"
#include "ofx_multi_thread.h"
#include "ofx_native_colourspaces.h"
#include "ofx_param.h"
#include "ofx_parametric_param.h"
#include "ofx_pixels.h"
#include "ofx_progress.h"
#include "ofx_property.h"
#include "ofx_time_line.h"

#endif  // OPENFX_OPENFX_H_
