#include "overlay_worker.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "keyframe_actions.hpp"
#include "parameters.hpp"

namespace trimatte::shell {

namespace {

constexpr std::chrono::milliseconds kPatience{200};       // of a viewer
constexpr std::chrono::milliseconds kUserPatience{2000};  // after an undo

Reply ask(EffectInstance& instance, double time, const std::string& settings, std::function<bool()> cancelled) {
    const HostImage none(nullptr, time);  // images are not to be had while a viewer is drawn or painted in
    return solve({instance,
                  time,
                  {},
                  {1, 1},
                  false,
                  none,
                  nullptr,
                  settings,
                  [](double) { return true; },
                  std::move(cancelled)});
}

std::function<bool()> after(std::chrono::milliseconds patience) {
    return [deadline = Clock::now() + patience] { return Clock::now() > deadline; };
}

// Whole numbers apart by spaces; false where there is anything else.
template <typename Take>
bool read_numbers(std::string_view words, Take&& take) {
    const char *at = words.data(), *const end = at + words.size();
    while (at != end) {
        int number = 0;
        if (*at == ' ') {
            ++at;
            continue;
        }
        const auto [next, error] = std::from_chars(at, end, number);
        if (error != std::errc()) return false;
        take(number);
        at = next;
    }
    return true;
}

bool read_loop(std::string_view words, std::vector<Loop>& loops) {
    std::vector<int> numbers;
    if (!read_numbers(words, [&](int number) { numbers.push_back(number); }) || numbers.size() % 2) return false;
    Loop& loop = loops.emplace_back();
    for (size_t i = 0; i < numbers.size(); i += 2) {
        loop.push_back({static_cast<double>(numbers[i]), static_cast<double>(numbers[i + 1])});
    }
    return true;
}

bool read_line(const std::string& line, Marks& marks) {
    const size_t space = std::min(line.find(' '), line.size());
    const std::string_view name(line.data(), space), words(line.data() + space, line.size() - space);
    if (name == "keyframes") return read_numbers(words, [&](int frame) { marks.keyframes.push_back(frame); });
    if (name == "foreground") return read_loop(words, marks.foreground);
    if (name == "background") return read_loop(words, marks.background);
    std::vector<int> size;
    if (name != "size" || !read_numbers(words, [&](int side) { size.push_back(side); }) || size.size() != 2)
        return false;
    marks.columns = size[0], marks.rows = size[1];
    return true;
}

std::string number(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof(text), std::isfinite(value) ? value : 0.0);
    return {text, end.ptr};
}

std::string as_json(const Plane& plane, const Stroke& stroke) {
    std::string json =
        ",\"strokeSize\":[" + std::to_string(plane.columns()) + "," + std::to_string(plane.rows()) + "],\"stroke\":[";
    for (size_t i = 0; i < stroke.places.size(); ++i) {
        json += i > 0 ? ",[" : "[";
        json += number(stroke.places[i].x) + "," + number(stroke.places[i].y) + "," + number(stroke.pressures[i]) + "]";
    }
    return json + "]";
}

}  // namespace

std::optional<Marks> read_marks(const std::string& text) {
    Marks marks;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!read_line(line, marks)) return {};
    }
    if (!std::is_sorted(marks.keyframes.begin(), marks.keyframes.end())) return {};
    const bool has_loops = !marks.foreground.empty() || !marks.background.empty();
    return has_loops && (marks.columns <= 0 || marks.rows <= 0) ? std::nullopt : std::optional(std::move(marks));
}

std::optional<Marks> ask_marks(EffectInstance& instance, double time, const std::string& settings) {
    const Reply reply = ask(instance, time, settings, after(kPatience));
    const auto found = reply.values.find(wire::Parameter::kMarks);
    if (reply.status != wire::Status::kOk || found == reply.values.end()) return {};
    return read_marks(found->second);
}

// Every request takes the worker to the state of its parameters; this one wants nothing else.
void follow_painted(EffectInstance& instance, double time) {
    ask(instance, time, settings_of(instance, time, Task::kShowMarks), after(kUserPatience));
}

void paint_stroke(EffectInstance& instance, double time, const Plane& plane, const Stroke& stroke) {
    const std::string settings = settings_of(instance, time, Task::kPaintStroke, as_json(plane, stroke));
    const Reply reply = ask(instance, time, settings, {});
    instance.clear_message();
    if (reply.status == wire::Status::kFailed) {
        instance.show_message(kOfxMessageError, reply.text);
    } else if (reply.status == wire::Status::kOk) {
        set_values(instance, reply, "Trimatte stroke");
    }
    instance.set_status(reply.status == wire::Status::kCancelled ? "Cancelled; nothing was painted." : reply.text);
    write_status(instance.parameters(), instance.status());
}

}  // namespace trimatte::shell
