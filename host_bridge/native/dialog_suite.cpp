// Dialog suite: a moment, once the action that asks has ended, at which the plug-in may show a window of its own.
#include <openfx/ofx_dialog.h>

#include "action_scope.hpp"
#include "effect_instance.hpp"
#include "suites.hpp"

namespace trimatte::host {

namespace {

OfxStatus request(void* user_data) {
    return guarded([&] {
        const ActionScope* scope = ActionScope::current();
        return scope && scope->instance() && scope->instance()->request_dialog(user_data) ? kOfxStatOK : kOfxStatFailed;
    });
}

// The dialog is about to block what the host draws. This one draws nothing of its own.
OfxStatus notify_redraw() {
    const ActionScope* scope = ActionScope::current();
    return scope && scope->action() == kOfxActionDialog ? kOfxStatOK : kOfxStatFailed;
}

}  // namespace

const void* dialog_suite() {
    static const OfxDialogSuiteV1 suite = {.RequestDialog = request, .NotifyRedrawPending = notify_redraw};
    return &suite;
}

}  // namespace trimatte::host
