"""Notice whatever a pure function must not do: look at a clock, throw dice, open a connection, start a program.

Calls of built-in functions are seen by ``sys.setprofile`` (also where a module took one by ``from time import time``),
connections and programs by an audit hook.
"""

from __future__ import annotations

import gc
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from threading import get_ident
from types import FrameType
from typing import Any

#: Built-in functions that read a clock or give randomness; ``time.sleep`` waits.
_CALLS: frozenset[Any] = frozenset(
    function
    for module, names in (
        (time, "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns process_time sleep localtime gmtime"),
        (os, "urandom getrandom getpid"),
    )
    for name in names.split()
    if (function := getattr(module, name, None)) is not None
)
_METHODS = {(date, "today"), (datetime, "now"), (datetime, "utcnow"), (datetime, "today")}
_DICE = frozenset({"random", "getrandbits", "randbytes"})

#: What an audit hook is told of a connection, a program or a file.
_EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "urllib.", "sqlite3.")
_WRITES = frozenset("wax+")

#: The lists that are open now, with their thread; the hook itself cannot be taken out again.
_watching: list[tuple[int, list[str]]] = []
_hooked: list[bool] = []


@contextmanager
def watched() -> Iterator[list[str]]:
    """Give a list that fills with the name of everything impure that this thread does inside.

    No garbage is collected meanwhile: what others hang onto the collector may look at a clock.
    """
    found: list[str] = []
    if not _hooked:
        sys.addaudithook(_heard)
        _hooked.append(True)
    before, collects, watch = sys.getprofile(), gc.isenabled(), (get_ident(), found)
    gc.disable()
    _watching.append(watch)
    sys.setprofile(_listener(found))
    try:
        yield found
    finally:
        sys.setprofile(before)
        _watching.remove(watch)
        if collects:
            gc.enable()


def _listener(found: list[str]) -> Callable[[FrameType, str, Any], None]:
    def listen(_frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call" and (name := _impure(called)):
            found.append(name)

    return listen


def _impure(called: Any) -> str:
    name = getattr(called, "__name__", "")
    owner = getattr(called, "__self__", None)
    if isinstance(owner, type) and any(issubclass(owner, kind) and name == method for kind, method in _METHODS):
        return f"{owner.__name__}.{name}"
    if isinstance(owner, random.Random) and name in _DICE:
        return f"random.{name}"
    try:
        return f"{called.__module__}.{name}" if called in _CALLS else ""
    except TypeError:  # a method of something that cannot be hashed
        return ""


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching:
        return
    writes = event == "open" and isinstance(arguments[1], str) and _WRITES & set(arguments[1])
    if writes or event.startswith(_EVENTS):
        for thread, found in _watching:
            if thread == get_ident():
                found.append(event)
