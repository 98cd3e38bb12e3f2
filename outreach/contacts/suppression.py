"""Lists of numbers that must not be contacted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import attrs

from outreach.contacts.columns import roles
from outreach.contacts.formats import KINDS, packed, text
from outreach.contacts.lines import lines
from outreach.contacts.mappings import MappingBlock
from outreach.contacts.numbers import region, sorted_out
from outreach.contacts.numberset import NumberSet
from outreach.contacts.opening import STDIN, Opened
from outreach.contacts.sources import open_table
from outreach.contacts.tables import BLOCK_ROWS, Block, Flaw, Header, Table, hint, wrong
from outreach.contacts.texts import texts
from outreach.errors import Problem, SpecError
from outreach.model import Channel, Columns
from outreach.source import Origin, SourceKind

#: Why a contact that stands on a list is left out.
SUPPRESSED = "suppressed"

#: A list with more mistakes than this is the wrong file.
MOST_PROBLEMS = 20

#: Numbers that no contact list can bring in, so a list may hold them.
_HARMLESS = frozenset({"premium", "service_number"})

_COLUMNS = Columns()


@attrs.frozen(kw_only=True)
class Suppressed:
    """One entry of a list.

    Attributes:
        phone: E.164 with ``+``.

        channel: The only channel that it closes; None closes all.

        reason: As the list says it, or the empty text.
    """

    phone: str
    channel: Channel | None
    reason: str


@attrs.frozen
class Suppression:
    """Do-not-contact lists, held as integers (see ``NumberSet``)."""

    _everywhere: NumberSet = attrs.field(factory=NumberSet)
    _on: Mapping[Channel, NumberSet] = attrs.field(factory=lambda: {channel: NumberSet() for channel in Channel})

    @classmethod
    def load(cls, paths: Sequence[str], *, base: Path, country: str | None) -> Suppression:
        """Read lists.

        Args:
            paths: ``suppress`` of the campaign: CSV, TSV, JSON Lines, or text with a number a line; each may be gzip.

            base: Folder in which relative paths start.

            country: The campaign's country, for numbers without ``+``.

        Raises:
            SpecError: A list cannot be read, or an entry in it cannot; passing over it could contact somebody. The
                first 20 mistakes.
        """
        suppression = cls()
        for entry in read_suppressed(paths, base=base, country=country):
            suppression.add(entry.phone, entry.channel)
        return suppression

    def __len__(self) -> int:
        return len(self._everywhere) + sum(map(len, self._on.values()))

    def add(self, phone: str, channel: Channel | None = None) -> None:
        """Close one channel, or all, for an E.164 number."""
        (self._everywhere if channel is None else self._on[channel]).add(phone)

    def remove(self, phone: str, channel: Channel | None = None) -> None:
        """Take back what ``add`` said, of that channel or of all of them together."""
        (self._everywhere if channel is None else self._on[channel]).discard(phone)

    def reasons(self, phones: Sequence[str], channel: Channel) -> Mapping[int, str]:
        """Say which of these numbers must not be contacted on a channel: index and reason."""
        found = self._everywhere.found(phones) + self._on[channel].found(phones)
        return dict.fromkeys(sorted(found), SUPPRESSED)

    def closed(self, phones: Sequence[str], channels: Iterable[Channel]) -> Sequence[int]:
        """Say which of these numbers must not be contacted on one of the channels or more: indexes, in order."""
        return sorted({index for channel in channels for index in self.reasons(phones, channel)})


def read_suppressed(paths: Sequence[str], *, base: Path, country: str | None) -> Iterator[Suppressed]:
    """Give the entries of lists, in order.

    Raises:
        SpecError: When all was read, if anything could not be: nobody may act on half a list.
    """
    country = region(country)
    problems: list[Problem] = []
    for origin in list_origins(paths, base=base):
        try:
            yield from _entries(_open(origin), country, problems)
        except SpecError as error:
            problems += error.problems
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise SpecError(problems[:MOST_PROBLEMS])


def list_origins(paths: Sequence[str], *, base: Path) -> Sequence[Origin]:
    """Give where lists come from; relative paths start in ``base``."""
    return [Origin(name=path, address=path, base=base, path=f"suppress[{number}]") for number, path in enumerate(paths)]


def _open(origin: Origin) -> Table:
    if origin.address == STDIN:
        msg = "a do-not-contact list is a file, not standard input"
        raise wrong(msg, path=origin.path)
    return open_table(origin, _KINDS)


def _entries(table: Table, country: str | None, problems: list[Problem]) -> Iterator[Suppressed]:
    phone = roles(table.header, _COLUMNS).phone
    table.told(phone)
    for block in table.blocks:
        flaws = dict(block.flaws)
        phones, bad = sorted_out(block.column(phone), country)
        for index, flaw in bad.items():
            if flaw.reason not in _HARMLESS:
                flaws.setdefault(index, flaw)
        channels = _channels(_words(block, "channel", flaws), flaws)
        reasons = _words(block, "reason", flaws)
        problems += [_problem(table.header, block, index, flaws[index]) for index in sorted(flaws)]
        if len(problems) >= MOST_PROBLEMS:
            table.close()
            return
        for number, channel, reason in zip(phones, channels, reasons, strict=True):
            if number:
                yield Suppressed(phone=number, channel=channel, reason=reason)


def _words(block: Block, name: str, flaws: dict[int, Flaw]) -> Sequence[str]:
    words, bad = texts(block.column(name))
    flaws.update(bad)
    return words


def _channels(words: Sequence[str], flaws: dict[int, Flaw]) -> Sequence[Channel | None]:
    channels: list[Channel | None] = []
    for index, word in enumerate(words):
        known = _CHANNELS.get(word.lower())
        if word and known is None:
            flaws[index] = Flaw("channel", f"'{word}' is no channel; {hint(word, list(Channel))}, or empty for all")
        channels.append(known)
    return channels


def _problem(header: Header, block: Block, index: int, flaw: Flaw) -> Problem:
    message = f"this entry of a do-not-contact list cannot be read: {flaw.detail}"
    return Problem(message, file=header.source, line=block.lines[index])


def _numbers_only(source: Opened, _origin: Origin) -> Table:
    """Read a number a line; blank lines and lines that begin with # are passed over."""
    stream = lines(source)
    numbered = ((number, line.strip()) for number, line in enumerate(stream, 1))
    rows = ((number, line) for number, line in numbered if line and not line.startswith("#"))
    return Table(Header(source=source.name, columns=("phone",)), _number_blocks(rows), stream.close)


def _number_blocks(rows: Iterator[tuple[int, str]]) -> Iterator[Block]:
    first = 1
    while taken := list(islice(rows, BLOCK_ROWS)):
        yield MappingBlock(first, [number for number, _ in taken], {}, [{"phone": line} for _, line in taken])
        first += len(taken)


_CHANNELS = {channel.value: channel for channel in Channel}
_KINDS = (*KINDS, SourceKind(name="numbers", open=text(_numbers_only), endings=packed(".txt")))
