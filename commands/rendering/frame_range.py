"""``--range a-b``."""

import re

from ...core.errors import MediaError
from ...core.media import Clip

_RANGE = re.compile(r"(\d+)(?:-(\d+))?$")


def parse_range(text: str | None, clip: Clip) -> range:
    """Return the frames that ``text`` asks for: ``a-b`` or ``a``, both included; ``None`` is the whole clip.

    Raises:
        MediaError: not a range, an empty one, or one outside the clip.
    """
    if text is None:
        return range(clip.first, clip.last + 1)
    match = _RANGE.match(text.strip())
    if match is None:
        raise MediaError(f"range '{text}': expected two frame numbers such as {clip.first}-{clip.last}.")
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise MediaError(f"range '{text}': is empty, as {first} comes after {last}; give the smaller number first.")
    if first < clip.first or last > clip.last:
        raise MediaError(f"range '{text}': the clip has frames {clip.first}-{clip.last}; stay inside.")
    return range(first, last + 1)
