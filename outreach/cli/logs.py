"""What ``-v`` says on stderr."""

from __future__ import annotations

import logging
from collections.abc import Callable

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class _Formatter(logging.Formatter):
    def __init__(self, rewrite: Callable[[str], str]) -> None:
        super().__init__("%(asctime)s %(name)s %(levelname)s %(message)s")
        self._rewrite = rewrite

    def format(self, record: logging.LogRecord) -> str:
        return self._rewrite(super().format(record))


def to_stderr(times: int, rewrite: Callable[[str], str]) -> None:
    """Write the log of outreach to stderr, each entry through ``rewrite``; the more ``times``, the more entries."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter(rewrite))
    log = logging.getLogger("outreach")
    log.handlers = [one for one in log.handlers if not isinstance(one.formatter, _Formatter)] + [handler]
    log.setLevel(LEVELS[min(times, len(LEVELS) - 1)])
