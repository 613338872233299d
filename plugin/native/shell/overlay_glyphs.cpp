// The few characters that OpenGL, which has no words, needs for numbers and "keyframe".
#include "overlay_canvas.hpp"

namespace trimatte::shell {

namespace {

struct Glyph {
    char character;
    const char* strokes;
};

constexpr Glyph kGlyphs[] = {
    {'0', "0040460600"},
    {'1', "152620 1030"},
    {'2', "064643030040"},
    {'3', "06464000 0343"},
    {'4', "060343 4640"},
    {'5', "460603434000"},
    {'6', "460600404303"},
    {'7', "064620"},
    {'8', "0040460600 0343"},
    {'9', "004046060343"},
    {'-', "0343"},
    {'<', "410345"},
    {'>', "014305"},
    {'a', "0444400002 0242"},
    {'e', "0242440400 0040"},
    {'f', "462620 0444"},
    {'k', "0600 0244 0240"},
    {'m', "000444 2024 4440"},
    {'r', "0004 0344"},
    {'y', "04024244 4240 4000"},
};

}  // namespace

const char* glyph(char character) {
    for (const Glyph& known : kGlyphs) {
        if (known.character == character) return known.strokes;
    }
    return "";
}

}  // namespace trimatte::shell
