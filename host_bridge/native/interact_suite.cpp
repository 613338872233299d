// Interact suite, and the draw suite with which overlays draw without OpenGL.
#include <openfx/ofx_draw.h>
#include <openfx/ofx_interact.h>

#include "interact.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

std::shared_ptr<Interact> find(OfxInteractHandle handle) { return HandleTable<Interact>::global().find(handle); }
std::shared_ptr<DrawContext> find(OfxDrawContextHandle handle) {
    return HandleTable<DrawContext>::global().find(handle);
}

OfxStatus swap_buffers(OfxInteractHandle handle) { return find(handle) ? kOfxStatOK : kOfxStatErrBadHandle; }

OfxStatus redraw(OfxInteractHandle handle) {
    const auto interact = find(handle);
    if (interact) {
        interact->ask_redraw();
    }
    return interact ? kOfxStatOK : kOfxStatErrBadHandle;
}

OfxStatus get_property_set(OfxInteractHandle handle, OfxPropertySetHandle* out) {
    const auto interact = find(handle);
    if (!interact || !out) {
        return interact ? kOfxStatErrValue : kOfxStatErrBadHandle;
    }
    *out = interact->properties().handle();
    return kOfxStatOK;
}

// Runs `body(context)` under the context's lock.
template <class Body>
OfxStatus with_context(OfxDrawContextHandle handle, Body&& body) {
    return guarded([&] {
        const auto context = find(handle);
        if (!context) {
            return kOfxStatErrBadHandle;
        }
        std::lock_guard lock(context->mutex);
        return body(*context);
    });
}

OfxStatus get_colour(OfxDrawContextHandle handle, OfxStandardColour which, OfxRGBAColourF* out) {
    static constexpr OfxRGBAColourF kTheme[] = {
        {0.0F, 0.0F, 0.0F, 0.5F}, {1.0F, 0.6F, 0.1F, 1.0F}, {1.0F, 1.0F, 1.0F, 1.0F}, {0.6F, 0.6F, 0.6F, 1.0F},
        {1.0F, 1.0F, 1.0F, 1.0F}, {0.0F, 0.0F, 0.0F, 1.0F}, {1.0F, 1.0F, 1.0F, 1.0F},
    };
    return with_context(handle, [&](DrawContext&) {
        if (which < kOfxStandardColourOverlayBackground || which > kOfxStandardColourOverlayText || !out) {
            return kOfxStatErrValue;
        }
        *out = kTheme[which];
        return kOfxStatOK;
    });
}

OfxStatus set_colour(OfxDrawContextHandle handle, const OfxRGBAColourF* colour) {
    return with_context(handle, [&](DrawContext& context) {
        if (colour) {
            context.pen.colour = *colour;
        }
        return colour ? kOfxStatOK : kOfxStatErrValue;
    });
}

OfxStatus set_line_width(OfxDrawContextHandle handle, float width) {
    return with_context(handle, [&](DrawContext& context) {
        context.pen.line_width = width;
        return width >= 0.0F ? kOfxStatOK : kOfxStatErrValue;
    });
}

OfxStatus set_line_stipple(OfxDrawContextHandle handle, OfxDrawLineStipplePattern pattern) {
    return with_context(handle, [&](DrawContext& context) {
        context.pen.stipple = pattern;
        return kOfxStatOK;
    });
}

OfxStatus draw(OfxDrawContextHandle handle, OfxDrawPrimitive primitive, const OfxPointD* points, int count) {
    return with_context(handle, [&](DrawContext& context) {
        const bool corners = primitive == kOfxDrawPrimitiveRectangle || primitive == kOfxDrawPrimitiveEllipse;
        const bool known = primitive >= kOfxDrawPrimitiveLines && primitive <= kOfxDrawPrimitiveEllipse;
        if (!known || !points || count < 2 || (corners && count != 2)) {
            return kOfxStatErrValue;
        }
        Drawing drawing = context.pen;
        drawing.primitive = primitive;
        drawing.points.assign(points, points + count);
        context.drawings.push_back(std::move(drawing));
        return kOfxStatOK;
    });
}

OfxStatus draw_text(OfxDrawContextHandle handle, const char* text, const OfxPointD* place, int alignment) {
    return with_context(handle, [&](DrawContext& context) {
        if (!text || !place) {
            return kOfxStatErrValue;
        }
        Drawing drawing = context.pen;
        drawing.points = {*place};
        drawing.text = text;
        drawing.alignment = alignment;
        context.drawings.push_back(std::move(drawing));
        return kOfxStatOK;
    });
}

}  // namespace

const void* interact_suite() {
    static const OfxInteractSuiteV1 suite = {
        .interactSwapBuffers = swap_buffers, .interactRedraw = redraw, .interactGetPropertySet = get_property_set};
    return &suite;
}

const void* draw_suite() {
    static const OfxDrawSuiteV1 suite = {
        .getColour = get_colour,
        .setColour = set_colour,
        .setLineWidth = set_line_width,
        .setLineStipple = set_line_stipple,
        .draw = draw,
        .drawText = draw_text,
    };
    return &suite;
}

}  // namespace trimatte::host
