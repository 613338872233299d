// Fuzzes the shell before a worker that lies: whatever comes through the wire, every action ends in time with a status
// of the standard, nothing is read or written wrongly, and with an honest worker the next frame is right.
#include <openfx/ofx_interact.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "constant_host.hpp"
#include "liar.hpp"
#include "shell/parameters.hpp"

extern "C" OfxPlugin* OfxGetPlugin(int nth);

namespace {

using fuzz::the_host;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLongest{20};  // of one action, on a machine with other work

void demand(bool truth, const char* what) {
    if (truth) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

OfxStatus act(const char* action, fuzz::Set& in) {
    return OfxGetPlugin(0)->mainEntry(action, the_host().effect_handle(), the_host().handle_of(in), nullptr);
}

OfxStatus act_on_overlay(const char* action, fuzz::Set& in) {
    const auto pointer = std::get<void*>(the_host().effect[kOfxImageEffectPluginPropOverlayInteractV2].at(0));
    return reinterpret_cast<OfxPluginEntryPoint*>(pointer)(action, the_host().interact_handle(),
                                                           the_host().handle_of(in), nullptr);
}

OfxStatus render() {
    fuzz::Set in;
    in[kOfxPropTime] = {1.0};
    in[kOfxImageEffectPropRenderWindow] = {2, 2, fuzz::kSide, fuzz::kSide};
    in[kOfxImageEffectPropRenderScale] = {1.0, 1.0};
    return act(kOfxImageEffectActionRender, in);
}

OfxStatus press(const char* button) {
    fuzz::Set in;
    in[kOfxPropType] = {std::string(kOfxTypeParameter)};
    in[kOfxPropName] = {std::string(button)};
    in[kOfxPropChangeReason] = {std::string(kOfxChangeUserEdited)};
    in[kOfxPropTime] = {1.0};
    return act(kOfxActionInstanceChanged, in);
}

OfxStatus draw() {
    fuzz::Set in;
    in[kOfxPropTime] = {1.0};
    in[kOfxInteractPropPixelScale] = {1.0, 1.0};
    in[kOfxInteractPropDrawContext] = {static_cast<void*>(&in)};
    return act_on_overlay(kOfxInteractActionDraw, in);
}

OfxStatus paint() {
    fuzz::Set in;
    in[kOfxPropTime] = {1.0};
    in[kOfxInteractPropPenPosition] = {4.0, 5.0};
    act_on_overlay(kOfxInteractActionPenDown, in);
    return act_on_overlay(kOfxInteractActionPenUp, in);
}

OfxStatus do_one(uint8_t which) {
    using namespace trimatte::shell;
    switch (which % 8) {
        case 0:
            return draw();
        case 1:
            return press(kAddKeyframeName);
        case 2:
            return press(kNextKeyframeName);
        case 3:
            return press(kTrackFrameName);
        case 4:
            return paint();
        default:
            return render();
    }
}

void set_patience(const char* seconds) {
    setenv("TRIMATTE_STALL_SECONDS", seconds, 1);
    setenv("TRIMATTE_HANG_SECONDS", seconds, 1);
    setenv("TRIMATTE_START_SECONDS", seconds, 1);
}

void prepare() {
    setenv("TRIMATTE_PYTHON", "/bin/sh", 1);  // never started
    OfxPlugin& plugin = *OfxGetPlugin(0);
    plugin.setHost(&the_host().host);
    fuzz::Set none, context;
    context[kOfxImageEffectPropContext] = {std::string(kOfxImageEffectContextFilter)};
    demand(act(kOfxActionLoad, none) == kOfxStatOK, "Load failed");
    demand(act(kOfxActionDescribe, none) == kOfxStatOK, "Describe failed");
    demand(act(kOfxImageEffectActionDescribeInContext, context) == kOfxStatOK, "DescribeInContext failed");
    demand(act(kOfxActionCreateInstance, none) == kOfxStatOK, "CreateInstance failed");
    the_host().parameters.at(trimatte::shell::kKeyframesName).value = std::string("/keyframes");
    the_host().parameters.at(trimatte::shell::kOutlinesName).value = 1;
    the_host().parameters.at(trimatte::shell::kPaintInViewerName).value = 1;
    demand(act_on_overlay(kOfxActionDescribeInteract, none) == kOfxStatOK, "the overlay is not described");
    demand(act_on_overlay(kOfxActionCreateInstanceInteract, none) == kOfxStatOK, "the overlay is not created");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const bool prepared = (prepare(), true);
    if (!prepared || size < 2) return 0;
    const uint8_t how = data[1];
    const auto ending = how % 16 == 0  ? fuzz::Ending::kSilent
                        : how % 3 == 0 ? fuzz::Ending::kClosed
                                       : fuzz::Ending::kDone;
    fuzz::follow({fuzz::pieces_of(data, size), ending, how % 8 == 1, how % 4 == 2});
    the_host().aborts = how % 32 == 5;
    set_patience("0.01");
    const auto start = Clock::now();
    const OfxStatus status = do_one(data[0]);
    demand(status == kOfxStatOK || status == kOfxStatFailed || status == kOfxStatReplyDefault, "an odd status");
    demand(Clock::now() - start < kLongest, "it took too long");

    fuzz::follow({});
    the_host().aborts = false;
    set_patience("20");
    demand(render() == kOfxStatOK, "with an honest worker the next frame failed");
    const auto& pixels = the_host().output_pixels;
    const auto last = reinterpret_cast<const uint8_t*>(pixels.data() + pixels.size())[-1];
    demand(last == fuzz::kHonest, "the next frame is not the honest worker's");
    return 0;
}
