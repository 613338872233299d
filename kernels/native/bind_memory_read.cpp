#include <pybind11/pybind11.h>

#include "array.hpp"
#include "memory_read.hpp"
#include "module.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace trimatte::kernels {
namespace {

MemoryReadShape shape_of(const Array& query, const Array& keys, const Array& values, int64_t top_k) {
    return {query.size(0),
            query.size(1),
            keys.size(1),
            query.size(2),
            values.size(2),
            query.size(3) * query.size(4),
            keys.size(3) * keys.size(4),
            top_k};
}

void run(const Array& query, const Array& keys, const Array& values, const Array& out, const Array& statistics,
         int64_t top_k, int threads) {
    const MemoryReadShape shape = shape_of(query, keys, values, top_k);
    by_type(query, [&](auto zero) {
        using T = decltype(zero);
        const T *asked = query.data<T>(), *known = keys.data<T>(), *read = values.data<T>();
        T *result = out.data<T>(), *facts = statistics.data<T>();
        py::gil_scoped_release unlock;
        memory_read(asked, known, read, result, facts, shape, threads);
    });
}

void run_backward(const Array& gradient, const Array& query, const Array& keys, const Array& values, const Array& out,
                  const Array& statistics, const Array& query_gradient, const Array& key_gradient,
                  const Array& value_gradient, int64_t top_k, int threads) {
    const MemoryReadShape shape = shape_of(query, keys, values, top_k);
    by_type(query, [&](auto zero) {
        using T = decltype(zero);
        const T *towards = gradient.data<T>(), *asked = query.data<T>(), *known = keys.data<T>();
        const T *read = values.data<T>(), *result = out.data<T>(), *facts = statistics.data<T>();
        const MemoryReadGradients<T> gradients{query_gradient.data<T>(), key_gradient.data<T>(),
                                               value_gradient.data<T>()};
        py::gil_scoped_release unlock;
        memory_read_backward(towards, asked, known, read, result, facts, gradients, shape, threads);
    });
}

}  // namespace

void bind_memory_read(py::module_& m) {
    m.def("memory_read", &run, "query"_a, "keys"_a, "values"_a, "out"_a, "statistics"_a, "top_k"_a, "threads"_a,
          "Read values (B, M, V, h, w) by keys (B, M, K, h, w) for ``query`` (B, T, K, H, W) into ``out`` "
          "(B, T, V, H, W), and write what the gradients need into ``statistics`` (B, T, 3, H, W); 0 keeps all.");
    m.def("memory_read_backward", &run_backward, "gradient"_a, "query"_a, "keys"_a, "values"_a, "out"_a, "statistics"_a,
          "query_gradient"_a, "key_gradient"_a, "value_gradient"_a, "top_k"_a, "threads"_a,
          "Write the gradients of query, keys and values.");
}

}  // namespace trimatte::kernels
