// What every probe needs: the suites, a description in one call, and images.
#pragma once

#include <openfx/openfx.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace probe {

using Handle = OfxImageEffectHandle;
using Set = OfxPropertySetHandle;

struct Suites {
    const OfxPropertySuiteV1* property = nullptr;
    const OfxImageEffectSuiteV1* effect = nullptr;
    const OfxParameterSuiteV1* param = nullptr;
    const OfxMemorySuiteV1* memory = nullptr;
    const OfxMultiThreadSuiteV1* thread = nullptr;
    const OfxMessageSuiteV2* message = nullptr;
    const OfxProgressSuiteV1* progress = nullptr;
    const OfxTimeLineSuiteV1* time_line = nullptr;
};

extern OfxHost* host;
extern Suites suites;

OfxStatus load();

struct Description {
    const char* label;
    std::initializer_list<const char*> contexts = {kOfxImageEffectContextFilter, kOfxImageEffectContextGeneral};
    std::initializer_list<const char*> depths = {kOfxBitDepthFloat};
    const char* safety = kOfxImageEffectRenderInstanceSafe;
    bool temporal = false;
    std::initializer_list<const char*> supported = {};  // properties of devices that are told "true"
};

OfxStatus describe(Handle effect, const Description& description);

struct ClipDescription {
    std::initializer_list<const char*> components = {kOfxImageComponentRGBA};
    bool temporal = false;
    bool optional = false;
    bool mask = false;
};

void define_clip(Handle effect, const char* name, const ClipDescription& description = {});
void define_filter_clips(Handle effect, const ClipDescription& description = {});  // Source and Output
Set define_param(Handle effect, const char* type, const char* name);

// Reads from property sets; 0 or empty where the host says no.
double get_double(Set set, const char* name, int index = 0);
int get_int(Set set, const char* name, int index = 0);
std::string_view get_string(Set set, const char* name, int index = 0);

OfxParamHandle param(Handle effect, const char* name);
int int_param(Handle effect, const char* name, double time);
double double_param(Handle effect, const char* name, double time);
const char* string_param(Handle effect, const char* name);

// An image of a clip, released at the end of its life.
class Image {
  public:
    Image(Handle effect, const char* clip, double time);
    ~Image();
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;

    explicit operator bool() const { return data != nullptr; }
    // Address of pixel (x, y); y goes up, whatever the row bytes.
    char* at(int x, int y) const {
        return data + static_cast<std::int64_t>(y - bounds.y1) * row_bytes + (x - bounds.x1) * pixel_bytes;
    }
    bool holds(int x, int y) const {
        return data && x >= bounds.x1 && x < bounds.x2 && y >= bounds.y1 && y < bounds.y2;
    }

    OfxStatus status = kOfxStatFailed;
    Set set = nullptr;
    char* data = nullptr;
    OfxRectI bounds{};
    int row_bytes = 0;
    int components = 0;
    int component_bytes = 0;
    int pixel_bytes = 0;
};

struct RenderArguments {
    double time;
    OfxRectI window;
    double scale_x, scale_y;
};

RenderArguments render_arguments(Set in);

// Calls `body(x, y)` for each pixel of the window.
template <class Body>
void each_pixel(const OfxRectI& window, Body&& body) {
    for (int y = window.y1; y < window.y2; ++y) {
        for (int x = window.x1; x < window.x2; ++x) {
            body(x, y);
        }
    }
}

// Writes twice the source; float images in main memory.
void double_pixels(const Image& source, const Image& output, const OfxRectI& window);

}  // namespace probe
