"""``python -m trimatte`` is the ``trimatte`` command."""

from .cli import main

main()
