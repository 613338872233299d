// A canvas on OfxDrawSuite.
#include <openfx/ofx_draw.h>

#include "overlay_canvas.hpp"

namespace trimatte::shell {

namespace {

class DrawSuiteCanvas final : public Canvas {
  public:
    DrawSuiteCanvas(const OfxDrawSuiteV1& suite, OfxDrawContextHandle context) : suite_(suite), context_(context) {}

    void set_pen(const Pen& pen) override {
        suite_.setColour(context_, &pen.colour);
        suite_.setLineWidth(context_, pen.width);
        if (!suite_.setLineStipple) return;
        suite_.setLineStipple(context_, pen.dashed ? kOfxDrawLineStipplePatternDash : kOfxDrawLineStipplePatternSolid);
    }

    void line(const Points& points, bool closed) override {
        if (points.size() < 2) return;
        draw(closed ? kOfxDrawPrimitiveLineLoop : kOfxDrawPrimitiveLineStrip, points);
    }

    void polygon(const Points& points) override {
        if (points.size() > 2) draw(kOfxDrawPrimitivePolygon, points);
    }

    void ellipse(OfxPointD centre, OfxPointD radii) override {
        draw(kOfxDrawPrimitiveEllipse,
             {{centre.x - radii.x, centre.y - radii.y}, {centre.x + radii.x, centre.y + radii.y}});
    }

    void text(const std::string& words, OfxPointD place, OfxPointD) override {
        if (!suite_.drawText) return;
        suite_.drawText(context_, words.c_str(), &place, kOfxDrawTextAlignmentLeft | kOfxDrawTextAlignmentBottom);
    }

  private:
    void draw(OfxDrawPrimitive primitive, const Points& points) {
        suite_.draw(context_, primitive, points.data(), static_cast<int>(points.size()));
    }

    const OfxDrawSuiteV1& suite_;
    OfxDrawContextHandle context_;
};

}  // namespace

std::unique_ptr<Canvas> make_draw_suite_canvas(void* context) {
    const auto* suite = suites().draw;
    if (!context || !suite || !suite->setColour || !suite->setLineWidth || !suite->draw) return nullptr;
    return std::make_unique<DrawSuiteCanvas>(*suite, static_cast<OfxDrawContextHandle>(context));
}

}  // namespace trimatte::shell
