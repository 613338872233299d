// One render, talked through with the worker over one channel.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "clip_images.hpp"
#include "effect_instance.hpp"
#include "progress.hpp"
#include "worker.hpp"

namespace trimatte::shell {

// What one render needs to know; the images stay the host's until the render returns.
struct Job {
    EffectInstance& instance;
    double time;
    OfxRectI window;
    double scale[2];
    bool interactive;
    const HostImage& source;  // may be empty, where the task needs no picture
    const HostImage* output;  // null: the frame is solved, not shown
    std::string settings;
    std::function<bool(double)> report;  // takes the fraction, false ends the job; none: the frame has its own progress
    std::function<bool()> cancelled;     // beside the host's abort; none: never
};

// The worker has not given a sign of life for too long.
struct Stalled : std::runtime_error {
    Stalled() : std::runtime_error("no sign of life") {}
};

struct Reply {
    wire::Status status;
    std::string text;
    std::map<wire::Parameter, std::string> values = {};  // of parameters that the worker wants set
    std::optional<double> go_to = {};                    // time that the host is to show
};

class Conversation {
  public:
    Conversation(const Job& job, Worker& worker);
    // Asks, answers the worker's questions, and copies the picture out when it is done.
    // Throws Aborted, Stalled, wire::Closed or wire::ProtocolError; the channel is then closed.
    Reply run();

  private:
    void send_request();
    bool take(const wire::Packet& packet, Reply& reply);
    void answer(const wire::FetchFrame& question);
    static void add_piece(const wire::SetText& piece, Reply& reply);
    void note_progress(double fraction);
    void note_heartbeat(const wire::Heartbeat& heartbeat);
    void check_patience();
    template <typename Message>
    void send(const Message& message);

    const Job& job_;
    Worker& worker_;
    std::unique_ptr<Channel> channel_;
    FrameProgress progress_;
    wire::Image output_{};
    size_t scratch_ = 0;  // where fetched frames go
    Clock::time_point heard_ = Clock::now();
    Clock::time_point answered_ = Clock::now();  // the worker's last question, or the start
    std::chrono::milliseconds stall_, hang_;
    int64_t fetches_ = 0, most_fetches_;
};

bool is_aborted(const EffectInstance& instance);
bool is_unwanted(const Job& job);

}  // namespace trimatte::shell
