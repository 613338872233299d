#include <pybind11/pybind11.h>

#include "array.hpp"
#include "module.hpp"
#include "transfer.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

void run_encode(const Array& linear, const Array& out, int threads) {
    by_type(linear, [&](auto zero) {
        using T = decltype(zero);
        const T* from = linear.data<T>();
        T* to = out.data<T>();
        py::gil_scoped_release unlock;
        encode_srgb(from, to, linear.count(), threads);
    });
}

void run_decode(const Array& encoded, const Array& out, int threads) {
    by_type(encoded, [&](auto zero) {
        using T = decltype(zero);
        const T* from = encoded.data<T>();
        T* to = out.data<T>();
        py::gil_scoped_release unlock;
        decode_srgb(from, to, encoded.count(), threads);
    });
}

}  // namespace

void bind_transfer(py::module_& m) {
    m.def("encode_srgb", &run_encode, "linear"_a, "out"_a, "threads"_a, "Write sRGB for linear light.");
    m.def("decode_srgb", &run_decode, "encoded"_a, "out"_a, "threads"_a, "Write linear light for sRGB.");
}

}  // namespace trimatte::kernels
