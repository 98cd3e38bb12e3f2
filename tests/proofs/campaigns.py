"""Small campaigns for the proofs, and what is held against the receiving side when one has ended."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs

import outreach
from outreach import client
from outreach.model import State

#: The adapters, and the line that routes a campaign through each.
ROUTES = {
    "tingting": "voice: tingting",
    "toingg": "ai_call: toingg",
    "contactswing": "whatsapp: contactswing",
    "twilio": "sms: twilio",
}

#: Those whose own lists tell who was contacted, so that another call of send may settle who is unknown.
ASKED = frozenset({"tingting", "twilio"})

PEOPLE = 10

SPEC = """\
outreach: 1
name: fees
message: "नमस्कार, your fee is due on 15 December."
messages:
  ai_call: {language: hindi, voice: swara}
  whatsapp: {template: fee_due, language: en, body: ["{name}"]}
contacts: {from: contacts.csv, country: NP}
schedule: {zone: Asia/Kathmandu}
limits: {LIMITS}
routes:
  - ROUTE
providers:
  PROVIDER:
    {base_url: "BASE", pace: 1000, batch_size: BATCH, settle_after: 0, timeout: TIMEOUT, token: {file: token}MORE}
"""

_MORE = {
    "tingting": ", senders: [3], voice: 3",
    "toingg": "",
    "contactswing": ', assistant_id: 12, from_numbers: ["1"]',
    "twilio": f', account_sid: "AC{0:032x}", sms_from: "+12025550100", voice_from: "+12025550100"',
}

#: What is over, whatever comes.
CLOSED = frozenset({State.ACCEPTED, State.REJECTED, State.UNKNOWN, State.SKIPPED, State.CANCELLED})

#: States that say of a person that they were not contacted.
NOT_CONTACTED = frozenset({State.PLANNED, State.REJECTED, State.SKIPPED, State.CANCELLED})


def phone(index: int) -> str:
    """Give a number that reaches nobody."""
    return f"+9779610{index:04d}11"


def quick() -> TemporaryDirectory[str]:
    """Make a folder in memory where there is one: for proofs in which it is not the disk's own time that counts."""
    memory = Path("/dev/shm")
    return TemporaryDirectory(dir=memory if memory.is_dir() and os.access(memory, os.W_OK) else None)


def write(
    folder: Path,
    provider: str,
    base: str,
    *,
    people: int = PEOPLE,
    batch: int = 3,
    timeout: float = 30.0,
    per_hour: int | None = None,
    route: str = "",
) -> Path:
    """Write a campaign with its contacts and its token into a folder; give the campaign file.

    ``route`` is written in the place of the provider's own in ``ROUTES``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "token").write_text("made-up-token-of-the-proofs", encoding="ascii")
    rows = [f"9610{index:04d}11,c{index},सीता {index % 3}" for index in range(people)]
    (folder / "contacts.csv").write_text("\n".join(["phone,id,name", *rows, ""]), encoding="utf-8")
    limits = f"contacts: {people}" + (f", per_hour: {per_hour}" if per_hour else "")
    values = {
        "LIMITS": limits,
        "ROUTE": route or ROUTES[provider],
        "PROVIDER": provider,
        "BASE": base,
        "BATCH": str(1 if provider in {"toingg", "twilio"} else batch),
        "TIMEOUT": str(timeout),
        "MORE": _MORE[provider],
    }
    text = SPEC
    for name, value in values.items():
        text = text.replace(name, value)
    spec = folder / "spec.yaml"
    spec.write_text(text, encoding="utf-8")
    return spec


def command(*words: str, broken: str = "") -> list[str]:
    """Give the command line of outreach in this interpreter, or of its broken twin."""
    if not broken:
        return [sys.executable, "-m", "outreach", *words]
    return [sys.executable, str(Path(__file__).with_name("twins.py")), broken, *words]


def start(spec: Path, *words: str, broken: str = "") -> subprocess.Popen[bytes]:
    """Start the real ``outreach send``, in the folder of its campaign, without a terminal."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
    return subprocess.Popen(
        command("send", spec.name, "--yes", *words, broken=broken),
        cwd=spec.parent,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=heeding,  # noqa: PLW1509  # it sets signals and nothing else
    )


def heeding() -> None:
    """Undo, in a child, what the parent ignores: a shell's job in the background ignores Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def finish(spec: Path, *, broken: str = "", most: int = 6) -> None:
    """Run the real command until nobody is left to send to, as an operator would; then ask once who is unknown.

    The asking is done in this process: starting an interpreter takes ten times as long.
    """
    operator = Operator(spec)
    for _ in range(most):
        start(spec, broken=broken).wait(timeout=120)
        content = operator.content()
        if operator.unsent:
            continue
        if not content and not broken:
            asyncio.run(client.asend(outreach.load(spec)))
        return


@attrs.define
class Operator:
    """Somebody who calls send until nothing is left to do; asked between two calls.

    Attributes:
        unknown: How many people were unknown when last asked; None: not asked yet.

        unsent: Whether somebody was left to send to by then.
    """

    spec: Path
    unknown: int | None = None
    unsent: bool = True

    def content(self) -> bool:
        """Whether nobody is left to send to, and calling again would settle nobody who is unknown."""
        campaign = outreach.load(self.spec)
        deliveries = client.status(campaign).deliveries
        before, self.unknown = self.unknown, deliveries[State.UNKNOWN]
        self.unsent = bool(deliveries[State.PLANNED] or deliveries[State.IN_FLIGHT]) or not sum(deliveries.values())
        return not self.unsent and (self.unknown in {0, before} or not ASKED & campaign.providers.keys())


@attrs.frozen(kw_only=True)
class Verdict:
    """What became of the people of one campaign, or of many."""

    twice: int = 0
    lost: int = 0
    overspent: int = 0
    unknown: int = 0

    def __add__(self, other: Verdict) -> Verdict:
        mine, theirs = attrs.asdict(self), attrs.asdict(other)
        return Verdict(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def broken(self) -> bool:
        """Whether a promise was broken."""
        return bool(self.twice or self.lost or self.overspent)

    def figures(self) -> dict[str, Any]:
        """Give the figures by their name in a tally."""
        return attrs.asdict(self)


def judge(spec: Path, reached: Counter[str], *, people: int = PEOPLE, most: int | None = None) -> Verdict:
    """Hold the report against the receiving side.

    Lost is who has no row; who is called accepted though nobody contacted them; and who was contacted though their
    row says that they were not, for a later call would contact them again.
    """
    rows = {row.phone: row.state for row in client.report(outreach.load(spec))}
    return weigh(rows, reached, [phone(index) for index in range(people)], most=most or people)


def weigh(rows: dict[str, State], reached: Counter[str], people: Sequence[str], *, most: int) -> Verdict:
    """Count the broken promises; ``most``: contacts that the limits allow."""
    absent = [one for one in people if one not in rows]
    claimed = [one for one, state in rows.items() if state is State.ACCEPTED and not reached[one]]
    denied = [one for one, state in rows.items() if state in NOT_CONTACTED and reached[one]]
    return Verdict(
        twice=sum(times > 1 for times in reached.values()),
        lost=len(absent) + len(claimed) + len(denied),
        overspent=max(0, len(reached) - most),
        unknown=sum(state is State.UNKNOWN for state in rows.values()),
    )
