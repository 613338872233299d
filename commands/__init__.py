"""Sub-commands of ``trimatte``, one module each; every module has a ``typer`` app named ``app``."""
