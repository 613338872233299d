// What an overlay looks like: regions, keyframe marks, the brush and a stroke that is under way.
#pragma once

#include "overlay_canvas.hpp"
#include "overlay_worker.hpp"

namespace trimatte::shell {

struct OverlayPicture {
    Plane plane;
    OfxPointD pixel;  // size of a pixel of the screen, canonical
    int frame;        // as keyframes are numbered
    const Marks* marks = nullptr;
    bool outlines = true, fills = true;  // how the regions of the marks are shown
    OfxRGBAColourF brush_colour{};
    double brush_radius = 0;            // pixels of the picture; 0: no painting
    std::optional<OfxPointD> pen = {};  // canonical, like the stroke
    const Points* stroke = nullptr;
};

void draw(Canvas& canvas, const OverlayPicture& picture);

// "< 12   keyframe 24   36 >": this frame if it is a keyframe, between its neighbours; empty without any.
std::string label(const std::vector<int>& keyframes, int frame);

}  // namespace trimatte::shell
