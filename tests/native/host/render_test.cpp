// The probes in the native host, from several threads: what AddressSanitizer and ThreadSanitizer shall see.
#include <openfx/openfx.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "check.hpp"
#include "effect_instance.hpp"

using namespace trimatte::host;

namespace {

constexpr int kWidth = 9;
constexpr int kHeight = 5;

std::shared_ptr<Host> make_host() {
    HostProfile profile;
    profile.contexts = {kOfxImageEffectContextFilter, kOfxImageEffectContextGeneral};
    profile.depths = {kOfxBitDepthFloat};
    profile.components = {kOfxImageComponentRGBA, kOfxImageComponentAlpha};
    return Host::create(profile);
}

std::shared_ptr<Plugin> find_plugin(const std::string& library, const std::string& identifier) {
    auto binary = Binary::open(library);
    for (int index = 0; index < static_cast<int>(binary->entries().size()); ++index) {
        auto plugin = Plugin::create(binary, index, make_host(), "");
        if (plugin->identifier() == "org.trimatte.probe." + identifier) {
            return plugin;
        }
    }
    throw HostFailure("no probe " + identifier);
}

// Ten frames, each full of its own number.
std::shared_ptr<ClipSource> make_source() {
    auto source = std::make_shared<ClipSource>();
    source->width = kWidth;
    source->height = kHeight;
    source->last = 9.0;
    source->depth = kOfxBitDepthFloat;
    source->components = kOfxImageComponentRGBA;
    source->premultiplication = kOfxImageUnPreMultiplied;
    source->field = kOfxImageFieldNone;
    source->read = [](const FrameRequest& request) -> FrameBuffer {
        if (request.time < 0.0 || request.time > 9.0) {
            return {};
        }
        auto pixels = std::make_shared<std::vector<float>>(kWidth * kHeight * 4, static_cast<float>(request.time));
        const auto* data = reinterpret_cast<const std::byte*>(pixels->data());
        return {data, kWidth * 16, kWidth, kHeight, pixels};
    };
    return source;
}

std::shared_ptr<EffectInstance> create(const std::string& library, const std::string& identifier) {
    auto effect = EffectInstance::create(find_plugin(library, identifier), kOfxImageEffectContextFilter, "", {});
    effect->connect(kOfxImageEffectSimpleSourceClipName, make_source());
    return effect;
}

float first_pixel(EffectInstance& effect, double time) {
    RenderRequest request;
    request.time = time;
    const auto [image, window] = effect.render(request);
    std::vector<float> pixels(kWidth * kHeight * 4);
    image->copy_out(window, reinterpret_cast<std::byte*>(pixels.data()));
    return pixels[0];
}

void test_frames_rendered_at_once_are_right(const std::string& library) {
    auto effect = create(library, "temporal");
    std::atomic<int> wrong{0};
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 50; ++i) {
                const int time = (i * 7 + thread * 3) % 10;
                const float expected = time == 0 ? 0.0F : static_cast<float>(time) - 0.5F;
                wrong += first_pixel(*effect, time) != expected;
            }
        });
    }
    threads.clear();
    CHECK(wrong == 0);
}

void test_an_effect_may_be_aborted_and_closed_while_it_renders(const std::string& library) {
    auto effect = create(library, "slow.fully");
    effect->set_param("steps", {3000}, std::nullopt);
    std::atomic<int> aborted{0};
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 3; ++thread) {
        threads.emplace_back([&] {
            try {
                first_pixel(*effect, 1.0);
            } catch (const RenderAborted&) {
                ++aborted;
            }
        });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    effect->abort();
    effect->close();
    threads.clear();
    CHECK(aborted == 3);
    CHECK(effect->is_closed());
    CHECK_THROWS(first_pixel(*effect, 1.0), HostFailure);
}

void test_images_that_leak_are_freed(const std::string& library) {
    auto effect = create(library, "leak");
    for (int time = 0; time < 5; ++time) {
        first_pixel(*effect, time);
    }
    CHECK(effect->leaked_images() == 5);
}

void test_suites_answer_nonsense_with_a_status(const std::string& library) {
    auto effect = create(library, "strict");
    effect->set_project({9.0, 5.0}, 1.0, 24.0, {0.0, 2.0});
    first_pixel(*effect, 1.0);
}

void test_errors_of_the_reader_come_through(const std::string& library) {
    auto effect = create(library, "temporal");
    auto source = make_source();
    source->read = [](const FrameRequest&) -> FrameBuffer { throw std::out_of_range("no film"); };
    effect->connect(kOfxImageEffectSimpleSourceClipName, source);
    CHECK_THROWS(first_pixel(*effect, 1.0), std::out_of_range);
}

// Every probe in every context it has: what refuses may refuse, but nothing may be read or written wrongly.
void test_every_probe_may_be_rendered(const std::string& library) {
    int rendered = 0;
    auto binary = Binary::open(library);
    for (int index = 0; index < static_cast<int>(binary->entries().size()); ++index) {
        auto plugin = Plugin::create(binary, index, make_host(), "");
        for (const std::string& context :
             plugin->describe()->properties().strings(kOfxImageEffectPropSupportedContexts)) {
            try {
                auto effect = EffectInstance::create(plugin, context, "", {});
                for (const auto& clip : effect->clips()) {
                    if (!clip->is_output()) {
                        effect->connect(clip->name(), make_source());
                    }
                }
                if (effect->params().find("integer")) {
                    effect->set_param("integer", {-1}, std::nullopt);  // the parameter probe checks keys and curves
                }
                effect->set_project({kWidth, kHeight}, 1.0, 24.0, {0.0, 9.0});
                RenderRequest request;
                request.time = 1.0;
                effect->render(request);
                effect->sync_private_data();
                ++rendered;
            } catch (const ActionRefused&) {
            } catch (const HostFailure&) {
            }
        }
    }
    CHECK(rendered >= 40);
}

}  // namespace

void test_renders(const char* probes) {
    test_frames_rendered_at_once_are_right(probes);
    test_an_effect_may_be_aborted_and_closed_while_it_renders(probes);
    test_images_that_leak_are_freed(probes);
    test_suites_answer_nonsense_with_a_status(probes);
    test_errors_of_the_reader_come_through(probes);
    test_every_probe_may_be_rendered(probes);
}
