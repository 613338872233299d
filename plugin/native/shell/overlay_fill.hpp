// The inside of regions as convex pieces, which is all that canvases fill.
#pragma once

#include "overlay_canvas.hpp"
#include "overlay_worker.hpp"

namespace trimatte::shell {

// Pieces of four corners in pixels of the trimap: what lies within an odd number of ``loops``, from row 0 to ``rows``.
// Edges are followed exactly; corners and crossings only to ``step`` rows. Empty where there is too much of it.
std::vector<Points> fill(const std::vector<Loop>& loops, int rows, double step);

}  // namespace trimatte::shell
