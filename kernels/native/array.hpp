// Arrays that Python lends us through DLPack: no copy, no torch headers.
#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>
#include <vector>

namespace trimatte::kernels {

// The memory layout that DLPack 0.8 fixes (dlpack.org, "C API").
struct DLDevice {
    int32_t device_type;  // 1: CPU
    int32_t device_id;
};
struct DLDataType {
    uint8_t code;  // 0: signed integer, 1: unsigned integer, 2: floating point
    uint8_t bits;
    uint16_t lanes;
};
struct DLTensor {
    void* data;
    DLDevice device;
    int32_t ndim;
    DLDataType dtype;
    int64_t* shape;
    int64_t* strides;
    uint64_t byte_offset;
};
struct DLManagedTensor {
    DLTensor dl_tensor;
    void* manager_ctx;
    void (*deleter)(DLManagedTensor*);
};

// A contiguous array of float, double or uint8 on the CPU; keeps its memory alive.
class Array {
  public:
    Array() = default;
    explicit Array(const pybind11::object& tensor);  // throws std::invalid_argument

    int64_t size(int axis) const { return shape_.at(axis < 0 ? axis + shape_.size() : axis); }
    int64_t count() const;
    bool is_double() const { return dtype_.bits == 64; }
    bool is_byte() const { return dtype_.bits == 8; }

    template <class T>
    T* data() const {  // throws std::invalid_argument if the array holds something else
        check(sizeof(T) * 8);
        return static_cast<T*>(data_);
    }

  private:
    void check(int bits) const;

    pybind11::object owner_;
    void* data_ = nullptr;
    DLDataType dtype_{};
    std::vector<int64_t> shape_;
};

}  // namespace trimatte::kernels

namespace pybind11::detail {

template <>
struct type_caster<trimatte::kernels::Array> {
    PYBIND11_TYPE_CASTER(trimatte::kernels::Array, const_name("torch.Tensor"));
    bool load(handle source, bool) {
        value = trimatte::kernels::Array(reinterpret_borrow<object>(source));
        return true;
    }
};

}  // namespace pybind11::detail
