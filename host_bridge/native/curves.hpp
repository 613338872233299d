// Curves of a parametric parameter: control points per curve, and the smooth line through them.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

namespace trimatte::host {

struct ControlPoint {
    double key = 0.0;
    double value = 0.0;
};

// Every curve rises in its keys. Between points it is a cubic that never overshoots them (Fritsch and Carlson 1980);
// beyond the first and last point it is level. A curve without points is the identity.
class Curves {
  public:
    Curves() = default;
    Curves(const Curves&) = delete;
    Curves& operator=(const Curves&) = delete;

    void copy_from(const Curves& other);
    std::vector<ControlPoint> points(int curve) const;
    double value(int curve, double position) const;
    void add(int curve, ControlPoint point);  // takes the place of a point with the same key
    void set_all(int curve, std::vector<ControlPoint> points);
    bool replace(int curve, int index, ControlPoint point);  // false: no such point
    bool remove(int curve, int index);

  private:
    std::vector<ControlPoint>& at(int curve);

    mutable std::mutex mutex_;
    std::vector<std::vector<ControlPoint>> curves_;
};

}  // namespace trimatte::host
