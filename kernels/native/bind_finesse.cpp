#include <pybind11/pybind11.h>

#include "array.hpp"
#include "finesse.hpp"
#include "module.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

MatteShape shape_of(const Array& matte) { return {matte.size(0), matte.size(1), matte.size(2)}; }

// Calls step(matte, out) with pointers to float or double, without the GIL.
template <class Step>
void run(const Array& matte, const Array& out, const Step& step) {
    by_type(matte, [&](auto zero) {
        using T = decltype(zero);
        const T* from = matte.data<T>();
        T* to = out.data<T>();
        py::gil_scoped_release unlock;
        step(from, to);
    });
}

void run_levels(const Array& matte, const Array& out, double black, double white, double exponent, int threads) {
    run(matte, out, [&]<class T>(const T* from, T* to) {
        finesse_levels(from, to, matte.count(), T(black), T(white), T(exponent), threads);
    });
}

void run_grow(const Array& matte, const Array& out, int inner, int outer, double share, int sign, int threads) {
    const Discs discs{inner, outer, share, sign};
    run(matte, out, [&](auto* from, auto* to) { finesse_grow(from, to, shape_of(matte), discs, threads); });
}

void run_blur(const Array& matte, const Array& weights, const Array& out, int threads) {
    run(matte, out, [&]<class T>(const T* from, T* to) {
        finesse_blur(from, weights.data<T>(), to, weights.count() / 2, shape_of(matte), threads);
    });
}

void run_despeckle(const Array& matte, const Array& out, int size, int threads) {
    run(matte, out, [&](auto* from, auto* to) { finesse_despeckle(from, to, size, shape_of(matte), threads); });
}

}  // namespace

void bind_finesse(py::module_& m) {
    m.def("finesse_blur", &run_blur, "matte"_a, "weights"_a, "out"_a, "threads"_a,
          "Write mattes (planes, H, W) convolved with the weights along both axes.");
    m.def("finesse_despeckle", &run_despeckle, "matte"_a, "out"_a, "size"_a, "threads"_a,
          "Write mattes (planes, H, W) without islands and holes of up to ``size`` pixels.");
    m.def("finesse_grow", &run_grow, "matte"_a, "out"_a, "inner"_a, "outer"_a, "share"_a, "sign"_a, "threads"_a,
          "Write mattes (planes, H, W) dilated, or with ``sign`` -1 eroded, by discs between two radii.");
    m.def("finesse_levels", &run_levels, "matte"_a, "out"_a, "black"_a, "white"_a, "exponent"_a, "threads"_a,
          "Write alpha stretched from ``black``..``white`` to 0..1 and raised to ``exponent``.");
}

}  // namespace trimatte::kernels
