"""What is asked of people on a route: values, zones, columns, and how they travel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import attrs
import pytest

from outreach.contacts.values import Chunk
from outreach.errors import Problem, SpecError
from outreach.model import Campaign, Channel, Contacts, Limits, Placeholder, Route, Schedule, Template, Window
from outreach.planning.assign import Assigner, Columns
from outreach.planning.carrier import Carrier
from outreach.planning.choose import asked, filled, left_out, matching, zones
from outreach.planning.columns import missing, wanted
from outreach.planning.reading import Seen, read, suppressed
from outreach.planning.values import SlicePlan
from outreach.provider import Batch

VOICE = Channel.VOICE
NEPAL, SATELLITE = "+9779610000001", "+870773111632"
NPT = "Asia/Kathmandu"


def campaign(message: str = "नमस्ते", **more: Any) -> Campaign:
    """Give a campaign by voice."""
    fields: dict[str, Any] = {"contacts": Contacts(sources=[]), "routes": (Route(channel=VOICE, providers=("a",)),)}
    return Campaign(name="fees", message=Template.parse(message), **fields | more)


def chunk(*phones: str, zone: Sequence[str] = (), names: Sequence[str] = (), **columns: Sequence[str]) -> Chunk:
    """Give people."""
    return Chunk(
        phones=list(phones),
        ids=["" for _ in phones],
        names=list(names) or ["" for _ in phones],
        zones=list(zone) or ["" for _ in phones],
        rows=list(range(len(phones))),
        columns=columns,
    )


def account(*, by_zone: bool = False, equal: bool = False, batch: int = 2, size: int | None = None) -> Carrier:
    """Give an account."""
    batching = SimpleNamespace(by_zone=by_zone, equal_values=equal)
    capabilities = SimpleNamespace(calling_codes=(), needs_id=False, batching=batching)
    provider = SimpleNamespace(name="a", capabilities=capabilities)
    return cast("Carrier", SimpleNamespace(provider=provider, batch_size=batch, campaign_size=size or 10**9))


def values(message: str, people: Chunk) -> dict[str, list[str]]:
    """Give the values of the placeholders by name."""
    return {name.name: list(column) for name, column in filled(asked(campaign(message), [VOICE]), people).items()}


def test_fallbacks_stand_where_a_value_is_missing() -> None:
    """Row by row; a column that is empty throughout is one, too; without a fallback it stays empty."""
    people = chunk(NEPAL, SATELLITE, amount=["5", ""], place=["", ""], due=["", ""])

    assert values("{amount|0} {place|here} {due}", people) == {
        "amount": ["5", "0"],
        "place": ["here", "here"],
        "due": ["", ""],
    }


def test_a_contacts_own_fields_serve_where_no_column_does() -> None:
    """A column of that name goes before them, unless it is empty throughout."""
    named = chunk(NEPAL, SATELLITE, names=["सीता", "राम"])

    assert values("{name}", named) == {"name": ["सीता", "राम"]}
    assert values("{name}", attrs.evolve(named, columns={"name": ["X", ""]})) == {"name": ["X", ""]}
    assert values("{name}", attrs.evolve(named, columns={"name": ["", ""]})) == {"name": ["सीता", "राम"]}


def test_who_lacks_a_value_is_left_out() -> None:
    """Only where there is no fallback, and only those whose cell is empty."""
    people = chunk(NEPAL, SATELLITE, amount=["5", ""])
    columns = {Placeholder("amount", None): ["5", ""], Placeholder("place", "here"): ["here", "here"]}
    route = campaign().routes[0]

    assert dict(left_out(route, account(), people, [0, 1], columns)) == {"no_value:amount": [1]}


def test_when_lets_through_who_has_every_value() -> None:
    """Values are compared as written."""
    route = attrs.evolve(campaign().routes[0], when={"place": "far", "kind": "a"})
    people = chunk(NEPAL, SATELLITE, NEPAL, place=["far", "far", "Far"], kind=["a", "b", "a"])

    assert list(matching(route, people)) == [0]


@pytest.mark.parametrize(
    ("schedule", "by_zone", "found"),
    [
        (Schedule(), False, ["UTC", "UTC", "UTC"]),
        (Schedule(zone="Asia/Tokyo"), False, ["Asia/Tokyo"] * 3),
        (Schedule(zone="Asia/Tokyo"), True, ["Asia/Tokyo"] * 3),
        (Schedule(), True, [NPT, "", "Europe/Paris"]),
        (Schedule(window=Window(start=time(10), end=time(18), zone="Asia/Tokyo")), True, ["Asia/Tokyo"] * 3),
        (Schedule(window=Window(start=time(10), end=time(18), zone="recipient")), False, [NPT, "", "Europe/Paris"]),
        (
            Schedule(window=Window(start=time(10), end=time(18), zone="recipient"), zone="Asia/Tokyo"),
            False,
            [NPT, "Asia/Tokyo", "Europe/Paris"],
        ),
    ],
)
def test_hours_count_in_the_zone_that_is_stated_or_known(
    schedule: Schedule, by_zone: bool, found: Sequence[str]
) -> None:
    """A window's own zone; else, where hours are the person's, theirs as stated or known, else the campaign's."""
    people = chunk(NEPAL, SATELLITE, NEPAL, zone=["", "", "Europe/Paris"])

    assert list(zones(campaign(schedule=schedule), account(by_zone=by_zone), people)) == found


def test_columns_that_are_asked_for_and_lacking() -> None:
    """Each once, with the first place that names it; own fields are no columns unless a route asks for them."""
    routes = (
        Route(channel=VOICE, providers=("a",), when={"place": "far"}),
        Route(channel=VOICE, providers=("b",), when={"name": "सीता", "amount": "5"}),
    )
    one = campaign("{amount} {name} {id} {due|soon}", routes=routes)

    assert wanted(one) == {
        "amount": "message",
        "name": "message",
        "id": "message",
        "due": "message",
        "place": "routes[0].when.place",
    }
    told = [(problem.path, problem.message) for problem in missing(one, "a.csv", ["amount", "plase"])]
    assert told == [
        ("message", "'name' is no column of a.csv; it has: amount, plase"),
        ("message", "'due' is no column of a.csv; it has: amount, plase"),
        ("routes[0].when.place", "'place' is no column of a.csv; did you mean 'plase'?"),
    ]


@attrs.define
class Kept:
    """Keeps what it is given, as a taker and as a sink."""

    chunks: list[Chunk] = attrs.field(factory=list)
    notes: list[Problem] = attrs.field(factory=list)
    batches: list[tuple[int, list[str], list[int], list[list[str]]]] = attrs.field(factory=list)

    def add(self, *what: Any) -> None:
        """Keep a chunk, or a batch."""
        if len(what) == 1:
            self.chunks.append(what[0])
            return
        number, batch, rows = cast("tuple[int, Batch, list[int]]", what)
        assert len(batch.ids) == len(batch.names) == len(batch.phones)
        columns = [list(column) for column in batch.values.values()]
        self.batches.append((number, [one[-2:] for one in batch.phones], rows, columns))

    def note(self, found: Sequence[Problem]) -> None:
        """Keep notes."""
        self.notes += found

    def skip(self, *_: object) -> None:
        """Nobody is."""


def test_reading_tells_how_far_it_is() -> None:
    """Rows that are no people count as well."""
    taker = Kept()
    rows = [{"phone": NEPAL}, {"phone": "+12"}, {"phone": NEPAL}]

    seen = list(read(campaign(contacts=Contacts(sources=rows)), taker, None))

    assert [one.rows for one in seen] == [3]
    assert isinstance(seen[0], Seen)
    assert [len(one) for one in taker.chunks] == [1]


def test_what_has_no_header_is_not_asked_for_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows from a program have the columns that they have; what is to be said of a source is handed on."""
    monkeypatch.setattr("outreach.planning.reading.ContactList.notes", [Problem("a hidden sheet")])
    taker = Kept()
    rows = [{"phone": NEPAL, "due": "15 December"}]

    list(read(campaign("{due}", contacts=Contacts(sources=rows)), taker, None))

    assert taker.chunks[0].columns == {"due": ["15 December"]}
    assert [one.message for one in taker.notes] == ["a hidden sheet"]


def test_a_channel_without_content_asks_for_no_columns() -> None:
    """That it has none is said elsewhere, with its place."""
    one = campaign("{due}", routes=(Route(channel=Channel.WHATSAPP, providers=("a",)),))

    assert wanted(attrs.evolve(one, message=None)) == {}


@pytest.mark.parametrize(("channel", "out"), [(VOICE, {}), (Channel.SMS, [0]), (Channel.WHATSAPP, [0])])
def test_a_fixed_line_cannot_read(channel: Channel, out: object) -> None:
    """It can be rung."""
    route = Route(channel=channel, providers=("a",))

    found = dict(left_out(route, account(), chunk("+442079460123", NEPAL), [0, 1], {}))

    assert found == ({"landline": out} if out else {})


def test_only_an_iterator_can_be_used_up() -> None:
    """An empty list is an empty list; an iterator without rows was gone through before."""

    def nothing() -> Iterator[dict[str, object]]:
        yield from ()

    assert list(read(campaign(contacts=Contacts(sources=[])), Kept(), None)) == []
    with pytest.raises(SpecError, match="can be gone through once"):
        list(read(campaign(contacts=Contacts(sources=nothing())), Kept(), None))
    one = iter([{"phone": NEPAL}])
    assert len(list(read(campaign(contacts=Contacts(sources=one)), Kept(), None))) == 1


def test_lists_that_lack_columns_are_refused_with_their_place(tmp_path: Path) -> None:
    """One problem for each column, however many lists lack it in the same words; lists of people who opted out, too."""
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("phone\n", encoding="utf-8")
    files: Any = ["a.csv", "b.csv"]
    (tmp_path / "no.csv").write_text("phone\nx\n", encoding="utf-8")
    lists = campaign("{due}", base=tmp_path, contacts=Contacts(sources=files), suppress=("no.csv",))

    with pytest.raises(SpecError) as lacking:
        list(read(lists, Kept(), None))
    with pytest.raises(SpecError) as bad:
        suppressed(lists)

    assert [one.message.split(";")[0] for one in lacking.value.problems] == [
        "'due' is no column of a.csv",
        "'due' is no column of b.csv",
    ]
    assert [(Path(one.file or "").name, one.line) for one in bad.value.problems] == [("no.csv", 2)]


def columns(*numbers: int, **more: Sequence[str]) -> Columns:
    """Give people by number."""
    marks = [f"{number:02d}" for number in numbers]
    return Columns(
        phones=[f"+97796100000{mark}" for mark in marks],
        ids=[f"c{mark}" for mark in marks],
        names=[f"n{mark}" for mark in marks],
        rows=list(numbers),
        values={Placeholder(name, None): list(column) for name, column in more.items()},
    )


def assigner(
    monkeypatch: pytest.MonkeyPatch, sink: Kept | None, carrier: Carrier | None = None, **more: Any
) -> tuple[Assigner, list[SlicePlan]]:
    """Give what puts people into batches, and the slices that it makes."""
    monkeypatch.setattr("outreach.planning.assign.fingerprint", lambda *_: "f")
    slices = [SlicePlan(number=0, provider="other", channels=(VOICE,), zone="", fingerprint="", held="")]
    return Assigner(campaign(**more), carrier or account(), slices, sink), slices


def test_batches_are_filled_in_order_and_campaigns_to_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two in a batch, four in a campaign at the vendor; the last ones travel when all were seen."""
    sink = Kept()
    made, slices = assigner(monkeypatch, sink, account(batch=2, size=4))

    for first in (0, 3):
        made.add(columns(*range(first, first + 3)), [(VOICE,)] * 3, [NPT] * 3)
    assert made.batches == 3
    made.add(columns(6), [(VOICE,)], [NPT])
    made.finish()

    assert [(number, marks, rows) for number, marks, rows, _ in sink.batches] == [
        (1, ["00", "01"], [0, 1]),
        (1, ["02", "03"], [2, 3]),
        (2, ["04", "05"], [4, 5]),
        (2, ["06"], [6]),
    ]
    assert [one.number for one in made.mine] == [1, 2]
    assert slices[1:] == made.mine
    assert (made.batches, [one.zone for one in made.mine]) == (4, [NPT, NPT])


def test_people_of_different_zones_and_channels_travel_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with what belongs to it; where the vendor wants equal values, those with other ones apart, too."""
    people = columns(0, 1, 2, 3, amount=["5", "5", "7", "5"])
    channels = [(VOICE,), (VOICE,), (VOICE,), (Channel.SMS,)]
    where = [NPT, "UTC", NPT, NPT]
    apart, together = Kept(), Kept()
    for sink, equal in ((apart, True), (together, False)):
        made, _ = assigner(monkeypatch, sink, account(equal=equal))
        made.add(people, channels, where)
        made.finish()

    assert sorted((marks, values) for _, marks, _, values in apart.batches) == [
        (["00"], [["5"]]),
        (["01"], [["5"]]),
        (["02"], [["7"]]),
        (["03"], [["5"]]),
    ]
    assert sorted((marks, values) for _, marks, _, values in together.batches) == [
        (["00", "02"], [["5", "7"]]),
        (["01"], [["5"]]),
        (["03"], [["5"]]),
    ]
    assert len({number for number, *_ in apart.batches}) == 3


def test_no_more_wait_for_company_than_memory_should_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who have waited longest travel without, each with their own values."""
    monkeypatch.setattr("outreach.planning.assign.MOST_WAITING", 2)
    sink = Kept()
    made, _ = assigner(monkeypatch, sink, account(batch=10, equal=True))

    made.add(columns(0, 1, 2, amount=["5", "6", "7"]), [(VOICE,)] * 3, [NPT] * 3)
    assert [marks for _, marks, _, _ in sink.batches] == [["00"]]
    made.add(columns(3, amount=["6"]), [(VOICE,)], [NPT])
    assert [marks for _, marks, _, _ in sink.batches] == [["00"], ["01", "03"]]
    made.finish()

    assert [marks for _, marks, _, _ in sink.batches] == [["00"], ["01", "03"], ["02"]]


def test_people_per_hour_bound_batches_and_campaigns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch, and a campaign launched at once, must fit into an hour; without a sink people are only counted."""
    sink = Kept()
    paced, _ = assigner(monkeypatch, sink, account(batch=10, size=100), limits=Limits(per_hour=3))
    counted, slices = assigner(monkeypatch, None, account(batch=2))

    paced.add(columns(*range(7)), [(VOICE,)] * 7, [NPT] * 7)
    paced.finish()
    counted.add(columns(*range(3)), [(VOICE,)] * 3, [NPT] * 3)
    counted.finish()

    assert [(number, len(marks)) for number, marks, _, _ in sink.batches] == [(1, 3), (2, 3), (3, 1)]
    assert (counted.batches, len(slices)) == (2, 2)
