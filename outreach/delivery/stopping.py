"""The wish that a campaign be stopped: a small file beside the journal, since a running send holds the journal itself.

The send looks for it before every request. It stays until it is taken back, so that the next send does not begin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import orjson

from outreach.delivery import livestatus
from outreach.delivery.beside import alone
from outreach.delivery.journal import CampaignKey
from outreach.errors import EnvironmentProblem

#: Seconds between two looks at the file.
EVERY = 0.05


@attrs.frozen(kw_only=True)
class Wish:
    """Who asked for the end of a campaign, and when."""

    campaign: str
    round: int
    by: str
    at: datetime

    @property
    def key(self) -> CampaignKey:
        """Which campaign is meant."""
        return CampaignKey(self.campaign, self.round)


def beside(journal: Path) -> Path:
    """Give the file that belongs to a journal: ``journal.db.stop.json``."""
    return journal.with_name(f"{journal.name}.stop.json")


def wishes(path: Path) -> Sequence[Wish]:
    """Give all wishes.

    Raises:
        EnvironmentProblem: The file cannot be read.
    """
    try:
        return [_wish(told) for told in orjson.loads(path.read_bytes())["stopped"]]
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"{path}: nobody can read who is to be stopped; nothing is sent until this file is mended or deleted"
        raise EnvironmentProblem(msg) from error


def ask(path: Path, wish: Wish) -> None:
    """Ask for the end of a campaign; on the disk when this returns. An earlier wish of the same campaign stays.

    Raises:
        EnvironmentProblem: The file cannot be read or written.
    """
    with _alone(path):
        known = wishes(path)
        if not any(one.key == wish.key for one in known):
            _write(path, [*known, wish])


def clear(path: Path, key: CampaignKey) -> bool:
    """Take the wish back; give whether there was one.

    Raises:
        EnvironmentProblem: The file cannot be read or written.
    """
    if not path.exists():
        return False
    with _alone(path):
        known = wishes(path)
        rest = [one for one in known if one.key != key]
        if len(rest) < len(known):
            _write(path, rest)
        return len(rest) < len(known)


class StopFlag:
    """Tells whether a campaign is to be stopped; looks at the disk now and then. Once it is, it stays so.

    A file that cannot be read counts as a wish: whoever wants to stop a campaign must not fail for its shape.

    Args:
        path: See ``beside``.

        key: The campaign.

        monotonic: Seconds that never go back.
    """

    def __init__(self, path: Path, key: CampaignKey, monotonic: Callable[[], float]) -> None:
        self._path = path
        self._key = key
        self._monotonic = monotonic
        self._next = float("-inf")
        self.seen = False

    def __call__(self) -> bool:
        """Look, unless that was done a moment ago."""
        now = self._monotonic()
        if self.seen or now < self._next:
            return self.seen
        self._next = now + EVERY
        self.seen = self._path.exists() and self._asked()
        return self.seen

    def _asked(self) -> bool:
        try:
            return any(one.key == self._key for one in wishes(self._path))
        except EnvironmentProblem:
            return True


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep others from changing the file meanwhile; they lock a file beside it, for this one is replaced."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(path.with_name(f"{path.name}.lock")):
            yield
    except OSError as error:
        msg = f"{path}: cannot be written ({error.strerror or error})"
        raise EnvironmentProblem(msg) from error


def _write(path: Path, known: Sequence[Wish]) -> None:
    if known:
        livestatus.write(path, {"stopped": [attrs.asdict(one) for one in known]}, durable=True)
    else:
        path.unlink(missing_ok=True)


def _wish(told: Any) -> Wish:
    at = datetime.fromisoformat(told["at"])
    return Wish(campaign=str(told["campaign"]), round=int(told["round"]), by=str(told["by"]), at=at)
