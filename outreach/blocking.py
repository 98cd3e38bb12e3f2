"""The twins of async calls, for programs without an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import cleandoc
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def blocking(call: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Give the twin of an async call: the same parameters, and the name without the ``a`` in front.

    The twin runs in an event loop of its own, and raises ``RuntimeError`` where one is running already.
    """

    @wraps(call)
    def twin(*values: P.args, **options: P.kwargs) -> T:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(call(*values, **options))
        instead = f"write  await outreach.{call.__name__}(…)  instead of {twin.__name__}(…)"
        msg = f"an event loop is running here already: {instead}"
        raise RuntimeError(msg)

    twin.__name__ = twin.__qualname__ = call.__name__.removeprefix("a")
    about = f"This is ``{call.__name__}`` for a program without an event loop."
    twin.__doc__ = f"{cleandoc(call.__doc__ or '')}\n\n{about}"
    return twin
