// Pixels as structures, in the order in which they lie in memory.
#ifndef OPENFX_OFX_PIXELS_H_
#define OPENFX_OFX_PIXELS_H_

#ifdef __cplusplus
extern "C" {
#endif

// 8 bits.
typedef struct OfxRGBAColourB {
    unsigned char r;
    unsigned char g;
    unsigned char b;
    unsigned char a;
} OfxRGBAColourB;

// 16 bits.
typedef struct OfxRGBAColourS {
    unsigned short r;
    unsigned short g;
    unsigned short b;
    unsigned short a;
} OfxRGBAColourS;

// Float.
typedef struct OfxRGBAColourF {
    float r;
    float g;
    float b;
    float a;
} OfxRGBAColourF;

// Double, for parameters.
typedef struct OfxRGBAColourD {
    double r;
    double g;
    double b;
    double a;
} OfxRGBAColourD;

// 8 bits.
typedef struct OfxRGBColourB {
    unsigned char r;
    unsigned char g;
    unsigned char b;
} OfxRGBColourB;

// 16 bits.
typedef struct OfxRGBColourS {
    unsigned short r;
    unsigned short g;
    unsigned short b;
} OfxRGBColourS;

// Float.
typedef struct OfxRGBColourF {
    float r;
    float g;
    float b;
} OfxRGBColourF;

// Double, for parameters.
typedef struct OfxRGBColourD {
    double r;
    double g;
    double b;
} OfxRGBColourD;

#ifdef __cplusplus
}
#endif

#endif  // OPENFX_OFX_PIXELS_H_
