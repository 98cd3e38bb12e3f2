"""Try mutations: one process imports and collects once, and forks for each mutation.

A fork puts the changed code into the functions that are there already, so that every copy of a name has it, and runs
the tests that cover the changed lines, the quickest first, until one fails. What a fork breaks dies with it.
"""

from __future__ import annotations

import ast
import gc
import importlib
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import types
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, cast

import attrs
import coverage
import pytest
from mutations import Mutation, of_source, of_sql, one_of

ROOT = Path(__file__).resolve().parents[2]

#: Seconds that a test may take more than its measured ones, and how many times these.
_SPARE = 1.5
_TIMES = 6

#: A test that takes longer is not asked: the same is to be shown by a quicker one.
SLOWEST = 2.0

#: Seconds of tests that are spent on one mutation.
MOST = 15.0

_KILLED, _SURVIVED, _IMPOSSIBLE = 0, 10, 11


@attrs.frozen
class Try:
    """A mutation of one file."""

    path: str
    mutation: Mutation

    @property
    def key(self) -> str:
        """Name it among all."""
        return f"{self.path}: {self.mutation.name}"


@attrs.define
class Result:
    """What became of it: killed, survived, hung (then a limit of time killed it), uncovered or impossible."""

    key: str
    fate: str
    by: str = ""
    seconds: float = 0.0


def tries(path: str) -> list[Try]:
    """Give the mutations of a file of the tree, in order."""
    if path.endswith(".sql"):
        return [Try(path, _of_query(*change)) for change in of_sql(_queries())]
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    found = []
    for mutation in of_source(tree):
        put = _put_value if mutation.top else _put_code

        def make(mutation: Mutation = mutation, put: Callable[..., None] = put) -> None:
            mutation.make()
            put(path, ast.fix_missing_locations(tree), mutation.scope)

        found.append(Try(path, attrs.evolve(mutation, make=make)))
    return found


def _queries() -> dict[str, str]:
    from outreach.delivery.sqlite.queries import queries

    return queries()


def _of_query(name: str, query: str, text: str) -> Mutation:
    return Mutation(name, query, (0, 0, 0, 0), False, lambda: _queries().__setitem__(query, text))


def _put_code(path: str, tree: ast.Module, _scope: str) -> None:
    """Exchange the code of every function of a file that is alive."""
    file = str(ROOT / path)
    fresh = {(code.co_qualname, code.co_firstlineno): code for code in _codes(compile(tree, file, "exec"))}
    for function in _functions()[file]:
        old = function.__code__
        new = fresh.get((old.co_qualname, old.co_firstlineno), old)
        if new != old:
            function.__code__ = new


def _module(path: str) -> types.ModuleType:
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    if module.__file__ != str(ROOT / path):
        msg = f"{module.__file__} is not of this tree"
        raise RuntimeError(msg)
    return module


_found: dict[str, list[types.FunctionType]] = {}


def _functions() -> Mapping[str, list[types.FunctionType]]:
    if not _found:
        _found.update(defaultdict(list))
        for each in gc.get_objects():
            if isinstance(each, types.FunctionType) and each.__code__.co_filename.startswith(str(ROOT / "outreach")):
                _found.setdefault(each.__code__.co_filename, []).append(each)
    return _found


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _put_value(path: str, tree: ast.Module, name: str) -> None:
    """Exchange the value of a variable of a module, wherever it was imported under that name."""
    module = _module(path)
    old = vars(module)[name]
    for statement in tree.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        if isinstance(target, ast.Name) and target.id == name and isinstance(statement, ast.Assign | ast.AnnAssign):
            value = cast("ast.expr", statement.value)
            new = eval(compile(ast.Expression(value), path, "eval"), vars(module))
    for each in list(sys.modules.values()):
        if getattr(each, "__dict__", {}).get(name) is old:
            setattr(each, name, new)


class Runner:
    """A plugin of pytest that does this in place of running the tests."""

    def __init__(self, asked: Mapping[str, Any]) -> None:
        self._files: Mapping[str, Collection[str] | None] = asked["files"]
        self._judged = one_of(asked["judged"])
        self._out = Path(asked["out"])
        self._until = time.monotonic() + asked["budget"]
        self._order = random.Random(asked["seed"])
        self._draw: int | None = asked["draw"]
        self._failed = ""
        self._items: dict[str, pytest.Item] = {}
        self._seconds: dict[str, float] = {}
        self._covers: dict[str, dict[int, list[str]]] = {}
        self._lately: dict[str, list[str]] = defaultdict(list)
        self._kills: Counter[str] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure what each test covers, then try every mutation."""
        sys.setswitchinterval(0.001)
        for item in session.items:
            self._items[item.nodeid] = item
            _quicken(item)
        began = time.monotonic()
        self._measure()
        _say(f"{len(self._items)} tests measured in {time.monotonic() - began:.1f} s")
        for path in self._files:
            if path.endswith(".py"):
                _module(path)  # some are only imported when they are needed; a fork must find their functions
        _functions()
        gc.collect()
        gc.freeze()
        wanted = self._wanted()
        judged = [one for one in wanted if self._judged(one.key)]
        asked = [one for one in wanted if not self._judged(one.key)]
        self._order.shuffle(asked)
        with self._out.open("w", encoding="utf-8") as out:
            results = map(self._result, asked[: self._draw])
            for result in chain((Result(one.key, "judged") for one in judged), results):
                out.write(json.dumps(attrs.asdict(result)) + "\n")
                out.flush()
        return True

    def _wanted(self) -> list[Try]:
        each = [(one, names) for path, names in self._files.items() for one in tries(path)]
        return [one for one, names in each if names is None or one.mutation.name in names]

    def _result(self, one: Try) -> Result:
        return Result(one.key, "left out") if time.monotonic() > self._until else self._try(one)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        if report.failed and not self._failed:
            self._failed = report.nodeid

    def _run(self, name: str) -> bool:
        """Run one test with everything that it needs; say whether it passed."""
        item = self._items[name]
        self._failed = ""
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return not self._failed

    def _measure(self) -> None:
        """Run every test once, each in a fork of its own; those that are slow, or fail here, are not asked."""
        for name in self._items:
            found = self._measured(name)
            if not found:
                _say(f"not asked, it is slow or fails here: {name}")
                continue
            self._seconds[name] = found["seconds"]
            for path, lines in found["lines"].items():
                for line in lines:
                    self._covers.setdefault(path, {}).setdefault(line, []).append(name)

    def _measured(self, name: str) -> dict[str, Any] | None:
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            _silence()
            _limit(SLOWEST)
            _exit_with(lambda: self._cover(name, write))
        os.close(write)
        told, status = _wait(child, read)
        return cast("dict[str, Any]", json.loads(told)) if status == 0 else None

    def _cover(self, name: str, told: int) -> int:
        """Run a test, and tell its seconds and the lines that it ran."""
        files = [str(ROOT / path) for path in self._files if path.endswith(".py")]
        if any(path.endswith(".sql") for path in self._files):
            files += map(str, (ROOT / "outreach/delivery/sqlite").glob("*.py"))
        measured = coverage.Coverage(data_file=None, include=files, config_file=False)
        measured.set_option("run:disable_warnings", ["no-data-collected"])
        measured.start()
        began = time.process_time()
        passed = self._run(name)
        seconds = time.process_time() - began
        measured.stop()
        data = measured.get_data()
        lines = {str(Path(file).relative_to(ROOT)): data.lines(file) for file in data.measured_files()}
        with os.fdopen(told, "w") as pipe:
            json.dump({"seconds": seconds, "lines": lines}, pipe)
        return 0 if passed else 1

    def _tests_of(self, one: Try) -> list[str]:
        """Give the tests that cover a mutation; first those that killed others of its function, or many in no time."""
        mutation = one.mutation
        if mutation.top or one.path.endswith(".sql"):
            asked = self._users(mutation.scope)
        else:
            lines = self._covers.get(one.path, {})
            first, last, begin, end = mutation.lines
            asked = _of_lines(lines, begin, end) or _of_lines(lines, first, last)
        lately = [name for name in reversed(self._lately[f"{one.path}:{mutation.scope}"]) if name in asked]
        together = 0.0
        quick = []
        for name in sorted(asked, key=lambda name: self._seconds[name] / (1 + self._kills[name])):
            together += self._seconds[name]
            if together < MOST:
                quick.append(name)
        return list(dict.fromkeys([*lately[:3], *quick]))

    def _users(self, name: str) -> set[str]:
        """Give the tests that run a line with this name, or that query, in it."""
        asked: set[str] = set()
        for path, lines in self._covers.items():
            for number, text in enumerate((ROOT / path).read_text("utf-8").splitlines(), 1):
                if name in text:
                    asked.update(lines.get(number, ()))
        return asked

    def _try(self, one: Try) -> Result:
        tests = self._tests_of(one)
        if not tests:
            return Result(one.key, "uncovered")
        began = time.monotonic()
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            _silence()
            _exit_with(lambda: self._attempt(one, tests, write))
        os.close(write)
        told, status = _wait(child, read)
        took = time.monotonic() - began
        last = tests[int(told.split()[-1])] if told else ""
        if os.WIFSIGNALED(status):
            return Result(one.key, "hung" if told else "impossible", last, took)
        fate = {_KILLED: "killed", _SURVIVED: "survived"}.get(os.waitstatus_to_exitcode(status), "impossible")
        if fate == "killed":
            self._lately[f"{one.path}:{one.mutation.scope}"].append(last)
            self._kills[last] += 1
        return Result(one.key, fate, last if fate == "killed" else f"of {len(tests)} tests", took)

    def _attempt(self, one: Try, tests: Sequence[str], told: int) -> int:
        try:
            one.mutation.make()
        except ValueError:
            return _IMPOSSIBLE
        for number, name in enumerate(tests):
            os.write(told, f"{number}\n".encode())
            _limit(_SPARE + _TIMES * self._seconds[name])
            if not self._run(name):
                return _KILLED
        return _SURVIVED


def _of_lines(lines: Mapping[int, Iterable[str]], first: int, last: int) -> set[str]:
    return {name for line in range(first, last + 1) for name in lines.get(line, ())}


def _wait(child: int, read: int) -> tuple[str, int]:
    """Collect what a fork says of itself until its end."""
    told = b""
    with os.fdopen(read, "rb", buffering=0) as pipe:
        while part := pipe.read(65536):
            told += part
    return told.decode(), os.waitpid(child, 0)[1]


def _limit(seconds: float) -> None:
    """End this fork after so many seconds of work, or, where it does nothing, after ten times as many."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, 10 * seconds)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _exit_with(work: Callable[[], int]) -> None:
    """Do the work of a fork and leave without a word, whatever happens."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    code = _IMPOSSIBLE
    try:
        code = work()
    finally:
        os._exit(code)


def _quicken(item: pytest.Item) -> None:
    """Let Hypothesis give the same examples each time, and not look for the smallest."""
    import hypothesis  # before pytest starts it would be too early

    quick: dict[str, Any] = {
        "derandomize": True,
        "database": None,
        "deadline": None,
        "phases": [hypothesis.Phase.explicit, hypothesis.Phase.generate],
        "suppress_health_check": list(hypothesis.HealthCheck),
    }
    test, machine = getattr(item, "obj", None), getattr(item, "cls", None)
    if hasattr(test, "hypothesis"):
        given = cast("Any", test)
        known = getattr(given, "_hypothesis_internal_use_settings", None)
        given._hypothesis_internal_use_settings = hypothesis.settings(known, **quick)
    if isinstance(known := getattr(machine, "settings", None), hypothesis.settings):
        cast("Any", machine).settings = hypothesis.settings(known, **quick)


def _say(what: str) -> None:
    os.write(2, f"{what}\n".encode())


def main() -> int:
    """Read the request, run, write the results."""
    asked = json.loads(sys.stdin.read())
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        runner = Runner(asked)
        os.chdir(ROOT)
        # Telling of a failure must not parse its source: Python 3.11 fails at that now and then, and the fork with it.
        quiet = ["-q", "--tb=native", "--capture=no", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"]
        return int(
            pytest.main(
                [*asked["tests"], *quiet, f"--basetemp={folder}/t", "-o", "tmp_path_retention_policy=none"],
                plugins=[runner],
            )
        )


if __name__ == "__main__":
    sys.exit(main())
