// What crosses between the shell (inside the host) and the worker (Python): the wire format exists only here.
//
// One control socket per worker carries Hello, OpenChannel and Forget. Every render has a channel of its own, a
// SOCK_SEQPACKET pair and a memfd that OpenChannel hands over; on it one request is under way at a time:
//   shell:  Render, then FrameReady or FrameMissing for each FetchFrame; Cancel at any moment
//   worker: FetchFrame, Progress and Heartbeat while it works; SetText and GoTo before the end, Done at it
// End of file means that the other side is gone. Pictures lie in the memfd: rows without padding, y down.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace trimatte::wire {

constexpr uint32_t kMagic = 0x54724d31;  // "TrM1"
constexpr uint16_t kVersion = 2;
constexpr int kTextBytes = 2048;
constexpr int kMaxSide = 1 << 17;  // pixels; keeps every size product far from overflow

enum class Type : uint16_t {
    kHello = 1,
    kOpenChannel = 2,
    kForget = 3,
    kRender = 16,
    kFetchFrame = 17,
    kFrameReady = 18,
    kFrameMissing = 19,
    kProgress = 20,
    kHeartbeat = 21,
    kCancel = 22,
    kDone = 23,
    kSetText = 24,
    kGoTo = 25,
};

enum class Depth : uint32_t { kNone = 0, kByte = 1, kShort = 2, kHalf = 3, kFloat = 4 };
enum class Clip : uint32_t { kSource = 0, kTrimap = 1 };
// Parameters that the worker may set; kMarks is none: it is what the overlay draws, in lines of words and numbers.
enum class Parameter : uint32_t { kKeyframes = 0, kTrimapFrames = 1, kPainted = 2, kMarks = 3 };
enum class Status : int32_t { kOk = 0, kFailed = 1, kCancelled = 2 };

struct Header {
    uint32_t magic;
    uint16_t version;
    uint16_t type;
    uint32_t size;  // of the whole message, in bytes
    uint32_t reserved;
    uint64_t request;  // counts the requests of a channel; replies repeat it
};

// A picture in the memfd. Bounds are the host's: pixels, y up, upper ends exclusive. No channels: no picture.
struct Image {
    uint64_t offset;
    int32_t x1, y1, x2, y2;
    uint32_t depth;     // Depth
    uint32_t channels;  // 1 alpha, 3 RGB, 4 RGBA
};

// UTF-8, cut to fit, always terminated.
struct Text {
    char bytes[kTextBytes];
};

struct Hello {
    static constexpr Type kType = Type::kHello;
    Header header;
    int32_t pid;
    int32_t status;  // Status: kFailed when the worker cannot work, and text says why
    Text text;
};

struct OpenChannel {  // carries two descriptors: the channel and its memfd
    static constexpr Type kType = Type::kOpenChannel;
    Header header;
};

struct Forget {  // the host wants the memory back that an instance uses
    static constexpr Type kType = Type::kForget;
    Header header;
    uint64_t instance;
};

struct Render {
    static constexpr Type kType = Type::kRender;
    Header header;
    uint64_t instance;
    uint64_t memory_size;
    uint64_t settings_offset;  // JSON
    uint32_t settings_size;
    uint32_t flags;      // kTemporal | kHasRange
    double time;         // frames
    double first, last;  // frame range of Source, inclusive
    double scale_x, scale_y;
    Image source;  // the plate of ``time``; without channels where the host has none
    Image output;  // bounds are the render window
};
constexpr uint32_t kTemporal = 1;  // the host gives frames of other times
constexpr uint32_t kHasRange = 2;

struct FetchFrame {
    static constexpr Type kType = Type::kFetchFrame;
    Header header;
    double time;
    uint32_t clip;  // Clip
    uint32_t reserved;
};

struct FrameReady {
    static constexpr Type kType = Type::kFrameReady;
    Header header;
    uint64_t memory_size;
    double time;
    Image image;
};

struct FrameMissing {
    static constexpr Type kType = Type::kFrameMissing;
    Header header;
    double time;
    Text text;
};

struct Progress {
    static constexpr Type kType = Type::kProgress;
    Header header;
    double fraction;
};

struct Heartbeat {
    static constexpr Type kType = Type::kHeartbeat;
    Header header;
    double quiet_seconds;  // since the thread that solves last gave a sign of life
};

struct Cancel {
    static constexpr Type kType = Type::kCancel;
    Header header;
};

struct Done {
    static constexpr Type kType = Type::kDone;
    Header header;
    int32_t status;  // Status
    int32_t reserved;
    Text text;  // failed: the message for the user; else: one line about the frame
};

// A piece of the new value of a parameter; pieces of one parameter follow each other.
struct SetText {
    static constexpr Type kType = Type::kSetText;
    static constexpr int kPieceBytes = 4000;
    Header header;
    uint32_t parameter;  // Parameter
    uint32_t size;
    char bytes[kPieceBytes];
};

struct GoTo {  // the host is to show another time
    static constexpr Type kType = Type::kGoTo;
    Header header;
    double time;
};

constexpr size_t kMaxMessage = 4096;
constexpr size_t kMaxTextBytes = size_t{256} << 20;  // of a parameter

template <typename Message>
Message make(uint64_t request) {
    static_assert(std::is_trivially_copyable_v<Message> && sizeof(Message) <= kMaxMessage && sizeof(Message) % 8 == 0);
    Message message{};
    message.header = {kMagic, kVersion, static_cast<uint16_t>(Message::kType), sizeof(Message), 0, request};
    return message;
}

inline int depth_bytes(uint32_t depth) {
    switch (static_cast<Depth>(depth)) {
        case Depth::kByte:
            return 1;
        case Depth::kShort:
        case Depth::kHalf:
            return 2;
        case Depth::kFloat:
            return 4;
        default:
            return 0;
    }
}

inline int64_t width(const Image& image) { return int64_t{image.x2} - image.x1; }
inline int64_t height(const Image& image) { return int64_t{image.y2} - image.y1; }
inline size_t row_bytes(const Image& image) { return width(image) * image.channels * depth_bytes(image.depth); }
inline size_t image_bytes(const Image& image) { return row_bytes(image) * height(image); }

// Whether ``image`` is a picture that lies wholly inside ``memory_size`` bytes.
inline bool is_inside(const Image& image, uint64_t memory_size) {
    const int64_t w = width(image), h = height(image);
    if (w <= 0 || h <= 0 || w > kMaxSide || h > kMaxSide || depth_bytes(image.depth) == 0) return false;
    if (image.channels != 1 && image.channels != 3 && image.channels != 4) return false;
    if (image.offset % 64 != 0 || image.offset > memory_size) return false;
    return image_bytes(image) <= memory_size - image.offset;
}

inline void set_text(Text& text, std::string_view words) {
    size_t size = std::min<size_t>(words.size(), kTextBytes - 1);
    if (size < words.size()) {
        while (size > 0 && (static_cast<unsigned char>(words[size]) & 0xc0) == 0x80) --size;  // never half a character
    }
    std::memcpy(text.bytes, words.data(), size);
    text.bytes[size] = '\0';
}

// The length of the UTF-8 character that begins at ``at``; 0 where there is none, or a control character.
inline size_t character_size(std::string_view words, size_t at) {
    const auto first = static_cast<unsigned char>(words[at]);
    if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
    const size_t size = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    if (first >= 0xf5 || size == 0 || at + size > words.size()) return 0;
    for (size_t i = 1; i < size; ++i) {
        if ((static_cast<unsigned char>(words[at + i]) & 0xc0) != 0x80) return 0;
    }
    const auto second = static_cast<unsigned char>(words[at + 1]);
    const bool is_overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    const bool is_beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
    return is_overlong || is_beyond ? 0 : size;
}

// What is no text becomes question marks: hosts show these words, and not every host survives others.
inline std::string get_text(const Text& text) {
    const std::string_view words(text.bytes, strnlen(text.bytes, kTextBytes));
    std::string clean;
    for (size_t at = 0; at < words.size();) {
        const size_t size = character_size(words, at);
        clean += size > 0 ? words.substr(at, size) : "?";
        at += std::max<size_t>(size, 1);
    }
    return clean;
}

}  // namespace trimatte::wire
