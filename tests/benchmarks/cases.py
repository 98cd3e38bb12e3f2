"""What is measured, each in a child process of its own: ``cases.py NAME FOLDER ROWS`` prints one JSON object.

``seconds`` is the processor time of this process without start and imports (of send: elapsed time, since the
server works at the same time), ``peak`` its peak memory in MB until then. What holds the result against what was to be
done comes after both.
"""

from __future__ import annotations

import asyncio
import csv
import json
import random
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

_HERE = Path(__file__).parent
_BATCH = 100

#: Requests per second where the pace is measured.
PACE = 1000.0

_COLUMN = 250


def bare_plan(folder: Path, rows: int) -> float:
    """Read, make a dict of each row, encode a hundred at a time; no check at all."""
    started = time.process_time()
    sum(len(body) for body in _bodies(folder / f"{rows}.csv", _BATCH))
    return time.process_time() - started


def plan(folder: Path, rows: int) -> float:
    """Plan a campaign with two variables and a do-not-contact list."""
    return _plan(folder, rows, "voice")


def plan_texts(folder: Path, rows: int) -> float:
    """Plan the same as text messages: each is rendered, and its segments are counted."""
    return _plan(folder, rows, "sms")


def _plan(folder: Path, rows: int, channel: str) -> float:
    import people
    import vendor

    import outreach
    from outreach.plugins import load_plugins

    _import_all()
    plugins = load_plugins(vendor)
    people.suppressed(folder / f"{rows}-suppressed.csv", rows)
    campaign = _campaign(folder, rows, "https://bench.example", channel=channel, suppress=f"{rows}-suppressed.csv")
    started = time.process_time()
    made = outreach.plan(campaign, plugins=plugins)
    seconds = time.process_time() - started
    assert made.routes[0].skipped["suppressed"] > 0
    assert (made.routes[0].segments > 0) is (channel == "sms")
    return seconds


def library(folder: Path, rows: int) -> float:
    """Read a mixed column as phonenumbers' own page does; the time of all from a twentieth."""
    del folder
    _library(_mixed(rows // 100), "NP")  # what the first numbers load would count twenty times
    return _library(_mixed(rows)[: rows // 20], "NP") * 20


def column(folder: Path, rows: int) -> float:
    """Read the same mixed column."""
    del folder
    return _column(_mixed(rows), "NP")


def library_regions(folder: Path, rows: int) -> float:
    """Read numbers of all regions with the library; the time of all from a hundredth."""
    del folder
    return _library(_regions(rows)[: rows // 100], "NP") * 100


def column_regions(folder: Path, rows: int) -> float:
    """Read the same numbers of all regions."""
    del folder
    return _column(_regions(rows), "NP")


def bare_send(folder: Path, rows: int) -> float:
    """Post the bodies of the bare loop with aiohttp, as many at a time as send does."""
    return _bare_send(folder, rows, _BATCH)


def send(folder: Path, rows: int) -> dict[str, float]:
    """Send a campaign, a hundred people a request."""
    return _send(folder, rows, _BATCH)


def bare_send_single(folder: Path, rows: int) -> float:
    """Post one person a request with aiohttp."""
    return _bare_send(folder, rows, 1)


def send_single(folder: Path, rows: int) -> dict[str, float]:
    """Send a campaign, one person a request, each durable before and after."""
    return _send(folder, rows, 1)


def paced(folder: Path, rows: int) -> dict[str, float]:
    """Send one person a request at a pace; as the server saw it, in parts of the pace."""
    totals, _ = _sent(folder, rows, 1, pace=PACE)
    return {"rate": (totals["requests"] - 1) / totals["span"] / PACE, "window": totals["fullest"] / PACE}


def calamine(folder: Path, rows: int) -> float:
    """Read a workbook with python-calamine alone, and look at nothing."""
    import people
    from python_calamine import CalamineWorkbook

    people.workbook(folder / f"{rows}.xlsx", rows)
    started = time.process_time()
    read = sum(1 for _ in CalamineWorkbook.from_path(folder / f"{rows}.xlsx").get_sheet_by_index(0).iter_rows())
    seconds = time.process_time() - started
    assert read == rows + 1
    return seconds


def plan_workbook(folder: Path, rows: int) -> float:
    """Plan the same campaign as ``plan`` with the people in a workbook."""
    import people
    import python_calamine  # noqa: F401  # its import is not what is measured
    import vendor

    import outreach
    from outreach.plugins import load_plugins

    people.workbook(folder / f"{rows}.xlsx", rows)
    _import_all()
    plugins = load_plugins(vendor)
    campaign = _campaign(folder, rows, "https://bench.example", ending="xlsx")
    started = time.process_time()
    outreach.plan(campaign, plugins=plugins)
    return time.process_time() - started


def send_processor(folder: Path, rows: int) -> dict[str, float]:
    """Send a hundred people a request; processor time, for the rivals do not overlap their requests."""
    return _send(folder, rows, _BATCH, time.process_time)


def send_single_processor(folder: Path, rows: int) -> dict[str, float]:
    """Send one person a request; processor time."""
    return _send(folder, rows, 1, time.process_time)


def bare_processor(folder: Path, rows: int) -> float:
    """Post the bodies of the bare loop; processor time."""
    return _bare_send(folder, rows, _BATCH, time.process_time)


def bare_single_processor(folder: Path, rows: int) -> float:
    """Post one person a request with aiohttp; processor time."""
    return _bare_send(folder, rows, 1, time.process_time)


def anymail(folder: Path, rows: int) -> float:
    """Send with anymail."""
    return _rival("anymail", folder, rows, _BATCH)


def apprise(folder: Path, rows: int) -> float:
    """Send with Apprise."""
    return _rival("apprise", folder, rows, 1)


def sample(folder: Path, rows: int) -> float:
    """Send as the vendors' samples do."""
    return _rival("sample", folder, rows, _BATCH, raw=True)


def _rival(name: str, folder: Path, rows: int, size: int, *, raw: bool = False) -> float:
    import rivals

    expected = list(_planned(folder, rows, size))
    path = folder / f"{rows}{'' if raw else '-clean'}.csv"
    if not path.exists():
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("phone", "name", "age"))
            writer.writerows((one["number"], one["name"], one["age"]) for batch in expected for one in batch)
    with _server() as url:
        seconds = rivals.RIVALS[name](path, url)
        totals = _totals(url)
    # The sample lets a few numbers through that outreach does not contact, such as toll-free lines.
    wanted = sum(map(len, expected))
    assert abs(totals["people"] - wanted) <= (wanted // 50 if raw else 0)
    assert raw or totals["total"] == sum(int(one["number"]) for batch in expected for one in batch)
    return seconds


def _bodies(path: Path, size: int) -> Iterator[bytes]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        people: list[dict[str, str]] = []
        for row in rows:
            people.append({"number": row[0], "name": row[1], "age": row[2]})
            if len(people) == size:
                yield orjson.dumps(people)
                people = []
    if people:
        yield orjson.dumps(people)


def _campaign(  # keywords; what differs between the cases
    folder: Path,
    rows: int,
    url: str,
    size: int | None = None,
    *,
    ending: str = "csv",
    pace: float = 1e6,
    channel: str = "voice",
    suppress: str = "",
) -> Any:
    import outreach

    account = outreach.Settings(
        token=outreach.Secret(value="none"), base_url=url, pace=pace, concurrency=32, batch_size=size
    )
    return outreach.Campaign(
        name="bench",
        base=folder,
        message=outreach.Template.parse("Namaste {name}, you are {age}."),
        contacts=outreach.Contacts(sources=(f"{rows}.{ending}",), country="NP"),
        suppress=(suppress,) if suppress else (),
        routes=(outreach.Route(channel=outreach.Channel(channel), providers=("bench",)),),
        providers={"bench": account},
    )


def _import_all() -> None:
    """Import what outreach imports when it is first needed; the others' imports are not measured either."""
    import outreach.delivery.sqlite
    import outreach.delivery.transport
    import outreach.sending
    import outreach.spec  # noqa: F401  # as above


def _mixed(count: int) -> list[str]:
    import people

    return list(people.numbers(random.Random(1), count))


def _regions(count: int) -> list[str]:
    import phonenumbers

    chance = random.Random(2)
    examples = [phonenumbers.example_number(region) for region in sorted(phonenumbers.SUPPORTED_REGIONS)]
    written = [phonenumbers.format_number(example, 1) for example in examples if example]
    return [one[:-2] + f"{chance.randrange(100):02}" for one in chance.choices(written, k=count)]


def _library(cells: list[str], country: str) -> float:
    import phonenumbers

    started = time.process_time()
    for cell in cells:
        try:
            number = phonenumbers.parse(cell, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return time.process_time() - started


def _column(cells: list[str], country: str) -> float:
    from outreach.contacts import normalise_column

    started = time.process_time()
    for first in range(0, len(cells), _COLUMN):
        normalise_column(cells[first : first + _COLUMN], country)
    return time.process_time() - started


@contextmanager
def _server() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, str(_HERE / "server.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
        process.communicate()


def _totals(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url) as answer:
        totals: dict[str, Any] = json.load(answer)
    return totals | {"total": int(totals["total"])}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _bare_send(folder: Path, rows: int, size: int, clock: Callable[[], float] = time.perf_counter) -> float:
    import aiohttp

    # The same bodies that send would post: of people who can be contacted.
    bodies = [orjson.dumps(batch) for batch in _planned(folder, rows, size)]

    async def post(session: aiohttp.ClientSession, url: str, left: Iterator[bytes]) -> None:
        for body in left:
            async with session.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
                await answer.read()

    async def run(url: str) -> float:
        connector = aiohttp.TCPConnector(limit=32)
        async with aiohttp.ClientSession(connector=connector) as session:
            started = clock()
            sum(1 for _ in _bodies(folder / f"{rows}.csv", _BATCH))  # the bare CSV loop
            left = iter(bodies)
            await asyncio.gather(*(post(session, url, left) for _ in range(32)))
            return clock() - started

    with _server() as url:
        seconds = asyncio.run(run(f"{url}people"))
        assert _totals(url)["requests"] == len(bodies)
    return seconds


def _planned(folder: Path, rows: int, size: int) -> Iterator[list[dict[str, str]]]:
    from outreach.contacts import stream

    chunks = stream(_campaign(folder, rows, "").contacts, base=folder, wanted=("name", "age"))
    waiting: list[dict[str, str]] = []
    for chunk in chunks:
        waiting += [
            {"number": phone, "name": name, "age": age}
            for phone, name, age in zip(chunk.phones, *chunk.columns.values(), strict=True)
        ]
        while len(waiting) >= size:
            yield waiting[:size]
            del waiting[:size]
    if waiting:
        yield waiting


def _send(folder: Path, rows: int, size: int, clock: Callable[[], float] = time.perf_counter) -> dict[str, float]:
    return _sent(folder, rows, size, clock)[1]


def _sent(
    folder: Path, rows: int, size: int, clock: Callable[[], float] = time.perf_counter, pace: float = 1e6
) -> tuple[dict[str, Any], dict[str, float]]:
    """Send, and hold what the server counted against the contacts; give that, and what it took."""
    import tempfile

    import vendor

    import outreach
    from outreach.plugins import load_plugins

    _import_all()
    plugins = load_plugins(vendor)
    with _server() as url, tempfile.TemporaryDirectory(dir=folder) as journal:
        campaign = _campaign(folder, rows, url, size, pace=pace)
        started = clock()
        summary = outreach.send(campaign, journal=Path(journal) / "journal.db", plugins=plugins)
        took = {"seconds": clock() - started, "peak": _peak()}
        totals = _totals(url)
        requests = people = total = 0
        for batch in _planned(folder, rows, size):
            requests, people = requests + 1, people + len(batch)
            total += sum(int(one["number"]) for one in batch)
        assert summary.deliveries[outreach.State.ACCEPTED] == people
        assert (totals["requests"], totals["people"], totals["total"]) == (requests, people, total)
    return totals, took


CASES: dict[str, Callable[[Path, int], float | dict[str, float]]] = {
    case.__name__: case
    for case in (
        bare_plan,
        plan,
        plan_texts,
        library,
        column,
        library_regions,
        column_regions,
        bare_send,
        send,
        bare_send_single,
        send_single,
        paced,
        calamine,
        plan_workbook,
        send_processor,
        send_single_processor,
        bare_processor,
        bare_single_processor,
        anymail,
        apprise,
        sample,
    )
}


def main() -> None:
    """Measure one case."""
    name, folder, rows = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    measured = CASES[name](folder, rows)
    took = measured if isinstance(measured, dict) else {"seconds": measured}
    sys.stdout.write(json.dumps({"peak": _peak(), **took}))


if __name__ == "__main__":
    main()
