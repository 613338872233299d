// A host for one effect with one clip of one picture, which never changes: fast enough to be asked a million times.
#pragma once

#include <openfx/openfx.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace fuzz {

constexpr int kSide = 16;  // of the picture, in pixels

using Value = std::variant<int, double, std::string, void*>;
using Set = std::map<std::string, std::vector<Value>>;

struct Parameter {
    std::string type;
    Value value;
};

struct ConstantHost {
    ConstantHost();
    OfxPropertySetHandle handle_of(Set& set) { return reinterpret_cast<OfxPropertySetHandle>(&set); }
    OfxImageEffectHandle effect_handle() { return reinterpret_cast<OfxImageEffectHandle>(&effect); }
    OfxInteractHandle interact_handle() { return reinterpret_cast<OfxInteractHandle>(&interact); }

    Set properties, effect, source, output, source_image, output_image, interact;
    std::map<std::string, Parameter> parameters;
    std::vector<float> source_pixels, output_pixels;
    bool aborts = false;
    int drawn = 0;  // shapes of overlays
    OfxHost host;
};

// The one that there is.
ConstantHost& the_host();

}  // namespace fuzz
