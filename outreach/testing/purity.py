"""Notice whatever a pure function must not do.

That is to look at a clock or the environment, throw dice, open a file or a connection, start a program. Calls of
built-in functions are seen by ``sys.setprofile`` (also where a module took one by ``from time import time``), files,
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
from pathlib import Path
from threading import get_ident
from types import FrameType
from typing import Any

#: Built-in functions that read a clock or give randomness; ``time.sleep`` waits.
_CALLS: frozenset[Any] = frozenset(
    function
    for module, names in (
        (time, "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns process_time process_time_ns sleep"),
        (time, "localtime gmtime ctime asctime strftime clock_gettime clock_gettime_ns thread_time thread_time_ns"),
        (os, "urandom getrandom getpid write"),
    )
    for name in names.split()
    if (function := getattr(module, name, None)) is not None
)
_METHODS = {(date, "today"), (datetime, "now"), (datetime, "utcnow"), (datetime, "today")}
_DICE = frozenset({"random", "getrandbits", "randbytes"})

#: The environment is read by functions that are written in Python.
_ENVIRONMENT = frozenset(
    getattr(type(os.environ), name).__code__ for name in ("__getitem__", "__iter__", "__len__", "__setitem__")
)

#: What an audit hook is told of a connection, a program or a file.
_EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "urllib.", "sqlite3.")

#: Whoever imports a module has its file opened.
_LOADERS = ("importlib", "_frozen_importlib", "zoneinfo")

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
    def listen(frame: FrameType, event: str, called: Any) -> None:
        if event == "call" and frame.f_code in _ENVIRONMENT:
            found.append("os.environ")
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
    if event.startswith(_EVENTS) or (event == "open" and not _loads(arguments[0])):
        for thread, found in _watching:
            if thread == get_ident():
                found.append(event)


def _loads(path: object) -> bool:
    """Say whether a module or a zone is being loaded, for which nobody has to answer."""
    if isinstance(path, str) and "zoneinfo" in Path(path).parts:  # no frame of Python opens it
        return True
    frame: FrameType | None = sys._getframe()  # noqa: SLF001  # there is no other way to the callers of a hook
    while frame is not None:
        if str(frame.f_globals.get("__name__")).startswith(_LOADERS):
            return True
        frame = frame.f_back
    return False
