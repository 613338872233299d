#include "closed_form.hpp"

#include <memory>
#include <vector>

#include "closed_form_rows.hpp"
#include "parallel.hpp"

namespace trimatte::kernels {
namespace {

constexpr int64_t kChunk = 64;  // blocks whose sums are added up together
constexpr int64_t kLeastChunks = 2;

// Adds a[i] * b[i] in double, lane by lane, then the lanes in order.
template <class T>
TRIMATTE_VECTORISE double dot(const T* a, const T* b, int64_t count) {
    constexpr int lanes = Lanes<T>::count;
    double partial[lanes] = {};
    for (int64_t i = 0; i < count; i += lanes) {
        for (int lane = 0; lane < lanes; ++lane) partial[lane] += double(a[i + lane]) * double(b[i + lane]);
    }
    double sum = 0;
    for (const double one : partial) sum += one;
    return sum;
}

// image = rows * field for `blocks` blocks of neighbouring pixels, each at its place in the padded field.
template <class T>
TRIMATTE_VECTORISE void apply_rows(const T* weights, const T* field, const int64_t* places, int64_t stride, T* image,
                                   int64_t blocks) {
    using Vector = typename Lanes<T>::Vector;
    constexpr int lanes = Lanes<T>::count;
    for (int64_t block = 0; block < blocks; ++block, weights += kStencil * lanes) {
        Vector sum{};
        for (int row = 0; row < 5; ++row) {
            const T* from = field + places[block] + (row - 2) * stride - 2;
            for (int column = 0; column < 5; ++column) {
                Vector weight, value;
                TRIMATTE_LOAD(weight, weights + (row * 5 + column) * lanes);
                TRIMATTE_LOAD(value, from + column);
                sum += weight * value;
            }
        }
        TRIMATTE_STORE(image + block * lanes, sum);
    }
}

// Takes a step: moves the solution, and scales what is left by the diagonal.
template <class T>
TRIMATTE_VECTORISE void take_step(T step, const T* direction, const T* image, const T* diagonal, T* solution,
                                  T* residual, T* scaled, int64_t count) {
#pragma GCC ivdep
    for (int64_t i = 0; i < count; ++i) {
        solution[i] += step * direction[i];
        residual[i] -= step * image[i];
        scaled[i] = residual[i] / diagonal[i];
    }
}

// direction = scaled + turn * direction, also into the field.
template <class T>
TRIMATTE_VECTORISE void turn_direction(T turn, const T* scaled, T* direction, T* field, const int64_t* places,
                                       int64_t blocks) {
    using Vector = typename Lanes<T>::Vector;
    constexpr int lanes = Lanes<T>::count;
    for (int64_t block = 0; block < blocks; ++block) {
        Vector old, now;
        TRIMATTE_LOAD(old, direction + block * lanes);
        TRIMATTE_LOAD(now, scaled + block * lanes);
        now += turn * old;
        TRIMATTE_STORE(direction + block * lanes, now);
        TRIMATTE_STORE(field + places[block], now);
    }
}

// The open pixels as blocks of neighbours in a row. Pixels of a block that are not open have rows of zeros and stay.
template <class T>
class Solver {
  public:
    static constexpr int kLanes = Lanes<T>::count;

    Solver(const T* plate, const T* alpha, const uint8_t* open, const ClosedForm& problem, int threads)
        : problem_(problem), threads_(threads), stride_(problem.width + 4 + kLanes) {
        for (int64_t y = 0; y < problem.height; ++y) {
            const uint8_t* row = open + y * problem.width;
            for (int64_t x = 0; x < problem.width;) {
                if (row[x] == 0) {
                    ++x;
                    continue;
                }
                starts_.push_back(y * problem.width + x);
                places_.push_back((y + 2) * stride_ + x + 2);
                x += kLanes;
            }
        }
        const int64_t count = blocks() * kLanes;
        weights_ = std::make_unique_for_overwrite<T[]>(count * kStencil);
        for (auto* vector : {&solution_, &residual_, &scaled_, &direction_, &image_, &diagonal_}) vector->resize(count);
        field_.resize((problem.height + 4) * stride_);
        sums_.resize((blocks() + kChunk - 1) / kChunk);
        prepare(plate, alpha, open);
    }

    void solve() {
        double energy = turn(0);
        const double enough = energy * problem_.tolerance * problem_.tolerance;
        for (int64_t done = 0; done < problem_.iterations && energy > enough; ++done) {
            const double bend = over_chunks([&](int64_t first, int64_t count) {
                apply_rows(&weights_[first * kLanes * kStencil], field_.data(), &places_[first], stride_,
                           &image_[first * kLanes], count);
                return dot(&direction_[first * kLanes], &image_[first * kLanes], count * kLanes);
            });
            const T step = T(energy / bend);
            const double before = energy;
            energy = over_chunks([&](int64_t first, int64_t count) {
                const int64_t at = first * kLanes, size = count * kLanes;
                take_step(step, &direction_[at], &image_[at], &diagonal_[at], &solution_[at], &residual_[at],
                          &scaled_[at], size);
                return dot(&residual_[at], &scaled_[at], size);
            });
            turn(energy / before);
        }
    }

    void write(const uint8_t* open, T* out) const {
        for (int64_t block = 0; block < blocks(); ++block) {
            for (int64_t lane = 0; lane < lanes_inside(block); ++lane) {
                const int64_t at = starts_[block] + lane;
                if (open[at] != 0) out[at] = std::clamp(solution_[block * kLanes + lane], T(0), T(1));
            }
        }
    }

  private:
    int64_t blocks() const { return static_cast<int64_t>(starts_.size()); }
    int64_t lanes_inside(int64_t block) const {
        return std::min<int64_t>(kLanes, problem_.width - starts_[block] % problem_.width);
    }

    // Calls body(first block, number of blocks) for all chunks and adds up what it returns, in order.
    template <class Body>
    double over_chunks(const Body& body) {
        const int64_t chunks = static_cast<int64_t>(sums_.size());
        parallel_for(chunks, threads_, kLeastChunks, [&](int64_t first, int64_t last) {
            for (int64_t chunk = first; chunk < last; ++chunk) {
                sums_[chunk] = body(chunk * kChunk, std::min(kChunk, blocks() - chunk * kChunk));
            }
        });
        double sum = 0;
        for (const double one : sums_) sum += one;
        return sum;
    }

    // Turns the direction of the next step by `factor`; returns the energy that is left.
    double turn(double factor) {
        return over_chunks([&](int64_t first, int64_t count) {
            const int64_t at = first * kLanes;
            turn_direction(T(factor), &scaled_[at], &direction_[at], field_.data(), &places_[first], count);
            return dot(&residual_[at], &scaled_[at], count * kLanes);
        });
    }

    void prepare(const T* plate, const T* alpha, const uint8_t* open) {
        for (int64_t y = 0; y < problem_.height; ++y) {
            std::copy_n(alpha + y * problem_.width, problem_.width, &field_[(y + 2) * stride_ + 2]);
        }
        over_chunks([&](int64_t first, int64_t count) {
            for (int64_t block = first; block < first + count; ++block) assemble(block, plate, open);
            // the belief pulls nowhere yet, as the solution starts at it: the residual is that of the picture alone
            apply_rows(&weights_[first * kLanes * kStencil], field_.data(), &places_[first], stride_,
                       &residual_[first * kLanes], count);
            for (int64_t block = first; block < first + count; ++block) believe(block, alpha, open);
            return 0.0;
        });
        std::fill(field_.begin(), field_.end(), T(0));
    }

    void assemble(int64_t block, const T* plate, const uint8_t* open) {
        const int64_t start = starts_[block], width = problem_.width;
        Surroundings<kLanes> around;
        double rows[kStencil][kLanes] = {};
        gather(plate, problem_.height, width, start / width, start % width, around);
        describe_windows(around, problem_.epsilon);
        add_rows(around, rows);
        T* weights = &weights_[block * kLanes * kStencil];
        for (int lane = 0; lane < kLanes; ++lane) {
            const bool is_open = lane < lanes_inside(block) && open[start + lane] != 0;
            for (int k = 0; k < kStencil; ++k) weights[k * kLanes + lane] = is_open ? T(rows[k][lane]) : T(0);
        }
    }

    // Starts at the belief, and adds its weight to the diagonal.
    void believe(int64_t block, const T* alpha, const uint8_t* open) {
        T* centre = &weights_[(block * kStencil + kCentre) * kLanes];
        for (int lane = 0; lane < kLanes; ++lane) {
            const int64_t at = block * kLanes + lane, pixel = starts_[block] + lane;
            if (lane < lanes_inside(block) && open[pixel] != 0) {
                const double belief = alpha[pixel], sure = (2 * belief - 1) * (2 * belief - 1);
                solution_[at] = alpha[pixel];
                centre[lane] += T(problem_.trust * std::max(sure, problem_.least_trust));
            }
            residual_[at] = -residual_[at];
            diagonal_[at] = std::max(centre[lane], T(1e-12));
            scaled_[at] = residual_[at] / diagonal_[at];
        }
    }

    const ClosedForm& problem_;
    int threads_;
    int64_t stride_;                // of the padded field: two pixels before a row, two and a block behind it
    std::vector<int64_t> starts_;   // first pixel of each block in the picture
    std::vector<int64_t> places_;   // the same in the padded field
    std::unique_ptr<T[]> weights_;  // (block, neighbour, lane)
    std::vector<T> solution_, residual_, scaled_, direction_, image_, diagonal_;  // (block, lane)
    std::vector<T> field_;      // (H + 4, stride): a picture that rows are multiplied with
    std::vector<double> sums_;  // one a chunk
};

}  // namespace

template <class T>
void solve_closed_form(const T* plate, const T* alpha, const uint8_t* open, T* out, const ClosedForm& problem,
                       int threads) {
    Solver<T> solver(plate, alpha, open, problem, threads);
    solver.solve();
    solver.write(open, out);
}

template void solve_closed_form(const float*, const float*, const uint8_t*, float*, const ClosedForm&, int);
template void solve_closed_form(const double*, const double*, const uint8_t*, double*, const ClosedForm&, int);

}  // namespace trimatte::kernels
