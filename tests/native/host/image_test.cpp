// Twin of host_bridge/native/image.cpp, and of the rounding in clip.cpp.
#include "image.hpp"

#include <openfx/ofx_image_effect.h>

#include <vector>

#include "check.hpp"
#include "clip.hpp"
#include "status.hpp"

using namespace trimatte::host;

namespace {

ImageSpec byte_spec(OfxRectI bounds, RowOrder order) {
    ImageSpec spec;
    spec.bounds = bounds;
    spec.depth = kOfxBitDepthByte;
    spec.components = kOfxImageComponentAlpha;
    spec.row_order = order;
    return spec;
}

std::byte* pixel(const Image& image, int x, int y) {
    auto set = HandleTable<PropertySet>::global().find(image.handle());
    auto* data = static_cast<std::byte*>(set->get<void*>(kOfxImagePropData));
    const int step = set->get<int>(kOfxImagePropRowBytes);
    return data + static_cast<std::ptrdiff_t>(y - image.spec().bounds.y1) * step + (x - image.spec().bounds.x1);
}

void test_frames_are_turned_once_and_come_back(RowOrder order) {
    std::vector<std::byte> rows(12);
    for (int i = 0; i < 12; ++i) {
        rows[i] = static_cast<std::byte>(i);
    }
    auto image = Image::create(byte_spec({-2, 5, 2, 8}, order));
    image->fill({rows.data(), 4, 4, 3, nullptr});
    CHECK(*pixel(*image, -2, 7) == std::byte{0});  // the first row is the highest
    CHECK(*pixel(*image, 1, 5) == std::byte{11});
    std::vector<std::byte> back(12);
    image->copy_out({-2, 5, 2, 8}, back.data());
    CHECK(back == rows);
    std::vector<std::byte> part(2);
    image->copy_out({0, 5, 2, 6}, part.data());
    CHECK(part[0] == std::byte{10} && part[1] == std::byte{11});
    CHECK_THROWS(image->fill({rows.data(), 3, 3, 4, nullptr}), HostFailure);
}

void test_a_stray_write_is_found(RowOrder order) {
    const OfxRectI window{1, 1, 3, 3};
    for (int y = -1; y < 5; ++y) {
        for (int x = -1; x < 5; ++x) {
            auto image = Image::create(byte_spec({-1, -1, 5, 5}, order));
            image->arm(window);
            CHECK(image->is_intact(window));
            *pixel(*image, x, y) = std::byte{1};
            const bool inside = x >= 1 && x < 3 && y >= 1 && y < 3;
            CHECK(image->is_intact(window) == inside);
        }
    }
}

void test_pixels_are_rounded_outward() {
    const OfxRectI r = to_pixels({-1.5, 0.25, 10.0, 7.000000001}, {0.5, 0.5}, 2.0);
    CHECK(r.x1 == -1 && r.y1 == 0 && r.x2 == 3 && r.y2 == 4);
    const OfxRectD back = to_canonical({1, 2, 3, 4}, {0.5, 0.5}, 2.0);
    CHECK(back.x1 == 4.0 && back.y1 == 4.0 && back.x2 == 12.0 && back.y2 == 8.0);
}

}  // namespace

void test_images() {
    for (const RowOrder order : {RowOrder::kPositive, RowOrder::kPadded, RowOrder::kNegative}) {
        test_frames_are_turned_once_and_come_back(order);
        test_a_stray_write_is_found(order);
    }
    test_pixels_are_rounded_outward();
    CHECK_THROWS(Image::create(byte_spec({0, 0, 0, 5}, RowOrder::kPositive)), HostFailure);
}
