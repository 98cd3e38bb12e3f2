"""When a campaign is planned once more in the same call, so that the next provider on a route takes over."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs
import orjson

from outreach.contacts.values import Chunk, Dropped
from outreach.delivery.journal import Counts
from outreach.delivery.lane import Lane
from outreach.delivery.run import Ended
from outreach.errors import Problem
from outreach.model import Campaign, State
from outreach.planning.reading import Seen, Taker


def has_lists(campaign: Campaign) -> bool:
    """Whether a route names more than one provider."""
    return any(len(route.providers) > 1 for route in campaign.routes)


def give_up(campaign: Campaign, lanes: Mapping[str, Lane], ended: Ended) -> frozenset[str]:
    """Leave alone for the rest of the call, where another provider may take over, whoever cannot be used; name them.

    These are the accounts that are refused, the vendors that could not be used after all tries (each proved to have had
    no effect), and those that refused to make a campaign. A vendor whose answers were lost is none of them.
    """
    for name in {name for route in campaign.routes if len(route.providers) > 1 for name in route.providers}:
        lane = lanes[name]
        lane.given_up = lane.given_up or lane.halted or lane.unavailable or ended.refused.get(name, "")
    return frozenset(name for name, lane in lanes.items() if lane.given_up)


def goes_on(campaign: Campaign, before: Counts, after: Counts, fresh: frozenset[str], down: frozenset[str]) -> bool:
    """Whether somebody may have a next provider after a pass.

    Args:
        campaign: What goes out.

        before: The campaign by numbers, when the pass began.

        after: The same when it had ended.

        fresh: Providers that were given up in this pass.

        down: All that are given up.
    """
    for route in campaign.routes:
        for position, name in enumerate(route.providers[:-1]):
            place = (str(route.channel), name)
            refused = _number(after, place, State.REJECTED) > _number(before, place, State.REJECTED)
            if refused and not down.issuperset(route.providers[position + 1 :]):
                return True
        left = any(_number(after, (str(route.channel), name), State.PLANNED) for name in fresh & {*route.providers})
        if left and not down.issuperset(route.providers):
            return True
    return False


def _number(counts: Counts, place: tuple[str, str], state: State) -> int:
    return counts.routes.get(place, {}).get(state, 0)


class Reel:
    """The contacts as they were read, in a file without a name: every pass sees the same rows in the same order."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, chunk: Chunk) -> None:
        """Put a chunk behind the others."""
        fields = {field.name: _plain(getattr(chunk, field.name)) for field in attrs.fields(Chunk)}
        fields["dropped"] = [attrs.asdict(one) for one in chunk.dropped]
        self._file.write(orjson.dumps(fields) + b"\n")

    def note(self, found: Sequence[Problem]) -> None:
        """Keep none: what is to be said of the sources was said when they were read."""

    def replay(self, taker: Taker) -> Iterator[Seen]:
        """Give a taker every chunk once more, from the beginning; yields how far it has come."""
        rows = 0
        self._file.seek(0)
        for line in self._file:
            fields = orjson.loads(line)
            dropped = [Dropped(**one) for one in fields.pop("dropped")]
            chunk = Chunk(**fields, dropped=dropped)
            taker.add(chunk)
            rows += len(chunk) + len(dropped)
            yield Seen(rows, None)


@attrs.frozen
class Both:
    """Gives two takers what one is given."""

    first: Taker
    second: Taker

    def add(self, chunk: Chunk) -> None:
        """Take one chunk."""
        self.first.add(chunk)
        self.second.add(chunk)

    def note(self, found: Sequence[Problem]) -> None:
        """Take what a careful person should know about the sources."""
        self.first.note(found)
        self.second.note(found)


def _plain(column: object) -> object:
    if isinstance(column, Mapping):
        return {name: list(values) for name, values in column.items()}
    return list(column)  # type: ignore[call-overload]  # a column
