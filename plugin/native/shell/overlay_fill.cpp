#include "overlay_fill.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace trimatte::shell {

namespace {

constexpr size_t kMostEdges = 100000;
constexpr double kMostBands = 720;

struct Edge {
    OfxPointD top, bottom;
    double at(double y) const {
        const double share = std::clamp((y - top.y) / (bottom.y - top.y), 0.0, 1.0);
        return top.x + share * (bottom.x - top.x);
    }
};

// Those that are not level, by their upper ends.
std::vector<Edge> edges_of(const std::vector<Loop>& loops) {
    std::vector<Edge> edges;
    for (const Loop& loop : loops) {
        for (size_t i = 0; i < loop.size(); ++i) {
            OfxPointD begin = loop[i], end = loop[(i + 1) % loop.size()];
            if (begin.y == end.y) continue;
            if (begin.y > end.y) std::swap(begin, end);
            edges.push_back({begin, end});
            if (edges.size() > kMostEdges) return {};
        }
    }
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.top.y < b.top.y; });
    return edges;
}

// Two edges with nothing between them, and where that begins.
using Pair = std::pair<const Edge*, const Edge*>;

void add_piece(std::vector<Points>& pieces, const Pair& pair, double top, double bottom) {
    const auto& [left, right] = pair;
    const double x1 = left->at(top), x2 = left->at(bottom);
    pieces.push_back(
        {{x1, top}, {std::max(x1, right->at(top)), top}, {std::max(x2, right->at(bottom)), bottom}, {x2, bottom}});
}

}  // namespace

std::vector<Points> fill(const std::vector<Loop>& loops, int rows, double step) {
    const std::vector<Edge> edges = edges_of(loops);
    std::vector<Points> pieces;
    std::vector<const Edge*> active;
    std::map<Pair, double> open;  // pieces that go on as long as the same two edges bound them
    step = std::max({step, 1.0, rows / kMostBands});
    size_t next = 0;
    for (double top = 0; top < rows && !edges.empty(); top += step) {
        const double bottom = std::min<double>(top + step, rows), middle = (top + bottom) / 2;
        for (; next < edges.size() && edges[next].top.y <= middle; ++next) active.push_back(&edges[next]);
        std::erase_if(active, [&](const Edge* edge) { return edge->bottom.y <= middle; });
        std::sort(active.begin(), active.end(), [&](const Edge* a, const Edge* b) {
            return std::pair(a->at(middle), a) < std::pair(b->at(middle), b);
        });
        std::map<Pair, double> still;
        for (size_t i = 0; i + 1 < active.size(); i += 2) {
            const Pair pair(active[i], active[i + 1]);
            const auto before = open.extract(pair);
            still[pair] = before ? before.mapped() : top;
        }
        for (const auto& [pair, begin] : open) add_piece(pieces, pair, begin, top);
        open = std::move(still);
    }
    for (const auto& [pair, begin] : open) add_piece(pieces, pair, begin, rows);
    return pieces;
}

}  // namespace trimatte::shell
