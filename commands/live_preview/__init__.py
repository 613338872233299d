"""The window of ``trimatte live``: what is matted now, beside the frames that are remembered."""
