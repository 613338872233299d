// Draw suite: overlays without OpenGL.
#ifndef OPENFX_OFX_DRAW_H_
#define OPENFX_OFX_DRAW_H_

#include "ofx_core.h"
#include "ofx_pixels.h"

#ifdef __cplusplus
extern "C" {
#endif

// Name of the suite, and the property that carries the context.
#define kOfxDrawSuite "OfxDrawSuite"
#define kOfxInteractPropDrawContext "OfxInteractPropDrawContext"  // pointer x 1

// Handle of a drawing context, valid during the draw action.
typedef struct OfxDrawContext* OfxDrawContextHandle;

// Colours of the host's theme.
typedef enum OfxStandardColour {
    kOfxStandardColourOverlayBackground = 0,
    kOfxStandardColourOverlayActive = 1,
    kOfxStandardColourOverlaySelected = 2,
    kOfxStandardColourOverlayDeselected = 3,
    kOfxStandardColourOverlayMarqueeFG = 4,
    kOfxStandardColourOverlayMarqueeBG = 5,
    kOfxStandardColourOverlayText = 6
} OfxStandardColour;

// Line patterns.
typedef enum OfxDrawLineStipplePattern {
    kOfxDrawLineStipplePatternSolid = 0,
    kOfxDrawLineStipplePatternDot = 1,
    kOfxDrawLineStipplePatternDash = 2,
    kOfxDrawLineStipplePatternAltDash = 3,
    kOfxDrawLineStipplePatternDotDash = 4
} OfxDrawLineStipplePattern;

// Shapes.
typedef enum OfxDrawPrimitive {
    kOfxDrawPrimitiveLines = 0,
    kOfxDrawPrimitiveLineStrip = 1,
    kOfxDrawPrimitiveLineLoop = 2,
    kOfxDrawPrimitiveRectangle = 3,
    kOfxDrawPrimitivePolygon = 4,
    kOfxDrawPrimitiveEllipse = 5
} OfxDrawPrimitive;

// Where text lies about its point; combine with |.
typedef enum OfxDrawTextAlignment {
    kOfxDrawTextAlignmentLeft = 1,
    kOfxDrawTextAlignmentRight = 2,
    kOfxDrawTextAlignmentTop = 4,
    kOfxDrawTextAlignmentBottom = 8,
    kOfxDrawTextAlignmentBaseline = 16,
    kOfxDrawTextAlignmentCenterH = 3,
    kOfxDrawTextAlignmentCenterV = 20
} OfxDrawTextAlignment;

// Coordinates are canonical.
typedef struct OfxDrawSuiteV1 {
    OfxStatus (*getColour)(OfxDrawContextHandle context, OfxStandardColour std_colour, OfxRGBAColourF* colour);
    OfxStatus (*setColour)(OfxDrawContextHandle context, const OfxRGBAColourF* colour);
    OfxStatus (*setLineWidth)(OfxDrawContextHandle context, float width);
    OfxStatus (*setLineStipple)(OfxDrawContextHandle context, OfxDrawLineStipplePattern pattern);
    OfxStatus (*draw)(OfxDrawContextHandle context, OfxDrawPrimitive primitive, const OfxPointD* points,
                      int point_count);
    OfxStatus (*drawText)(OfxDrawContextHandle context, const char* text, const OfxPointD* pos, int alignment);
} OfxDrawSuiteV1;

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_DRAW_H_
