// Rows of the matting Laplacian for a few neighbouring pixels at once.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "vectorise.hpp"

namespace trimatte::kernels {

inline constexpr int kStencil = 25;  // neighbours that share a 3x3 window with a pixel, row by row
inline constexpr int kCentre = 12;

// Colours around `kLanes` pixels in a row, two on every side, and the windows they lie in.
template <int kLanes>
struct Surroundings {
    double colour[3][5][kLanes + 4];
    double mean[3][3][kLanes + 2];     // row of the window's middle, channel, column
    double inverse[3][6][kLanes + 2];  // of the covariance: rr, rg, rb, gg, gb, bb
    double counts[3][kLanes + 2];      // 1, or 0 for a window that says nothing
};

// Reads the colours around the pixels (y, x), (y, x + 1), ...; what is outside or no finite number becomes 0, and
// windows that hold it do not count.
template <class T, int kLanes>
void gather(const T* plate, int64_t height, int64_t width, int64_t y, int64_t x, Surroundings<kLanes>& around) {
    bool is_good[5][kLanes + 4];
    const int64_t plane = height * width;
    for (int row = 0; row < 5; ++row) {
        for (int column = 0; column < kLanes + 4; ++column) {
            const int64_t py = y + row - 2, px = x + column - 2;
            bool is_number = py >= 0 && py < height && px >= 0 && px < width;
            const T* from = plate + (is_number ? py * width + px : 0);
            for (int c = 0; c < 3; ++c) is_number = is_number && std::isfinite(from[c * plane]);
            for (int c = 0; c < 3; ++c) around.colour[c][row][column] = is_number ? double(from[c * plane]) : 0.0;
            is_good[row][column] = is_number;
        }
    }
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < kLanes + 2; ++column) {
            bool counts = true;
            for (int i = 0; i < 9; ++i) counts = counts && is_good[row + i / 3][column + i % 3];
            around.counts[row][column] = counts ? 1.0 : 0.0;
        }
    }
}

// Mean and inverse covariance of every window; by LDL', which keeps its digits where colours lie on a line.
template <int kLanes>
TRIMATTE_VECTORISE void describe_windows(Surroundings<kLanes>& around, double epsilon) {
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < kLanes + 2; ++column) {
            double mean[3], v[6] = {};
            for (int c = 0; c < 3; ++c) {
                double sum = 0;
                for (int i = 0; i < 9; ++i) sum += around.colour[c][row + i / 3][column + i % 3];
                mean[c] = sum / 9;
                around.mean[row][c][column] = mean[c];
            }
            for (int i = 0; i < 9; ++i) {
                const double r = around.colour[0][row + i / 3][column + i % 3] - mean[0];
                const double g = around.colour[1][row + i / 3][column + i % 3] - mean[1];
                const double b = around.colour[2][row + i / 3][column + i % 3] - mean[2];
                v[0] += r * r, v[1] += r * g, v[2] += r * b, v[3] += g * g, v[4] += g * b, v[5] += b * b;
            }
            const double noise = epsilon / 9, first = v[0] / 9 + noise;
            const double gr = v[1] / 9 / first, br = v[2] / 9 / first;
            const double second = v[3] / 9 + noise - gr * v[1] / 9;
            const double bg = (v[4] / 9 - br * v[1] / 9) / second;
            const double third = v[5] / 9 + noise - br * v[2] / 9 - bg * bg * second;
            const double rb = gr * bg - br;  // rows of the inverse of L: (1), (-gr, 1), (rb, -bg, 1)
            double(&inverse)[6][kLanes + 2] = around.inverse[row];
            inverse[0][column] = 1 / first + gr * gr / second + rb * rb / third;
            inverse[1][column] = -gr / second - rb * bg / third;
            inverse[2][column] = rb / third;
            inverse[3][column] = 1 / second + bg * bg / third;
            inverse[4][column] = -bg / third;
            inverse[5][column] = 1 / third;
        }
    }
}

// Adds up the rows: weights[k][lane] of neighbour k of a pixel.
template <int kLanes>
TRIMATTE_VECTORISE void add_rows(const Surroundings<kLanes>& around, double (*weights)[kLanes]) {
    const auto& colour = around.colour;
    for (int window = 0; window < 9; ++window) {
        const int row = window / 3, shift = window % 3;
        double slope[3][kLanes], offset[kLanes];
        for (int i = 0; i < kLanes; ++i) {
            const int at = i + shift;
            const double *m0 = around.mean[row][0], *m1 = around.mean[row][1], *m2 = around.mean[row][2];
            const auto& s = around.inverse[row];
            const double r = colour[0][2][i + 2] - m0[at], g = colour[1][2][i + 2] - m1[at];
            const double b = colour[2][2][i + 2] - m2[at], share = around.counts[row][at] / 9;
            slope[0][i] = share * (s[0][at] * r + s[1][at] * g + s[2][at] * b);
            slope[1][i] = share * (s[1][at] * r + s[3][at] * g + s[4][at] * b);
            slope[2][i] = share * (s[2][at] * r + s[4][at] * g + s[5][at] * b);
            offset[i] = share - (slope[0][i] * m0[at] + slope[1][i] * m1[at] + slope[2][i] * m2[at]);
            weights[kCentre][i] += around.counts[row][at];
        }
        for (int member = 0; member < 9; ++member) {
            const int down = row + member / 3, right = shift + member % 3;
            double* weight = weights[down * 5 + right];
            for (int i = 0; i < kLanes; ++i) {
                weight[i] -= offset[i] + slope[0][i] * colour[0][down][i + right] +
                             slope[1][i] * colour[1][down][i + right] + slope[2][i] * colour[2][down][i + right];
            }
        }
    }
}

}  // namespace trimatte::kernels
