// Curves of a parametric parameter.
#include "curves.hpp"

#include <algorithm>
#include <cmath>

namespace trimatte::host {

namespace {

using Points = std::vector<ControlPoint>;

double slope(const Points& p, std::size_t i) { return (p[i + 1].value - p[i].value) / (p[i + 1].key - p[i].key); }

// Slope of the curve at a point: that of its neighbours where they agree in sign, level at a peak.
double tangent(const Points& p, std::size_t i) {
    if (i == 0) {
        return slope(p, 0);
    }
    if (i + 1 == p.size()) {
        return slope(p, i - 1);
    }
    const double before = slope(p, i - 1), after = slope(p, i);
    if (before * after <= 0.0) {
        return 0.0;
    }
    const double mean = 0.5 * (before + after);  // three times the flatter side keeps the curve monotone
    return std::copysign(std::min({std::abs(mean), 3.0 * std::abs(before), 3.0 * std::abs(after)}), mean);
}

}  // namespace

std::vector<ControlPoint>& Curves::at(int curve) {
    if (curve >= static_cast<int>(curves_.size())) {
        curves_.resize(curve + 1);
    }
    return curves_[curve];
}

void Curves::copy_from(const Curves& other) {
    std::scoped_lock lock(mutex_, other.mutex_);
    curves_ = other.curves_;
}

Points Curves::points(int curve) const {
    std::lock_guard lock(mutex_);
    return curve < static_cast<int>(curves_.size()) ? curves_[curve] : Points{};
}

double Curves::value(int curve, double position) const {
    const Points p = points(curve);
    if (p.empty()) {
        return position;
    }
    if (position <= p.front().key) {
        return p.front().value;
    }
    if (position >= p.back().key) {
        return p.back().value;
    }
    std::size_t i = 0;
    while (p[i + 1].key < position) {
        ++i;
    }
    const double width = p[i + 1].key - p[i].key;
    const double t = (position - p[i].key) / width;
    const double t2 = t * t, t3 = t2 * t;
    return (2 * t3 - 3 * t2 + 1) * p[i].value + (t3 - 2 * t2 + t) * width * tangent(p, i) +
           (3 * t2 - 2 * t3) * p[i + 1].value + (t3 - t2) * width * tangent(p, i + 1);
}

void Curves::add(int curve, ControlPoint point) {
    std::lock_guard lock(mutex_);
    Points& p = at(curve);
    std::erase_if(p, [&](const ControlPoint& known) { return known.key == point.key; });
    p.insert(std::find_if(p.begin(), p.end(), [&](const ControlPoint& known) { return known.key > point.key; }), point);
}

void Curves::set_all(int curve, std::vector<ControlPoint> points) {
    {
        std::lock_guard lock(mutex_);
        at(curve).clear();
    }
    for (const ControlPoint& point : points) {
        add(curve, point);
    }
}

bool Curves::replace(int curve, int index, ControlPoint point) {
    if (!remove(curve, index)) {
        return false;
    }
    add(curve, point);
    return true;
}

bool Curves::remove(int curve, int index) {
    std::lock_guard lock(mutex_);
    Points& p = at(curve);
    if (index < 0 || index >= static_cast<int>(p.size())) {
        return false;
    }
    p.erase(p.begin() + index);
    return true;
}

}  // namespace trimatte::host
