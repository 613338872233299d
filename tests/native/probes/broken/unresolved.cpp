// A library that needs a function nobody has.
#include <openfx/ofx_core.h>

extern "C" int trimatte_probe_nobody_has_this();

int OfxGetNumberOfPlugins(void) { return trimatte_probe_nobody_has_this(); }
OfxPlugin* OfxGetPlugin(int) { return nullptr; }
