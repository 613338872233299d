// Room for numbers that begins where a cache line does.
#pragma once

#include <cstdint>
#include <vector>

namespace trimatte::kernels {

template <class T>
class AlignedNumbers {
  public:
    AlignedNumbers() = default;
    AlignedNumbers(const AlignedNumbers&) = delete;  // the beginning would stay behind

    void resize(int64_t count) {
        memory_.assign(count + kLine, T(0));
        const auto address = reinterpret_cast<uintptr_t>(memory_.data());
        start_ = memory_.data() + (-address % 64) / sizeof(T);
    }
    T* data() { return start_; }
    const T* data() const { return start_; }

  private:
    static constexpr int64_t kLine = 64 / sizeof(T);
    std::vector<T> memory_;
    T* start_ = nullptr;
};

}  // namespace trimatte::kernels
