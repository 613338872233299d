// Reads and writes files of raw floats, for hosts that have no readers and no writers of their own.
//
// A file holds x1, y1, x2, y2 as int32 and then RGBA as float32, the lowest row first. The reader shows
// FOLDER/FRAME.raw and keeps every n-th pixel in a proxy of scale 1/n; the writer leaves its Source in
// FOLDER/FRAME@SCALE.raw.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "probe.hpp"

namespace probe {

namespace {

struct Picture {
    OfxRectI bounds{};
    std::vector<float> pixels;
};

std::string path_of(Handle effect, double time, const std::string& ending) {
    std::string path = string_param(effect, "folder");
    return path.append("/").append(std::to_string(std::lround(time))).append(ending);
}

bool read(const std::string& path, Picture& picture) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) {
        return false;
    }
    bool whole = std::fread(&picture.bounds, sizeof picture.bounds, 1, file) == 1;
    if (whole) {
        const OfxRectI& box = picture.bounds;
        picture.pixels.resize(4 * static_cast<std::size_t>(box.x2 - box.x1) *
                              static_cast<std::size_t>(box.y2 - box.y1));
        whole = std::fread(picture.pixels.data(), 4, picture.pixels.size(), file) == picture.pixels.size();
    }
    std::fclose(file);
    return whole;
}

OfxStatus show(Handle effect, Set in) {
    const RenderArguments arguments = render_arguments(in);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    Picture picture;
    if (!output || !read(path_of(effect, arguments.time, ".raw"), picture)) {
        return kOfxStatFailed;
    }
    const OfxRectI& box = picture.bounds;
    each_pixel(arguments.window, [&](int x, int y) {
        const int column = static_cast<int>(x / arguments.scale_x), row = static_cast<int>(y / arguments.scale_y);
        const bool inside = column >= box.x1 && column < box.x2 && row >= box.y1 && row < box.y2;
        const std::size_t index = static_cast<std::size_t>(row - box.y1) * static_cast<std::size_t>(box.x2 - box.x1) +
                                  static_cast<std::size_t>(column - box.x1);
        for (std::size_t channel = 0; channel < 4; ++channel) {
            reinterpret_cast<float*>(output.at(x, y))[channel] = inside ? picture.pixels[4 * index + channel] : 0.0F;
        }
    });
    return kOfxStatOK;
}

OfxStatus write(Handle effect, Set in) {
    const RenderArguments arguments = render_arguments(in);
    const Image source(effect, kOfxImageEffectSimpleSourceClipName, arguments.time);
    const Image output(effect, kOfxImageEffectOutputClipName, arguments.time);
    if (!source || !output || source.pixel_bytes != 16 || output.pixel_bytes != 16) {
        return kOfxStatFailed;
    }
    char ending[32];
    std::snprintf(ending, sizeof ending, "@%g.raw", arguments.scale_x);
    std::FILE* file = std::fopen(path_of(effect, arguments.time, ending).c_str(), "wb");
    if (!file) {
        return kOfxStatFailed;
    }
    const OfxRectI& window = source.bounds;
    std::fwrite(&window, sizeof window, 1, file);
    each_pixel(window, [&](int x, int y) { std::fwrite(source.at(x, y), 16, 1, file); });
    std::fclose(file);
    each_pixel(arguments.window, [&](int x, int y) {
        for (int channel = 0; channel < 4; ++channel) {
            reinterpret_cast<float*>(output.at(x, y))[channel] =
                source.holds(x, y) ? reinterpret_cast<const float*>(source.at(x, y))[channel] : 0.0F;
        }
    });
    return kOfxStatOK;
}

// From the lowest number of a file to the highest.
OfxStatus tell_time_domain(Handle effect, Set out) {
    double range[2] = {1, 0};
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(string_param(effect, "folder"), none)) {
        const double number = std::atof(entry.path().stem().c_str());
        range[0] = range[0] > range[1] ? number : std::min(range[0], number);
        range[1] = std::max(range[0], std::max(range[1], number));
    }
    return range[0] > range[1] ? kOfxStatReplyDefault
                               : suites.property->propSetDoubleN(out, kOfxImageEffectPropFrameRange, 2, range);
}

// What both do: `source` says whether there is a Source to write.
OfxStatus describe_files(std::string_view name, Handle effect, bool source) {
    if (name == kOfxActionLoad) {
        return load();
    }
    if (name == kOfxActionDescribe) {
        return describe(effect, {.label = source ? "Write files" : "Read files",
                                 .contexts = {kOfxImageEffectContextGeneral},
                                 .safety = kOfxImageEffectRenderFullySafe});
    }
    if (name == kOfxImageEffectActionDescribeInContext) {
        define_clip(effect, kOfxImageEffectOutputClipName);
        if (source) {
            define_clip(effect, kOfxImageEffectSimpleSourceClipName);
        }
        define_param(effect, kOfxParamTypeString, "folder");
        Set set = nullptr;
        suites.effect->getPropertySet(effect, &set);
        suites.property->propSetString(set, kOfxImageEffectPropClipPreferencesSlaveParam, 0, "folder");
        return suites.property->propSetInt(set, kOfxImageEffectPropSupportsTiles, 0, 0);
    }
    return kOfxStatReplyDefault;
}

}  // namespace

OfxStatus files_read_main(const char* action, const void* handle, Set in, Set out) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    if (name == kOfxImageEffectActionRender) {
        return show(effect, in);
    }
    if (name == kOfxImageEffectActionGetTimeDomain) {
        return tell_time_domain(effect, out);
    }
    if (name == kOfxImageEffectActionGetClipPreferences) {  // or Natron takes one picture for all frames
        return suites.property->propSetInt(out, kOfxImageEffectFrameVarying, 0, 1);
    }
    Picture picture;
    if (name == kOfxImageEffectActionGetRegionOfDefinition &&
        read(path_of(effect, get_double(in, kOfxPropTime), ".raw"), picture)) {
        const OfxRectI& box = picture.bounds;
        const double region[] = {double(box.x1), double(box.y1), double(box.x2), double(box.y2)};
        return suites.property->propSetDoubleN(out, kOfxImageEffectPropRegionOfDefinition, 4, region);
    }
    return describe_files(name, effect, false);
}

OfxStatus files_write_main(const char* action, const void* handle, Set in, Set) {
    const std::string_view name = action;
    const auto effect = static_cast<Handle>(const_cast<void*>(handle));
    return name == kOfxImageEffectActionRender ? write(effect, in) : describe_files(name, effect, true);
}

}  // namespace probe
