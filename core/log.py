"""Where log lines go: to the standard error of the process, once."""

import logging
import sys


def configure(level: str) -> None:
    logger = logging.getLogger("throughline")
    logger.setLevel(level if level in logging.getLevelNamesMapping() else "INFO")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
