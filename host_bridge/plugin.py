"""An effect that a bundle offers: what it says of itself, and its instances."""

from pathlib import Path

from . import _host
from .effect import Effect
from .errors import HostError
from .images import DEPTHS, DepthName, name_of
from .isolation import IsolatedPlugin
from .profile import CONTEXTS


class Plugin:
    """One effect. It is loaded and described when it is first asked for more than its identifier."""

    def __init__(self, native: _host.Plugin | IsolatedPlugin, bundle: Path) -> None:
        self._native = native
        self.bundle = bundle
        """Folder of the bundle."""

    @property
    def identifier(self) -> str:
        """Name that never changes, such as ``org.trimatte.Trimatte``."""
        return self._native.identifier

    @property
    def version(self) -> tuple[int, int]:
        """Major and minor version."""
        return self._native.version_major, self._native.version_minor

    @property
    def label(self) -> str:
        """Name for people."""
        return str(self.property("OfxPropLabel") or self.identifier)

    @property
    def grouping(self) -> str:
        """Menu path in which hosts show it."""
        return str(self.property("OfxImageEffectPluginPropGrouping") or "")

    @property
    def contexts(self) -> list[str]:
        """Contexts in which it can be created, such as filter and general."""
        offered = self._native.describe().get("OfxImageEffectPropSupportedContexts")
        return [name_of(CONTEXTS, str(context)) for context in offered]

    @property
    def depths(self) -> list[str]:
        """Pixel depths that it takes."""
        return [name_of(DEPTHS, str(d)) for d in self._native.describe().get("OfxImageEffectPropSupportedPixelDepths")]

    def property(self, name: str) -> object:
        """Return an OpenFX property: one value, a tuple of several, None for a property that is not there."""
        values = self._native.describe().get(name)
        return values[0] if len(values) == 1 else tuple(values) or None

    def describe(self, context: str | None = None) -> dict[str, list[object]]:
        """Describe the effect, in a context or as such, and return its properties.

        Raises:
            PluginRefusedError: the effect refuses.
        """
        native = self._native
        properties = native.describe_in_context(_context(context)) if context else native.describe()
        return {name: properties.get(name) for name in properties.names()}

    def load(self) -> None:
        """Run the effect's Load action, unless it ran already."""
        self._native.load()

    def unload(self) -> None:
        """Run its Unload action and forget what it said.

        Raises:
            HostError: an instance lives.
        """
        self._native.unload()

    def create(self, context: str | None = None, *, depth: DepthName | None = None) -> Effect:
        """Create an instance.

        Args:
            context: filter, general, generator, transition, retimer or paint; without it the first of these that the
                effect offers.
            depth: pixel depth that all clips shall have; without it the one that loses least.

        Raises:
            PluginRefusedError: the effect refuses.
            HostError: the effect does not offer the context.
        """
        if context is None:
            offered = self.contexts
            context = next((known for known in CONTEXTS if known in offered), "filter")
        return Effect(self._native, _context(context), DEPTHS[depth] if depth else "")

    def __repr__(self) -> str:
        return f"<Plugin {self.identifier} {self.version[0]}.{self.version[1]}>"


def _context(name: str) -> str:
    if name not in CONTEXTS:
        raise HostError(f"there is no context {name!r}; there are {', '.join(CONTEXTS)}")
    return CONTEXTS[name]
