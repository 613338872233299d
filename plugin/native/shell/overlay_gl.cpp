// A canvas on OpenGL 1, which hosts have loaded when they ask for it: nothing of it is linked, and nothing needed to
// load the effect.
#include <dlfcn.h>

#include <cmath>

#include "overlay_canvas.hpp"

namespace trimatte::shell {

namespace {

constexpr unsigned kLineStrip = 0x0003, kLineLoop = 0x0002, kPolygon = 0x0009;
constexpr unsigned kSourceAlpha = 0x0302, kOneMinusSourceAlpha = 0x0303;
constexpr unsigned kBlend = 0x0BE2, kLineSmooth = 0x0B20, kLineStipple = 0x0B24, kTexture = 0x0DE1;
constexpr unsigned kLighting = 0x0B50, kDepthTest = 0x0B71;
constexpr unsigned kAllAttributes = 0x000FFFFF;
constexpr int kEllipseSides = 48;
constexpr double kGlyphPixels = 2;  // of the screen, for one step of the grid
constexpr double kGlyphSteps = 6;   // from one character to the next

struct Gl {
    void (*push_attributes)(unsigned);
    void (*pop_attributes)();
    void (*enable)(unsigned);
    void (*disable)(unsigned);
    void (*blend)(unsigned, unsigned);
    void (*line_width)(float);
    void (*line_stipple)(int, unsigned short);
    void (*colour)(float, float, float, float);
    void (*begin)(unsigned);
    void (*vertex)(double, double);
    void (*end)();
};

// Where the process has OpenGL, without ever loading it: as part of the host, or as a library that it opened for
// itself.
void* find_symbol(const char* name) {
    if (void* symbol = dlsym(RTLD_DEFAULT, name)) return symbol;
    for (const char* library : {"libGL.so.1", "libOpenGL.so.0"}) {
        void* handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
        if (!handle) continue;
        void* symbol = dlsym(handle, name);
        dlclose(handle);  // the host's own opening keeps it
        if (symbol) return symbol;
    }
    return nullptr;
}

template <typename Function>
bool find(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(find_symbol(name));
    return function != nullptr;
}

bool find_all(Gl& gl) {
    return find("glPushAttrib", gl.push_attributes) && find("glPopAttrib", gl.pop_attributes) &&
           find("glEnable", gl.enable) && find("glDisable", gl.disable) && find("glBlendFunc", gl.blend) &&
           find("glLineWidth", gl.line_width) && find("glLineStipple", gl.line_stipple) &&
           find("glColor4f", gl.colour) && find("glBegin", gl.begin) && find("glVertex2d", gl.vertex) &&
           find("glEnd", gl.end);
}

// Puts everything back that it changed; never clears or swaps, and leaves the host's matrices alone.
class GlCanvas final : public Canvas {
  public:
    explicit GlCanvas(const Gl& gl) : gl_(gl) {
        gl_.push_attributes(kAllAttributes);
        for (const unsigned off : {kTexture, kLighting, kDepthTest}) gl_.disable(off);
        for (const unsigned on : {kBlend, kLineSmooth}) gl_.enable(on);
        gl_.blend(kSourceAlpha, kOneMinusSourceAlpha);
        gl_.line_stipple(2, 0xF0F0);
    }
    ~GlCanvas() override { gl_.pop_attributes(); }
    GlCanvas(const GlCanvas&) = delete;
    GlCanvas& operator=(const GlCanvas&) = delete;

    void set_pen(const Pen& pen) override {
        gl_.colour(pen.colour.r, pen.colour.g, pen.colour.b, pen.colour.a);
        gl_.line_width(pen.width);
        (pen.dashed ? gl_.enable : gl_.disable)(kLineStipple);
    }

    void line(const Points& points, bool closed) override { draw(closed ? kLineLoop : kLineStrip, points); }
    void polygon(const Points& points) override { draw(kPolygon, points); }

    void ellipse(OfxPointD centre, OfxPointD radii) override {
        Points points;
        for (int i = 0; i < kEllipseSides; ++i) {
            const double angle = 2 * std::acos(-1.0) * i / kEllipseSides;
            points.push_back({centre.x + radii.x * std::cos(angle), centre.y + radii.y * std::sin(angle)});
        }
        line(points, true);
    }

    void text(const std::string& words, OfxPointD place, OfxPointD pixel) override {
        for (const char character : words) {
            write(character, place, {pixel.x * kGlyphPixels, pixel.y * kGlyphPixels});
            place.x += kGlyphSteps * kGlyphPixels * pixel.x;
        }
    }

  private:
    void write(char character, OfxPointD place, OfxPointD step) {
        Points stroke;
        for (const char* at = glyph(character);; ++at) {
            if (*at == ' ' || *at == '\0') {
                line(stroke, false);
                stroke.clear();
                if (*at == '\0') return;
                continue;
            }
            stroke.push_back({place.x + (at[0] - '0') * step.x, place.y + (at[1] - '0') * step.y});
            ++at;
        }
    }

    void draw(unsigned primitive, const Points& points) {
        gl_.begin(primitive);
        for (const OfxPointD& point : points) gl_.vertex(point.x, point.y);
        gl_.end();
    }

    Gl gl_;
};

}  // namespace

std::unique_ptr<Canvas> make_gl_canvas() {
    Gl gl{};
    return find_all(gl) ? std::make_unique<GlCanvas>(gl) : nullptr;
}

}  // namespace trimatte::shell
