#include "module.hpp"

PYBIND11_MODULE(_native, m) {
    m.doc() = "Operations in C++ over arrays on the CPU; the doors in trimatte.kernels have checked the shapes.";
    trimatte::kernels::bind_closed_form(m);
    trimatte::kernels::bind_composite(m);
    trimatte::kernels::bind_correlation(m);
    trimatte::kernels::bind_deform_conv(m);
    trimatte::kernels::bind_despill(m);
    trimatte::kernels::bind_filters(m);
    trimatte::kernels::bind_finesse(m);
    trimatte::kernels::bind_foreground(m);
    trimatte::kernels::bind_memory_read(m);
    trimatte::kernels::bind_morphology(m);
    trimatte::kernels::bind_spread(m);
    trimatte::kernels::bind_transfer(m);
    trimatte::kernels::bind_warp(m);
}
