// Packets for the wire from bytes that a fuzzer chose: as they are, or put right so far that they go deeper.
#pragma once

#include <algorithm>
#include <cstring>
#include <iterator>
#include <vector>

#include "wire/socket.hpp"

namespace fuzz {

namespace wire = trimatte::wire;

constexpr uint8_t kHeaderIsTrue = 1;  // magic, version and size are put right
constexpr uint8_t kTypeIsTrue = 2;    // so is the type, and the size is that of the type
constexpr uint8_t kWithDescriptors = 4;
constexpr uint8_t kOnControl = 8;
constexpr uint8_t kSpeaksOfMarks = 16;

constexpr wire::Type kTypes[] = {wire::Type::kHello,        wire::Type::kOpenChannel, wire::Type::kForget,
                                 wire::Type::kRender,       wire::Type::kFetchFrame,  wire::Type::kFrameReady,
                                 wire::Type::kFrameMissing, wire::Type::kProgress,    wire::Type::kHeartbeat,
                                 wire::Type::kCancel,       wire::Type::kDone,        wire::Type::kSetText,
                                 wire::Type::kGoTo};

inline size_t size_of(wire::Type type) {
    switch (type) {
        case wire::Type::kHello:
        case wire::Type::kDone:
            return sizeof(wire::Done);
        case wire::Type::kRender:
            return sizeof(wire::Render);
        case wire::Type::kFrameReady:
            return sizeof(wire::FrameReady);
        case wire::Type::kFrameMissing:
            return sizeof(wire::FrameMissing);
        case wire::Type::kFetchFrame:
            return sizeof(wire::FetchFrame);
        case wire::Type::kSetText:
            return sizeof(wire::SetText);
        case wire::Type::kOpenChannel:
        case wire::Type::kCancel:
            return sizeof(wire::Cancel);
        default:
            return sizeof(wire::Progress);
    }
}

// One row of an input: what is done with the bytes, and the bytes.
struct Piece {
    uint8_t ways;
    std::vector<uint8_t> bytes;
};

// An input is a row of pieces: one byte of ways, two of length, then the bytes.
inline std::vector<Piece> pieces_of(const uint8_t* data, size_t size) {
    std::vector<Piece> pieces;
    for (size_t at = 0; at + 3 <= size && pieces.size() < 16;) {
        const size_t length = std::min<size_t>(data[at + 1] | (data[at + 2] & 0x1f) << 8, size - at - 3);
        pieces.push_back({data[at], {data + at + 3, data + at + 3 + length}});
        at += 3 + length;
    }
    return pieces;
}

// The packet of a piece. Without ``requests`` the number of the request is left as it is, else below that.
inline std::vector<uint8_t> packet_of(const Piece& piece, uint64_t requests) {
    std::vector<uint8_t> packet = piece.bytes;
    if (!(piece.ways & kHeaderIsTrue)) return packet;
    auto type = static_cast<uint16_t>(packet.size() > 6 ? packet[6] : 0);
    if (piece.ways & kTypeIsTrue) {
        const wire::Type chosen = kTypes[type % std::size(kTypes)];
        type = static_cast<uint16_t>(chosen);
        packet.resize(size_of(chosen));
    }
    packet.resize(std::max(packet.size(), sizeof(wire::Header)));
    wire::Header header;
    std::memcpy(&header, packet.data(), sizeof(header));
    header.magic = wire::kMagic, header.version = wire::kVersion, header.type = type;
    header.size = static_cast<uint32_t>(packet.size());
    if (requests > 0) header.request %= requests;
    std::memcpy(packet.data(), &header, sizeof(header));
    return packet;
}

}  // namespace fuzz
