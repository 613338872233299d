#include "conversation.hpp"

#include <algorithm>
#include <cmath>

namespace trimatte::shell {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kPoll{20};  // how soon an abort of the host is noticed
constexpr size_t kAlignment = 4096;
constexpr double kFarthest = 1e9;         // frames; no host has a clip this long
constexpr int64_t kFetchesPerFrame = 16;  // a worker that asks for more of a clip than this goes round in circles
constexpr int64_t kFreeFetches = 256;
constexpr int kSilentHangs = 12;  // a worker may say that it thinks, but not for ever

double checked_time(double time) {
    if (!(std::abs(time) <= kFarthest)) throw wire::ProtocolError("the worker asked for a frame that cannot be");
    return time;
}

size_t aligned(size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

bool is_aborted(const EffectInstance& instance) { return suites().effect->abort(instance.effect()) != 0; }

bool is_unwanted(const Job& job) { return is_aborted(job.instance) || (job.cancelled && job.cancelled()); }

Conversation::Conversation(const Job& job, Worker& worker)
    : job_(job),
      worker_(worker),
      channel_(worker.take_channel()),
      progress_(job.instance.effect(), job.interactive),
      stall_(limit("TRIMATTE_STALL_SECONDS", 20)),
      hang_(limit("TRIMATTE_HANG_SECONDS", 600)),
      most_fetches_(kFreeFetches) {}

Reply Conversation::run() {
    send_request();
    heard_ = answered_ = Clock::now();
    wire::Packet packet;
    Reply reply{};
    for (;;) {
        while (wire::receive(channel_->socket.get(), packet)) {
            heard_ = Clock::now();
            if (!take(packet, reply)) {
                check_patience();  // here too: a worker that never stops talking must not be the one who decides
                continue;
            }
            if (reply.status == wire::Status::kOk && job_.output) {
                job_.output->copy_from(channel_->memory.data() + output_.offset, job_.window);
            }
            worker_.give_back(std::move(channel_));
            return reply;
        }
        check_patience();
        wire::wait(channel_->socket.get(), kPoll);
    }
}

void Conversation::send_request() {
    auto request = wire::make<wire::Render>(++channel_->request);
    request.instance = job_.instance.number();
    request.time = job_.time;
    request.scale_x = job_.scale[0], request.scale_y = job_.scale[1];
    request.flags = host_properties().get_int(kOfxImageEffectPropTemporalClipAccess, 0) ? wire::kTemporal : 0;
    double range[2];
    if (job_.instance.source_properties().get_doubles(kOfxImageEffectPropFrameRange, range, 2) &&
        range[0] <= range[1]) {
        request.flags |= wire::kHasRange;
        request.first = range[0], request.last = range[1];
        most_fetches_ += static_cast<int64_t>(std::min(range[1] - range[0], kFarthest)) * kFetchesPerFrame;
    }
    request.settings_size = static_cast<uint32_t>(job_.settings.size());
    size_t end = aligned(job_.settings.size());
    if (job_.source) {
        request.source = job_.source.shape();
        request.source.offset = end;
        end += aligned(wire::image_bytes(request.source));
    }
    output_ = job_.output ? job_.output->shape() : job_.source.shape();  // no picture at all: without channels
    output_.x1 = job_.window.x1, output_.y1 = job_.window.y1, output_.x2 = job_.window.x2, output_.y2 = job_.window.y2;
    output_.offset = end;
    request.output = output_;
    scratch_ = end + aligned(wire::image_bytes(output_));
    channel_->memory.reserve(scratch_);
    request.memory_size = scratch_;
    std::memcpy(channel_->memory.data(), job_.settings.data(), job_.settings.size());
    if (job_.source) job_.source.copy_to(channel_->memory.data() + request.source.offset);
    send(request);
}

// Returns whether the conversation is over.
bool Conversation::take(const wire::Packet& packet, Reply& reply) {
    if (packet.header().request != channel_->request) return false;  // a late heartbeat of the request before
    switch (packet.type()) {
        case wire::Type::kFetchFrame:
            answer(packet.as<wire::FetchFrame>());
            return false;
        case wire::Type::kHeartbeat:
            note_heartbeat(packet.as<wire::Heartbeat>());
            return false;
        case wire::Type::kProgress:
            note_progress(packet.as<wire::Progress>().fraction);
            return false;
        case wire::Type::kSetText:
            add_piece(packet.as<wire::SetText>(), reply);
            return false;
        case wire::Type::kGoTo:
            reply.go_to = checked_time(packet.as<wire::GoTo>().time);
            return false;
        case wire::Type::kDone: {
            const auto done = packet.as<wire::Done>();
            if (done.status < 0 || done.status > static_cast<int32_t>(wire::Status::kCancelled)) {
                throw wire::ProtocolError("the worker ended in a way that does not exist");
            }
            reply.status = static_cast<wire::Status>(done.status);
            reply.text = wire::get_text(done.text);
            return true;
        }
        default:
            throw wire::ProtocolError("the worker sent a message that only the shell sends");
    }
}

void Conversation::add_piece(const wire::SetText& piece, Reply& reply) {
    const auto parameter = static_cast<wire::Parameter>(piece.parameter);
    if (parameter > wire::Parameter::kMarks || piece.size > sizeof(piece.bytes)) {
        throw wire::ProtocolError("the worker sets a parameter that it does not know");
    }
    std::string& value = reply.values[parameter];
    if (value.size() > wire::kMaxTextBytes) throw wire::ProtocolError("the worker sends a text without end");
    value.append(piece.bytes, piece.size);
}

// Fetches on the host's own thread, as Natron demands, and for the time asked only.
void Conversation::answer(const wire::FetchFrame& question) {
    const double time = checked_time(question.time);
    if (++fetches_ > most_fetches_) throw wire::ProtocolError("the worker asked for frames without end");
    const bool is_trimap = static_cast<wire::Clip>(question.clip) == wire::Clip::kTrimap;
    const HostImage image(is_trimap ? job_.instance.trimap() : job_.instance.source(), time);
    if (!image || !image.is_supported()) {
        auto missing = wire::make<wire::FrameMissing>(channel_->request);
        missing.time = time;
        wire::set_text(missing.text, image ? "the host sent " + image.describe() : "the host has no image");
        send(missing);
    } else {
        auto ready = wire::make<wire::FrameReady>(channel_->request);
        ready.time = time;
        ready.image = image.shape();
        ready.image.offset = scratch_;
        ready.memory_size = scratch_ + wire::image_bytes(ready.image);
        channel_->memory.reserve(ready.memory_size);
        image.copy_to(channel_->memory.data() + scratch_);
        send(ready);
    }
    heard_ = answered_ = Clock::now();  // the time that the host took is not the worker's
}

void Conversation::note_progress(double fraction) {
    if (!std::isfinite(fraction)) throw wire::ProtocolError("the worker does not know how far it is");
    fraction = std::clamp(fraction, 0.0, 1.0);
    if (!(job_.report ? job_.report(fraction) : progress_.update(fraction))) throw Aborted();
}

// A worker whose process lives while its work stands still, in a driver for example, is as good as dead.
void Conversation::note_heartbeat(const wire::Heartbeat& heartbeat) {
    const std::chrono::duration<double> quiet(heartbeat.quiet_seconds), ours = Clock::now() - answered_;
    if (std::min(quiet, ours) > hang_ || !(quiet.count() >= 0) || ours > hang_ * kSilentHangs) throw Stalled();
}

void Conversation::check_patience() {
    if (is_unwanted(job_)) throw Aborted();
    if (Clock::now() - heard_ > stall_) throw Stalled();
}

template <typename Message>
void Conversation::send(const Message& message) {
    while (wire::send(channel_->socket.get(), message) == wire::Sent::kFull) {
        check_patience();
        wire::wait(channel_->socket.get(), kPoll, true);
    }
}

}  // namespace trimatte::shell
