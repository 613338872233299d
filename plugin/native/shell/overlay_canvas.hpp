// What an overlay is drawn on: the standard's draw suite, or OpenGL where a host has nothing better.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "suites.hpp"

namespace trimatte::shell {

using Points = std::vector<OfxPointD>;  // canonical coordinates

struct Pen {
    OfxRGBAColourF colour;
    float width = 1;  // pixels of the screen
    bool dashed = false;
};

class Canvas {
  public:
    virtual ~Canvas() = default;
    // What all that follows is drawn with.
    virtual void set_pen(const Pen& pen) = 0;
    virtual void line(const Points& points, bool closed) = 0;
    // Filled; must be convex.
    virtual void polygon(const Points& points) = 0;
    virtual void ellipse(OfxPointD centre, OfxPointD radii) = 0;
    // ``place`` is its lower left corner, ``pixel`` the size of a pixel of the screen.
    virtual void text(const std::string& words, OfxPointD place, OfxPointD pixel) = 0;
};

// ``context`` is the draw context of the action; null where the host's suite is not whole.
std::unique_ptr<Canvas> make_draw_suite_canvas(void* context);
// Draws into the context that is current; null where the process has no OpenGL.
std::unique_ptr<Canvas> make_gl_canvas();

// The strokes of a character of which words on a GL canvas consist: points on a grid 4 wide and 6 high, as digit pairs,
// strokes apart by spaces. Empty for one that we do not have.
const char* glyph(char character);

}  // namespace trimatte::shell
