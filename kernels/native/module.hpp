// What the binding files share.
#pragma once

#include <pybind11/pybind11.h>

#include "array.hpp"

namespace trimatte::kernels {

// Calls body(T{}) with the type of number that `array` holds: float or double.
template <class Body>
void by_type(const Array& array, const Body& body) {
    if (array.is_double()) {
        body(double{});
    } else {
        body(float{});
    }
}

void bind_closed_form(pybind11::module_& m);
void bind_composite(pybind11::module_& m);
void bind_correlation(pybind11::module_& m);
void bind_deform_conv(pybind11::module_& m);
void bind_despill(pybind11::module_& m);
void bind_filters(pybind11::module_& m);
void bind_finesse(pybind11::module_& m);
void bind_foreground(pybind11::module_& m);
void bind_memory_read(pybind11::module_& m);
void bind_morphology(pybind11::module_& m);
void bind_spread(pybind11::module_& m);
void bind_transfer(pybind11::module_& m);
void bind_warp(pybind11::module_& m);

}  // namespace trimatte::kernels
