#include "array.hpp"

#include <functional>
#include <numeric>
#include <stdexcept>

namespace trimatte::kernels {
namespace {

constexpr int32_t kCpu = 1;

bool is_contiguous(const DLTensor& tensor) {
    if (tensor.strides == nullptr) return true;
    int64_t expected = 1;
    for (int axis = tensor.ndim - 1; axis >= 0; --axis) {
        if (tensor.shape[axis] == 0) return true;
        if (tensor.shape[axis] != 1 && tensor.strides[axis] != expected) return false;
        expected *= tensor.shape[axis];
    }
    return true;
}

}  // namespace

Array::Array(const pybind11::object& tensor) : owner_(tensor.attr("__dlpack__")()) {
    // The capsule frees the array when it goes; it stays "dltensor", since we only look.
    auto* managed = static_cast<DLManagedTensor*>(PyCapsule_GetPointer(owner_.ptr(), "dltensor"));
    if (managed == nullptr) throw pybind11::error_already_set();
    const DLTensor& view = managed->dl_tensor;
    if (view.device.device_type != kCpu) throw std::invalid_argument("the array is not on the CPU; move it there");
    if (!is_contiguous(view)) throw std::invalid_argument("the array is not contiguous; call contiguous()");
    data_ = static_cast<char*>(view.data) + view.byte_offset;
    dtype_ = view.dtype;
    shape_.assign(view.shape, view.shape + view.ndim);
}

int64_t Array::count() const { return std::accumulate(shape_.begin(), shape_.end(), int64_t{1}, std::multiplies<>()); }

void Array::check(int bits) const {
    if (dtype_.bits != bits || dtype_.lanes != 1) {
        throw std::invalid_argument("the array holds numbers of " + std::to_string(dtype_.bits) + " bits, expected " +
                                    std::to_string(bits));
    }
}

}  // namespace trimatte::kernels
