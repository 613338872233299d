"""What can go wrong in the host; its own root, because a host knows nothing of matting."""


class HostError(Exception):
    """The host cannot do what it was asked to do."""


class BundleNotFoundError(HostError, LookupError):
    """No bundle on the search path holds the effect that was asked for."""


class RenderAbortedError(HostError):
    """A frame was thrown away because somebody asked for it."""


class PluginCrashedError(HostError):
    """An effect that is hosted in a process of its own ended that process, or hung and was ended."""


class PluginRefusedError(HostError):
    """An effect answered an action with a status that means no."""

    def __init__(self, action: str, status: int, status_name: str, message: str = "") -> None:
        """Keep the answer.

        Args:
            action: name of the action, such as ``OfxImageEffectActionRender``.
            status: the OfxStatus.
            status_name: its name, such as ``kOfxStatFailed``.
            message: what the effect told the user, if it did.
        """
        super().__init__(f"{action} answered {status_name}" + (f": {message}" if message else ""))
        self.action, self.status, self.status_name, self.message = action, status, status_name, message
