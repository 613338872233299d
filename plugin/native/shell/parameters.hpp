// The parameters of the effect: how they are described, and their values at one time as JSON for the worker.
#pragma once

#include "suites.hpp"

namespace trimatte::shell {

constexpr const char* kKeyframesName = "keyframes";
constexpr const char* kSourceFileName = "sourceFile";
constexpr const char* kViewName = "view";
constexpr const char* kOutputName = "output";
constexpr const char* kModelName = "model";
constexpr const char* kTrackName = "track";
constexpr const char* kTrackForwardName = "trackForward";
constexpr const char* kTrackBackwardName = "trackBackward";
constexpr const char* kTrackBothName = "trackBoth";
constexpr const char* kTrackFrameName = "trackFrame";
constexpr const char* kTrackRangeName = "trackRange";
constexpr const char* kTrackCancelName = "trackCancel";
constexpr const char* kTrackClearName = "trackClear";
constexpr const char* kKeyframeName = "keyframeAction";
constexpr const char* kPreviousKeyframeName = "previousKeyframe";
constexpr const char* kNextKeyframeName = "nextKeyframe";
constexpr const char* kAddKeyframeName = "addKeyframe";
constexpr const char* kDeleteKeyframeName = "deleteKeyframe";
constexpr const char* kFromTrimapInputName = "fromTrimapInput";
constexpr const char* kPaintTrimapName = "paintTrimap";
constexpr const char* kTrimapFramesName = "trimapFrames";
constexpr const char* kOutlinesName = "outlines";
constexpr const char* kFillName = "trimapTint";
constexpr const char* kPaintInViewerName = "paintInViewer";
constexpr const char* kBrushSizeName = "brushSize";
constexpr const char* kPaintedName = "painted";
constexpr const char* kFrameOffsetName = "frameOffset";
constexpr const char* kClearCacheName = "clearCache";
constexpr const char* kSolvedFramesName = "solvedFrames";
constexpr const char* kCacheActionName = "cacheAction";
constexpr const char* kTrackFirstName = "trackFirst";
constexpr const char* kTrackLastName = "trackLast";
constexpr const char* kStatusName = "status";

// What a host and context offer to the user beside the parameters.
struct Offered {
    bool trimap_clip;
    bool overlays;
    bool changes;  // whether buttons do anything, and choices that act like them
};

// Defines every parameter that makes sense there; script names and the order of choices are written into projects and
// never change.
void describe_parameters(OfxParamSetHandle parameters, const Offered& offered);

// Values at ``time``. ``extra`` is put before them as further members of the JSON object.
std::string read_settings(OfxParamSetHandle parameters, double time, const std::string& extra);

// Text of a String parameter; empty when the host has none.
std::string read_text(OfxParamSetHandle parameters, const char* name, double time);
// Index of a Choice parameter, or whether a Boolean is set.
int read_choice(OfxParamSetHandle parameters, const char* name, double time);
// Value of an Integer parameter.
int read_integer(OfxParamSetHandle parameters, const char* name, double time);
// Value of a Double parameter; ``fallback`` where the host has none.
double read_double(OfxParamSetHandle parameters, const char* name, double time, double fallback);
// Sets a Choice back to its first label; only legal where the standard allows setting values.
void reset_choice(OfxParamSetHandle parameters, const char* name);
// Sets a String parameter; only legal where the standard allows setting values.
void write_text(OfxParamSetHandle parameters, const char* name, const std::string& text);
// Sets a Double parameter; only legal where the standard allows setting values.
void write_double(OfxParamSetHandle parameters, const char* name, double value);
// Shows ``text`` in the parameter ``status``; only legal where the standard allows setting values.
void write_status(OfxParamSetHandle parameters, const std::string& text);

// ``text`` as a JSON string, quotes included.
std::string quote_json(const std::string& text);

// Choices of ``view``, ``paintInViewer``, ``output``, ``cacheAction`` and ``model`` by index.
enum View { kViewResult = 0 };         // all others are opaque
enum PaintInViewer { kPaintOff = 0 };  // all others are what a stroke leaves
enum Output { kOutputPremultiplied = 0, kOutputStraight, kOutputMatteInRgb, kOutputMatteInAlpha };
enum CacheAction { kCacheClear = 1, kCacheSolved };
enum Model { kModelFtpVm = 0, kModelDvm, kModelRvm };

}  // namespace trimatte::shell
