"""Columns of people, receipts and exceptions as bytes, and back. Pure functions; what they write, old files hold."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from outreach.answers import Receipt
from outreach.delivery.journal import People, Stage
from outreach.model import Channel, Status

#: What stands for a stage in the file; a code is never given to another stage.
CODES: Mapping[Stage, int] = {
    Stage.PLANNED: 0,
    Stage.LOADING: 1,
    Stage.LOADED: 2,
    Stage.LOAD_UNKNOWN: 3,
    Stage.IN_FLIGHT: 4,
    Stage.ACCEPTED: 5,
    Stage.REJECTED: 6,
    Stage.UNKNOWN: 7,
    Stage.CANCELLED: 8,
    Stage.SKIPPED: 9,
    Stage.PASSED: 10,
}
STAGES: Sequence[Stage] = tuple(sorted(CODES, key=CODES.__getitem__))

#: In ``tally``: not everybody has the same status.
MIXED = ""

#: Fields of a receipt beside the status, and the index of what holds for everybody without a receipt of their own.
_TOLD = ("credits", "duration", "answers", "transcript", "playback")
EVERYBODY = -1
NOTHING: Mapping[Any, Any] = {}

Told = Mapping[int, Mapping[str, Any]]
Packed = bytes | str
Keys = Sequence[int | str]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def bits(stages: Iterable[Stage]) -> int:
    """Give a set of stages as one integer, for SQL: bit n is the stage with code n."""
    return sum(1 << CODES[stage] for stage in frozenset(stages))


def micros(moment: datetime) -> int:
    """Give an aware time as microseconds since 1970.

    Raises:
        ValueError: The time is naive.
    """
    if moment.tzinfo is None:
        msg = f"{moment!r} has no time zone"
        raise ValueError(msg)
    return (moment - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """Give microseconds since 1970 as a time in UTC."""
    return _EPOCH + value * _MICROSECOND


def pack_phones(phones: Sequence[str]) -> Packed:
    """Pack E.164 numbers as integers; anything that would not come back letter by letter, as JSON text."""
    try:
        numbers = array("q", map(int, phones))
    except (ValueError, OverflowError):
        return _text(phones)
    return _little(numbers) if [f"+{number}" for number in numbers] == list(phones) else _text(phones)


def phone_keys(packed: Packed) -> Keys:
    """Give what is compared when numbers are looked for: integers, or texts where they are no E.164 numbers."""
    return [_key(text) for text in orjson.loads(packed)] if isinstance(packed, str) else _integers(packed)


def unpack_phones(packed: Packed) -> list[str]:
    """Give the numbers as they were."""
    if isinstance(packed, str):
        return list(orjson.loads(packed))
    return [f"+{number}" for number in _integers(packed)]


def pack_ids(ids: Sequence[str]) -> bytes | None:
    """Pack the contacts' ids; nothing when there are none."""
    return orjson.dumps(list(ids)) if any(ids) else None


def pack_rows(rows: Sequence[int]) -> int | bytes | None:
    """Pack row numbers; the usual case, one after the other, takes one integer."""
    if not any(rows):
        return None
    first = rows[0]
    return first if list(rows) == list(range(first, first + len(rows))) else _little(array("q", rows))


def unpack_rows(packed: int | bytes | None, size: int) -> Sequence[int]:
    """Give the row numbers as they were."""
    if packed is None:
        return [0] * size
    return range(packed, packed + size) if isinstance(packed, int) else _integers(packed)


def unpack_people(size: int, phones: Packed, ids: bytes | None, rows: int | bytes | None) -> People:
    """Give people as columns."""
    names = [""] * size if ids is None else orjson.loads(ids)
    return People(phones=unpack_phones(phones), ids=names, rows=unpack_rows(rows, size))


def pack_exceptions(exceptions: Mapping[int, tuple[Stage, str]]) -> bytes | None:
    """Pack stage and reason by index."""
    found = [[index, CODES[stage], reason] for index, (stage, reason) in sorted(exceptions.items())]
    return orjson.dumps(found) if found else None


def unpack_exceptions(packed: bytes | None) -> dict[int, tuple[Stage, str]]:
    """Give stage and reason by index."""
    return {index: (STAGES[code], reason) for index, code, reason in _loads(packed)}


def pack_earlier(earlier: Mapping[int, int], refused: Mapping[int, str]) -> bytes | None:
    """Pack by index how often people were tried before, and who refused them."""
    indexes = sorted({*earlier, *refused})
    found = [[index, earlier.get(index, 0), *filter(None, [refused.get(index)])] for index in indexes]
    return orjson.dumps(found) if found else None


def unpack_earlier(packed: bytes | None) -> tuple[dict[int, int], dict[int, str]]:
    """Give by index how often people were tried before, and who refused them."""
    found = _loads(packed)
    earlier = {index: count for index, count, *_ in found if count}
    return earlier, {index: more[0] for index, _, *more in found if more}


def pack_receipts(receipts: Mapping[int, Receipt]) -> bytes | None:
    """Pack receipts by index, as columns."""
    if not receipts:
        return None
    found = [receipts[index] for index in sorted(receipts)]
    columns = [r.vendor_id for r in found], [r.status for r in found], [r.word for r in found]
    return orjson.dumps([sorted(receipts), *columns])


def unpack_receipts(packed: bytes | None, told: Told = NOTHING) -> dict[int, Receipt]:
    """Give receipts by index, with what was told beside the status where that is given."""
    return {
        index: Receipt(vendor_id=vendor_id, status=Status(status), word=word, **told.get(index, NOTHING))
        for index, vendor_id, status, word in zip(*_loads(packed), strict=True)
    }


def pack_told(receipt: Receipt | None, receipts: Mapping[int, Receipt]) -> bytes | None:
    """Pack what receipts say beside the status; hardly any does before somebody follows."""
    found = {index: told for index, one in receipts.items() if (told := _told(one))}
    if receipt is not None and (shared := _told(receipt)):
        found[EVERYBODY] = shared
    return orjson.dumps(found, option=orjson.OPT_NON_STR_KEYS) if found else None


def _told(receipt: Receipt) -> dict[str, Any]:
    return {name: value for name in _TOLD if (value := getattr(receipt, name)) not in (None, "", {})}


def unpack_told(packed: bytes | None) -> Told:
    """Give it by index, as fields of a Receipt; nothing for everybody else."""
    if packed is None:
        return NOTHING
    return {int(index): {**told, "credits": _costs(told)} for index, told in orjson.loads(packed).items()}


def _costs(told: Mapping[str, Any]) -> dict[Channel, float]:
    return {Channel(channel): cost for channel, cost in told.get("credits", {}).items()}


def tally(receipt: Receipt | None, receipts: Mapping[int, Receipt], size: int) -> str | None:
    """Give the status that everybody has, MIXED, or nothing where nobody has one."""
    statuses: set[Status | None] = {each.status for each in receipts.values()}
    if len(receipts) < size:
        statuses.add(receipt.status if receipt else None)
    return statuses.pop() if len(statuses) == 1 else MIXED


def _key(text: str) -> int | str:
    packed = pack_phones([text])
    return text if isinstance(packed, str) else _integers(packed)[0]


def _loads(packed: bytes | None) -> Any:
    return () if packed is None else orjson.loads(packed)


def _text(phones: Sequence[str]) -> str:
    return orjson.dumps(list(phones)).decode()


def _little(numbers: array[int]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _integers(packed: bytes) -> array[int]:
    numbers = array("q")
    numbers.frombytes(packed)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
