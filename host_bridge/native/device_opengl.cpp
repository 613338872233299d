// OpenGL without a display: a context of EGL's own, and textures. Software renderers will do.
#include <openfx/ofx_core.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "device.hpp"
#include "status.hpp"

namespace trimatte::host {

namespace {

constexpr unsigned int kSurfaceless = 0x31DD, kOpenGlApi = 0x30A2;
constexpr int kSurfaceType = 0x3033, kPbuffer = 1, kRenderableType = 0x3040, kOpenGlBit = 8, kEnd = 0x3038;
constexpr int kWidth = 0x3057, kHeight = 0x3056;
constexpr unsigned int kTexture2d = 0x0DE1, kFramebuffer = 0x8D40, kColourAttachment = 0x8CE0, kComplete = 0x8CD5;
constexpr unsigned int kFramebufferBinding = 0x8CA6, kViewport = 0x0BA2, kRgba = 0x1908;
constexpr unsigned int kUnpackAlignment = 0x0CF5, kPackAlignment = 0x0D05;
constexpr unsigned int kMinFilter = 0x2801, kMagFilter = 0x2800, kWrapS = 0x2802, kWrapT = 0x2803;
constexpr int kNearest = 0x2600, kClampToEdge = 0x812F;

struct TextureFormat {
    int internal;
    unsigned int type;
};

std::optional<TextureFormat> format_of(const PixelForm& form) {
    static const std::map<std::string, TextureFormat> kFormats = {{kOfxBitDepthByte, {0x8058, 0x1401}},
                                                                  {kOfxBitDepthShort, {0x805B, 0x1403}},
                                                                  {kOfxBitDepthHalf, {0x881A, 0x140B}},
                                                                  {kOfxBitDepthFloat, {0x8814, 0x1406}}};
    const auto found = kFormats.find(form.depth);
    return form.channels == 4 && found != kFormats.end() ? std::optional(found->second) : std::nullopt;
}

std::uint32_t name_of(void* texture) { return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(texture)); }

class OpenGlDevice : public Device {
  public:
    OpenGlDevice() : Device(Kind::kOpenGl), egl_("libEGL.so.1", "EGL"), gl_("libGL.so.1", "OpenGL") {
        bind_all();
        display_ = get_display_(kSurfaceless, nullptr, nullptr);
        const int wanted[] = {kSurfaceType, kPbuffer, kRenderableType, kOpenGlBit, kEnd};
        const int size[] = {kWidth, 1, kHeight, 1, kEnd};
        void* config = nullptr;
        int count = 0;
        const bool has_config = display_ && initialize_(display_, nullptr, nullptr) && bind_api_(kOpenGlApi) &&
                                choose_config_(display_, wanted, &config, 1, &count) && count > 0;
        surface_ = has_config ? create_pbuffer_(display_, config, size) : nullptr;
        context_ = surface_ ? create_context_(display_, config, nullptr, nullptr) : nullptr;
        if (!context_) {
            throw HostFailure("this machine makes no context of OpenGL without a display");
        }
    }

    void* queue() const override { return nullptr; }
    std::shared_ptr<void> upload(const std::byte*, std::size_t) override { throw HostFailure("OpenGL has textures"); }
    void download(void*, std::byte*, std::size_t) override { throw HostFailure("OpenGL has textures"); }

    // One thread at a time has the context. Within a render another one may begin, of the effect that makes its source.
    std::shared_ptr<void> enter() override {
        mutex_.lock();
        if (depth_++ == 0 && !make_current_(display_, surface_, surface_, context_)) {
            --depth_;
            mutex_.unlock();
            throw HostFailure("the context of OpenGL cannot be made current");
        }
        auto before = std::make_shared<Bound>();
        get_integers_(kFramebufferBinding, &before->framebuffer);
        get_integers_(kViewport, before->viewport);
        delete_dropped();
        return {this, [this, before](void*) {
                    bind_framebuffer_(kFramebuffer, static_cast<std::uint32_t>(before->framebuffer));
                    viewport_(before->viewport[0], before->viewport[1], before->viewport[2], before->viewport[3]);
                    if (--depth_ == 0) {
                        make_current_(display_, nullptr, nullptr, nullptr);
                    }
                    mutex_.unlock();
                }};
    }

    bool takes_pictures(const PixelForm& form) const override { return format_of(form).has_value(); }

    std::shared_ptr<void> upload_picture(const PixelForm& form, const std::byte* data) override {
        const TextureFormat format = format_of(form).value();
        std::uint32_t texture = 0;
        gen_textures_(1, &texture);
        bind_texture_(kTexture2d, texture);
        for (const unsigned int filter : {kMinFilter, kMagFilter}) {
            tex_parameter_(kTexture2d, filter, kNearest);
        }
        for (const unsigned int wrap : {kWrapS, kWrapT}) {
            tex_parameter_(kTexture2d, wrap, kClampToEdge);
        }
        pixel_store_(kUnpackAlignment, 1);
        tex_image_(kTexture2d, 0, format.internal, form.width, form.height, 0, kRgba, format.type, data);
        bind_texture_(kTexture2d, 0);
        return {reinterpret_cast<void*>(static_cast<std::uintptr_t>(texture)), [this](void* held) {
                    std::lock_guard lock(dropped_mutex_);  // whatever thread this is, it need not have the context
                    dropped_.push_back(name_of(held));
                }};
    }

    void target(void* picture, const PixelForm& form) override {
        if (framebuffers_.count(depth_) == 0) {
            gen_framebuffers_(1, &framebuffers_[depth_]);
        }
        bind_framebuffer_(kFramebuffer, framebuffers_[depth_]);
        framebuffer_texture_(kFramebuffer, kColourAttachment, kTexture2d, name_of(picture), 0);
        if (check_framebuffer_(kFramebuffer) != kComplete) {
            throw HostFailure("OpenGL draws into no texture of " + form.depth);
        }
        viewport_(0, 0, form.width, form.height);
    }

    void download_picture(void* picture, const PixelForm& form, std::byte* out) override {
        target(picture, form);
        pixel_store_(kPackAlignment, 1);
        read_pixels_(0, 0, form.width, form.height, kRgba, format_of(form).value().type, out);
    }

  private:
    struct Bound {
        int framebuffer = 0;
        int viewport[4] = {};
    };

    void bind_all() {
        egl_.bind(get_display_, "eglGetPlatformDisplay");
        egl_.bind(initialize_, "eglInitialize");
        egl_.bind(bind_api_, "eglBindAPI");
        egl_.bind(choose_config_, "eglChooseConfig");
        egl_.bind(create_pbuffer_, "eglCreatePbufferSurface");
        egl_.bind(create_context_, "eglCreateContext");
        egl_.bind(make_current_, "eglMakeCurrent");
        gl_.bind(gen_textures_, "glGenTextures");
        gl_.bind(delete_textures_, "glDeleteTextures");
        gl_.bind(bind_texture_, "glBindTexture");
        gl_.bind(tex_parameter_, "glTexParameteri");
        gl_.bind(tex_image_, "glTexImage2D");
        gl_.bind(pixel_store_, "glPixelStorei");
        gl_.bind(read_pixels_, "glReadPixels");
        gl_.bind(viewport_, "glViewport");
        gl_.bind(get_integers_, "glGetIntegerv");
        gl_.bind(gen_framebuffers_, "glGenFramebuffers");
        gl_.bind(bind_framebuffer_, "glBindFramebuffer");
        gl_.bind(framebuffer_texture_, "glFramebufferTexture2D");
        gl_.bind(check_framebuffer_, "glCheckFramebufferStatus");
    }

    void delete_dropped() {
        std::lock_guard lock(dropped_mutex_);
        if (!dropped_.empty()) {
            delete_textures_(static_cast<int>(dropped_.size()), dropped_.data());
            dropped_.clear();
        }
    }

    DeviceLibrary egl_, gl_;
    std::recursive_mutex mutex_;  // held by the thread that has the context
    int depth_ = 0;
    std::map<int, std::uint32_t> framebuffers_;  // one for each render that runs within another
    std::mutex dropped_mutex_;
    std::vector<std::uint32_t> dropped_;
    void *display_ = nullptr, *surface_ = nullptr, *context_ = nullptr;
    void* (*get_display_)(unsigned int, void*, const std::intptr_t*) = nullptr;
    unsigned int (*initialize_)(void*, int*, int*) = nullptr;
    unsigned int (*bind_api_)(unsigned int) = nullptr;
    unsigned int (*choose_config_)(void*, const int*, void**, int, int*) = nullptr;
    void* (*create_pbuffer_)(void*, void*, const int*) = nullptr;
    void* (*create_context_)(void*, void*, void*, const int*) = nullptr;
    unsigned int (*make_current_)(void*, void*, void*, void*) = nullptr;
    void (*gen_textures_)(int, std::uint32_t*) = nullptr;
    void (*delete_textures_)(int, const std::uint32_t*) = nullptr;
    void (*bind_texture_)(unsigned int, std::uint32_t) = nullptr;
    void (*tex_parameter_)(unsigned int, unsigned int, int) = nullptr;
    void (*tex_image_)(unsigned int, int, int, int, int, int, unsigned int, unsigned int, const void*) = nullptr;
    void (*pixel_store_)(unsigned int, int) = nullptr;
    void (*read_pixels_)(int, int, int, int, unsigned int, unsigned int, void*) = nullptr;
    void (*viewport_)(int, int, int, int) = nullptr;
    void (*get_integers_)(unsigned int, int*) = nullptr;
    void (*gen_framebuffers_)(int, std::uint32_t*) = nullptr;
    void (*bind_framebuffer_)(unsigned int, std::uint32_t) = nullptr;
    void (*framebuffer_texture_)(unsigned int, unsigned int, unsigned int, std::uint32_t, int) = nullptr;
    unsigned int (*check_framebuffer_)(unsigned int) = nullptr;
};

}  // namespace

std::shared_ptr<Device> open_opengl() { return std::make_shared<OpenGlDevice>(); }

}  // namespace trimatte::host
