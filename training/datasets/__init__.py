"""Where training material comes from: one source per file."""

from .pack import Foreground, Pack, load_pack, read_pack, save_pack
from .pack_zip import zip_pack

__all__ = ["Foreground", "Pack", "load_pack", "read_pack", "save_pack", "zip_pack"]
