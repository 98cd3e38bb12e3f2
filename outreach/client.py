"""The calls of the Python API; the command line is built on them and on nothing else.

An ``a`` before a name means async, as Django has it; the name without it is the same call for a program without an
event loop. ``load``, ``plan`` and ``requests`` never touch the network.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import attrs

from outreach.blocking import blocking
from outreach.errors import Problem, Refused, SpecError
from outreach.homes import home
from outreach.model import Campaign, Channel, Settings
from outreach.planning.build import Builder
from outreach.planning.carrier import carriers
from outreach.planning.reading import read, suppressed
from outreach.planning.requests import planned_requests
from outreach.planning.reroute import rerouted
from outreach.planning.values import Plan, PlannedRequest
from outreach.plugins import Plugins, load_plugins
from outreach.results import Progress, Summary, Watch, reading

if TYPE_CHECKING:
    from outreach.calling import Called, Wanted
    from outreach.contacts.values import Dropped
    from outreach.delivery.clock import Clock
    from outreach.delivery.donotcontact import Entry, Lists
    from outreach.delivery.journal import DeliveryRow, Mark
    from outreach.explaining import Event, Story
    from outreach.following import Followed, VendorReport
    from outreach.halting import Stopping
    from outreach.hearing import Notices
    from outreach.planning.compare import Comparison
    from outreach.settling import Marked, Settlement
    from outreach.suppressing import Changed
    from outreach.wire import Received

#: Environment variable that names the journal.
JOURNAL = "OUTREACH_JOURNAL"

T = TypeVar("T")


def load(
    path: str | Path,
    *,
    accounts: str | Path | None = None,
    via: str | None = None,
    plugins: Plugins | None = None,
) -> Campaign:
    """Read a campaign file.

    Args:
        path: YAML, TOML or JSON, by its suffix.

        accounts: A file whose ``providers`` go before the campaign's own; None: ``$OUTREACH_ACCOUNTS``, if it is set.

        via: Send every route through this provider instead.

        plugins: None: all that are installed.

    Raises:
        SpecError: With every mistake at once.
    """
    from outreach import spec  # noqa: PLC0415  # a program that brings its own Campaign does not need it

    accounts = accounts or os.environ.get("OUTREACH_ACCOUNTS") or None
    plugins = plugins or load_plugins()
    campaign = spec.load(path, accounts=accounts, via=via, plugins=plugins)
    return rerouted(campaign, plugins.provider(via)) if via else campaign


def plan(
    campaign: Campaign,
    *,
    journal: str | Path | None = None,
    sandbox: bool = False,
    plugins: Plugins | None = None,
    watch: Watch | None = None,
    stdin: BinaryIO | None = None,
    rejects: Callable[[Dropped], None] | None = None,
    now: datetime | None = None,
) -> Plan:
    """Say what would happen, without a network and without opening a journal.

    Args:
        campaign: What would go out.

        journal: As for ``send``: the organisation's do-not-contact list beside it counts.

        sandbox: Take the adapter's own sandbox account where the campaign states none.

        plugins: None: all that are installed.

        watch: Told how far the reading has come.

        stdin: Read where the contacts come from ``-``.

        rejects: Given every row that is no delivery.

        now: Aware; None: the machine's clock.

    Raises:
        SpecError: The contact lists or suppression lists are wrong.

        PluginError: A provider is not installed.

        EnvironmentProblem: The organisation's do-not-contact list cannot be read.
    """
    _check(campaign)
    plugins = plugins or load_plugins()
    accounts = carriers(campaign, plugins, sandbox=sandbox)
    builder = Builder(
        campaign, accounts, now=now or datetime.now(UTC), suppressed=_lists(campaign, journal), rejects=rejects
    )
    for seen in read(campaign, builder, stdin, plugins.sources):
        if watch is not None:
            watch(reading(seen))
    return builder.finish()


def compare(
    campaign: Campaign,
    via: str,
    *,
    journal: str | Path | None = None,
    plugins: Plugins | None = None,
    watch: Watch | None = None,
    stdin: BinaryIO | None = None,
    now: datetime | None = None,
) -> Comparison:
    """Say what would change if another provider carried every route: fields, people, requests, segments. No network.

    Both sides are planned as if the author had agreed to whatever comes out weaker. An account that the campaign does
    not state is taken to be the adapter's own sandbox account, so that a vendor can be looked at before there is one.

    Args:
        campaign: As it is now.

        via: The other provider.

        journal: As for ``send``: the organisation's do-not-contact list beside it counts.

        plugins: None: all that are installed.

        watch: Told how far the reading has come.

        stdin: Read where the contacts come from ``-``.

        now: Aware; None: the machine's clock.

    Raises:
        SpecError: The contact lists or suppression lists are wrong.

        PluginError: A provider is not installed.
    """
    from outreach.planning.compare import Comparer, LeftOut  # noqa: PLC0415  # only here

    _check(campaign)
    now = now or datetime.now(UTC)
    plugins = plugins or load_plugins()
    lists = _lists(campaign, journal)

    def side(one: Campaign) -> tuple[Builder, LeftOut]:
        places = {new.channel: old.channel for old, new in zip(campaign.routes, one.routes, strict=True)}
        accounts, sink = carriers(one, plugins, sandbox=True), LeftOut(places)
        # Planned without people first, for the codes to agree to: a plan that is refused has no requests.
        found = (finding for route in Builder(one, accounts, now=now).finish().routes for finding in route.judged)
        agreed = attrs.evolve(one, accept=tuple(dict.fromkeys(finding.code for finding in found if finding.code)))
        return Builder(agreed, accounts, now=now, suppressed=lists, sink=sink), sink

    comparer = Comparer(side(campaign), side(rerouted(campaign, plugins.provider(via))))
    for seen in read(campaign, comparer, stdin, plugins.sources):
        if watch is not None:
            watch(reading(seen))
    return comparer.finish(via)


def requests(
    campaign: Campaign,
    *,
    journal: str | Path | None = None,
    sandbox: bool = False,
    plugins: Plugins | None = None,
    stdin: BinaryIO | None = None,
    show_numbers: bool = False,
    now: datetime | None = None,
) -> Iterator[PlannedRequest]:
    """Give every request of the plan, in order; numbers are masked unless asked for. No network.

    Raises:
        SpecError: The contact lists or suppression lists are wrong.

        PluginError: A provider is not installed.

        Refused: The campaign cannot go out like this, so that there are no requests.
    """
    from outreach.delivery.spool import Spool  # noqa: PLC0415  # only here

    _check(campaign)
    now = now or datetime.now(UTC)
    plugins = plugins or load_plugins()
    accounts = carriers(campaign, plugins, sandbox=sandbox)
    with Spool() as spool:
        builder = Builder(campaign, accounts, now=now, suppressed=_lists(campaign, journal), sink=spool)
        for _ in read(campaign, builder, stdin, plugins.sources):
            pass
        refusals = builder.finish().refusals
        if refusals:
            raise Refused(refusals)
        for made in builder.slices:
            batches = (spooled.batch for spooled in spool.batches(made.number))
            carrier = accounts[made.provider]
            yield from planned_requests(campaign, carrier, made, batches, now=now, show_numbers=show_numbers)


async def asend(  # noqa: PLR0913  # keywords, each with a default
    campaign: Campaign,
    *,
    journal: str | Path | None = None,
    sandbox: bool = False,
    approve: str | None = None,
    confirm: Callable[[Plan], bool] | None = None,
    strict: bool = False,
    wait: bool = False,
    limit: int | None = None,
    watch: Watch | None = None,
    stop: asyncio.Event | None = None,
    plugins: Plugins | None = None,
    stdin: BinaryIO | None = None,
    clock: Clock | None = None,
    rng: random.Random | None = None,
) -> Summary:
    """Plan, send what was not sent yet, and say where the campaign stands. Calling it again is how to resume.

    Args:
        campaign: What goes out.

        journal: Path or ``sqlite:///`` address; None: see ``journal_path``.

        sandbox: Send to the adapters' emulators on loopback instead, with a journal of their own.

        approve: Send only the plan with this digest.

        confirm: Asked once with the plan before anybody is contacted; False sends nothing.

        strict: Refuse when a row of the contacts is left out.

        wait: Sleep until what is not due yet is due.

        limit: Contact at most so many people on their channels in this call.

        watch: Told how far the call has come.

        stop: Set it to end the call after the requests in flight.

        plugins: None: all that are installed.

        stdin: Read where the contacts come from ``-``.

        clock: None: the machine's.

        rng: Source of markers and of the jitter between tries; None: the system's.

    Raises:
        SpecError: The contact lists or suppression lists are wrong. Nobody was contacted.

        PluginError: A provider is not installed. Nobody was contacted.

        Refused: Capability, limit, digest or consent. Nobody was contacted.

        JournalError: The journal is in use, damaged or was copied. Nobody was contacted.

        CredentialError: A secret cannot be read. Nobody was contacted.

        EnvironmentProblem: The disk failed; what is in the journal stands.
    """
    from outreach.delivery.clock import SystemClock  # noqa: PLC0415  # brings in aiohttp
    from outreach.sending import Sending  # noqa: PLC0415  # as above

    _check(campaign)
    async with AsyncExitStack() as stack:
        sending = await Sending.begin(
            stack,
            campaign,
            path=journal_path(campaign, journal, sandbox=sandbox),
            plugins=plugins or load_plugins(),
            sandbox=sandbox,
            clock=clock or SystemClock(),
            rng=rng or random.SystemRandom(),
            stop=stop or asyncio.Event(),
            watch=watch or _unwatched,
        )
        return await sending.run(approve=approve, confirm=confirm, strict=strict, wait=wait, limit=limit, stdin=stdin)


send = blocking(asend)


async def astatus(campaign: Campaign, *, journal: str | Path | None = None, sandbox: bool = False) -> Summary:
    """Say where a campaign stands, from its journal, also while a send is at work. No network.

    Raises:
        JournalError: The journal is damaged or was copied.
    """
    from outreach.standing import standing  # noqa: PLC0415  # brings in sqlite3

    return await standing(campaign, journal_path(campaign, journal, sandbox=sandbox))


status = blocking(astatus)


async def afollow(  # noqa: PLR0913  # keywords, each with a default
    campaign: Campaign,
    *,
    journal: str | Path | None = None,
    sandbox: bool = False,
    every: float = 30.0,
    within: float | None = None,
    watch: Watch | None = None,
    stop: asyncio.Event | None = None,
    plugins: Plugins | None = None,
    clock: Clock | None = None,
    rng: random.Random | None = None,
) -> Followed:
    """Ask the vendors what became of everybody, again and again, until nothing more is to be told. Contacts nobody.

    What is learnt (status, credits, seconds, answers, transcript) is written into the journal as it comes; ``report``
    gives it. The journal is held for moments only, so that a send may run meanwhile; in the sandbox it is held all the
    time, and waiting takes no time there.

    Args:
        campaign: As it was sent.

        journal: As for ``asend``.

        sandbox: As for ``asend``.

        every: Seconds between two rounds of questions, a tenth more or less by chance.

        within: Seconds after which no further round begins; None: until everything is final.

        watch: Told how far it has come.

        stop: Set it to end the call after the questions under way.

        plugins: None: all that are installed.

        clock: None: the machine's.

        rng: Source of the jitter; None: the system's.

    Raises:
        JournalError: The journal is damaged or was copied.

        CredentialError: A secret cannot be read.

        PluginError: A provider is not installed.
    """
    from outreach.delivery.clock import SystemClock  # noqa: PLC0415  # brings in aiohttp
    from outreach.following import Follower  # noqa: PLC0415  # as above

    async with AsyncExitStack() as stack:
        follower = await Follower.begin(
            stack,
            campaign,
            path=journal_path(campaign, journal, sandbox=sandbox),
            plugins=plugins or load_plugins(),
            sandbox=sandbox,
            clock=clock or SystemClock(),
            rng=rng or random.SystemRandom(),
            stop=stop or asyncio.Event(),
            watch=watch or _unwatched,
        )
        return await follower.follow(every=every, within=within)


follow = blocking(afollow)


async def aheard(  # keywords, each with a default
    campaign: Campaign,
    provider: str,
    posts: Iterable[Received],
    *,
    journal: str | Path | None = None,
    sandbox: bool = False,
    plugins: Plugins | None = None,
    clock: Clock | None = None,
) -> Notices:
    """Take in what a vendor posted to your own web server about the people of a campaign. Contacts nobody.

    Each call goes through the campaign's deliveries once: keep what comes in a queue, and pass it on in bulk. A post
    that is passed on twice, or late, changes nothing that is known already.

    Args:
        campaign: As it was sent.

        provider: Whose posts they are.

        posts: As your server received them: ``query``, ``headers`` (names in lower case) and ``body`` are read.

        journal: As for ``asend``.

        sandbox: As for ``asend``.

        plugins: None: all that are installed.

        clock: None: the machine's.

    Raises:
        JournalInUse: A send holds the journal; nothing is lost if the same posts are passed on later.

        JournalError: The journal is damaged or was copied.

        CredentialError: The account has no token, or it cannot be read; without it no signature can be checked.

        PluginError: The provider is not installed.
    """
    from outreach import hearing  # noqa: PLC0415  # brings in the journal
    from outreach.delivery.brief import held_briefly  # noqa: PLC0415  # as above
    from outreach.delivery.clock import SystemClock  # noqa: PLC0415  # brings in aiohttp
    from outreach.sending import with_tokens  # noqa: PLC0415  # as above
    from outreach.standing import key_of  # noqa: PLC0415  # brings in sqlite3

    clock = clock or SystemClock()
    (plugins or load_plugins()).provider(provider)
    accounts = carriers(campaign, plugins or load_plugins(), sandbox=sandbox)
    if provider not in accounts:
        raise SpecError([Problem(f"no route of this campaign goes through '{provider}'", "routes")])
    carrier = with_tokens({provider: accounts[provider]}, "checking a signature")[provider]
    secret = carrier.settings.token
    heard, counted = hearing.read(carrier, posts, secret.reveal() if secret else "")
    if not heard:
        return counted
    async with held_briefly(journal_path(campaign, journal, sandbox=sandbox), clock) as held:
        return await hearing.write(held, key_of(campaign), provider, heard, counted, at=clock.now())


heard = blocking(aheard)


async def avendor_report(
    campaign: Campaign,
    *,
    journal: str | Path | None = None,
    sandbox: bool = False,
    plugins: Plugins | None = None,
    clock: Clock | None = None,
    rng: random.Random | None = None,
) -> VendorReport:
    """Fetch the reports that the vendors themselves keep about a campaign, by number; see ``afollow`` for the rest."""
    from outreach.delivery.clock import SystemClock  # noqa: PLC0415  # brings in aiohttp
    from outreach.following import Follower  # noqa: PLC0415  # as above

    async with AsyncExitStack() as stack:
        follower = await Follower.begin(
            stack,
            campaign,
            path=journal_path(campaign, journal, sandbox=sandbox),
            plugins=plugins or load_plugins(),
            sandbox=sandbox,
            clock=clock or SystemClock(),
            rng=rng or random.SystemRandom(),
            stop=asyncio.Event(),
            watch=_unwatched,
        )
        return await follower.reports()


vendor_report = blocking(avendor_report)


async def areport(
    campaign: Campaign, *, journal: str | Path | None = None, sandbox: bool = False
) -> AsyncIterator[DeliveryRow]:
    """Give every delivery, and every row of the contacts that is none; in flat memory. Numbers are whole.

    Raises:
        JournalError: The journal is in use, damaged or was copied.
    """
    from outreach.standing import key_of, opened  # noqa: PLC0415  # brings in sqlite3

    path = journal_path(campaign, journal, sandbox=sandbox)
    if not path.exists():
        return
    async with opened(path) as found:
        async for row in found.deliveries(key_of(campaign)):
            yield row


def report(campaign: Campaign, *, journal: str | Path | None = None, sandbox: bool = False) -> Iterator[DeliveryRow]:
    """Do what ``areport`` does, from a program without an event loop."""
    rows = areport(campaign, journal=journal, sandbox=sandbox)
    with asyncio.Runner() as runner:
        try:
            while (row := runner.run(_next(rows))) is not None:
                yield row
        finally:
            runner.run(rows.aclose())  # type: ignore[attr-defined]  # an async generator has aclose


async def asettle(
    campaign: Campaign,
    *,
    journal: str | Path | None = None,
    sandbox: bool = False,
    wait: bool = False,
    plugins: Plugins | None = None,
    clock: Clock | None = None,
    rng: random.Random | None = None,
) -> Settlement:
    """Ask the vendors what became of everything unknown, and say what was found; nobody is contacted.

    Args:
        campaign: As it was sent.

        journal: As for ``asend``.

        sandbox: As for ``asend``.

        wait: "Not found" proves nothing before the account's ``settle_after`` seconds have passed: sleep until then,
            and ask again.

        plugins: None: all that are installed.

        clock: None: the machine's.

        rng: Source of the jitter between tries; None: the system's.

    Raises:
        JournalError: The journal is in use, damaged or was copied.

        CredentialError: A secret cannot be read.

        PluginError: A provider is not installed.
    """
    from outreach.delivery.clock import SystemClock  # noqa: PLC0415  # brings in aiohttp
    from outreach.sending import Sending  # noqa: PLC0415  # as above
    from outreach.settling import settle  # noqa: PLC0415  # as above

    async with AsyncExitStack() as stack:
        sending = await Sending.begin(
            stack,
            campaign,
            path=journal_path(campaign, journal, sandbox=sandbox),
            plugins=plugins or load_plugins(),
            sandbox=sandbox,
            clock=clock or SystemClock(),
            rng=rng or random.SystemRandom(),
            stop=asyncio.Event(),
            watch=_unwatched,
            heeds=False,
        )
        return await settle(sending, wait=wait)


settle = blocking(asettle)


async def amark(  # noqa: PLR0913  # keywords, each with a default
    campaign: Campaign,
    phones: Iterable[str] | None,
    *,
    sent: bool,
    reason: str = "",
    by: str | None = None,
    channel: Channel | None = None,
    journal: str | Path | None = None,
    sandbox: bool = False,
    now: datetime | None = None,
) -> Marked:
    """Take a person's word for deliveries of whom no vendor can tell. No network.

    ``sent`` makes them accepted. Otherwise they are planned again, and the next ``send`` contacts them: be sure that
    the vendor will not, for instance by deleting its campaign first.

    Args:
        campaign: As it was sent.

        phones: In any spelling that the campaign's country allows; None: everybody who is unknown.

        sent: Whether they were contacted.

        reason: How it is known.

        by: Who says so; None: whoever runs this process.

        channel: The channel that is meant, where a number is unknown on more than one.

        journal: As for ``asend``.

        sandbox: As for ``asend``.

        now: Aware; None: the machine's clock.

    Raises:
        SpecError: A number is none, or not unknown, or on several channels; all are named, and nothing was changed.

        JournalError: The journal is in use, damaged or was copied.
    """
    from outreach.settling import mark  # noqa: PLC0415  # brings in aiohttp
    from outreach.standing import key_of, opened  # noqa: PLC0415  # brings in sqlite3
    from outreach.suppressing import numbers_of, who  # noqa: PLC0415  # only here

    numbers = None if phones is None else numbers_of(phones, campaign.contacts.country)
    async with opened(journal_path(campaign, journal, sandbox=sandbox)) as found:
        return await mark(
            found,
            key_of(campaign),
            phones=numbers,
            channel=channel,
            sent=sent,
            by=by or who(),
            reason=reason,
            at=now or datetime.now(UTC),
        )


mark = blocking(amark)


async def amark_openings(
    campaign: Campaign,
    *,
    reason: str = "",
    by: str | None = None,
    journal: str | Path | None = None,
    sandbox: bool = False,
    now: datetime | None = None,
) -> Marked:
    """Take a person's word that no campaign was made at a vendor where the answer to that was lost. No network.

    Such a request reaches nobody: the next ``send`` makes it again. The arguments are those of ``amark``.

    Raises:
        SpecError: No such answer was lost.

        JournalError: The journal is in use, damaged or was copied.
    """
    from outreach.settling import mark_openings  # noqa: PLC0415  # brings in aiohttp
    from outreach.standing import key_of, opened  # noqa: PLC0415  # brings in sqlite3
    from outreach.suppressing import who  # noqa: PLC0415  # only here

    async with opened(journal_path(campaign, journal, sandbox=sandbox)) as found:
        at = now or datetime.now(UTC)
        return await mark_openings(found, key_of(campaign), by=by or who(), reason=reason, at=at)


mark_openings = blocking(amark_openings)


async def aexplain(  # keywords, each with a default
    campaign: Campaign,
    phone: str,
    *,
    journal: str | Path | None = None,
    sandbox: bool = False,
    plugins: Plugins | None = None,
    stdin: BinaryIO | None = None,
    now: datetime | None = None,
) -> Story:
    """Tell one person's story, from the row of the contacts to the vendor's answer. No network.

    Args:
        campaign: As it was sent, or is to be.

        phone: In any spelling that the campaign's country allows.

        journal: As for ``asend``.

        sandbox: As for ``asend``.

        plugins: None: all that are installed.

        stdin: Read where the contacts come from ``-``.

        now: Aware; None: the machine's clock.

    Raises:
        SpecError: It is no number, or a suppression list is wrong. Contacts that cannot be read are told of instead.

        PluginError: A provider is not installed.

        JournalError: The journal is in use, damaged or was copied.

        EnvironmentProblem: The organisation's do-not-contact list cannot be read.
    """
    from outreach import explaining  # noqa: PLC0415  # brings in sqlite3
    from outreach.standing import key_of, opened  # noqa: PLC0415  # as above
    from outreach.suppressing import numbers_of  # noqa: PLC0415  # only here

    plugins = plugins or load_plugins()
    (number,) = numbers_of([phone], campaign.contacts.country)
    path = journal_path(campaign, journal, sandbox=sandbox)
    rows, going, problem = explaining.from_contacts(
        campaign,
        number,
        carriers=carriers(campaign, plugins, sandbox=True),
        kinds=plugins.sources,
        suppressed=_lists(campaign, journal),
        stdin=stdin,
        now=now or datetime.now(UTC),
    )
    events: Sequence[Event] = ()
    marks: Sequence[Mark] = ()
    if path.exists():  # one look at the disk before there is anything to wait for
        async with opened(path) as found:
            events, marks = await explaining.from_journal(found, key_of(campaign), number)
    return explaining.Story(
        campaign=campaign.name,
        round=campaign.round,
        phone=number,
        rows=tuple(rows),
        going=tuple(going),
        problem=problem,
        suppressed=tuple(explaining.from_list(path, number)),
        events=tuple(events),
        marks=tuple(marks),
    )


explain = blocking(aexplain)


async def astop(  # noqa: PLR0913  # keywords, each with a default
    campaign: Campaign,
    *,
    journal: str | Path | None = None,
    sandbox: bool = False,
    vendor: bool = False,
    patience: float = 60.0,
    by: str | None = None,
    plugins: Plugins | None = None,
    clock: Clock | None = None,
    rng: random.Random | None = None,
) -> Stopping:
    """Stop a campaign, also one that another process is sending: no further request is made, until ``unstop``.

    Args:
        campaign: What is to be stopped.

        journal: As for ``asend``.

        sandbox: As for ``asend``.

        vendor: Ask the vendors too to stop what was launched there, where they can be asked; best effort.

        patience: Wait so many seconds for a running send to finish the requests under way.

        by: Who asks; None: whoever runs this process.

        plugins: None: all that are installed.

        clock: None: the machine's.

        rng: Source of the jitter between tries; None: the system's.

    Raises:
        EnvironmentProblem: The wish cannot be written down.

        JournalError: The journal is damaged or was copied. The wish is written down all the same.

        CredentialError: A vendor is to be asked, and a secret cannot be read. The campaign is stopped all the same.
    """
    from outreach import halting  # noqa: PLC0415  # brings in aiohttp
    from outreach.delivery.clock import SystemClock  # noqa: PLC0415  # as above
    from outreach.delivery.stopping import Wish  # noqa: PLC0415  # only here
    from outreach.sending import Sending  # noqa: PLC0415  # as above
    from outreach.suppressing import who  # noqa: PLC0415  # only here

    clock = clock or SystemClock()
    path = journal_path(campaign, journal, sandbox=sandbox)
    wish = Wish(campaign=campaign.name, round=campaign.round, by=by or who(), at=clock.now())
    found = await halting.stop(path, wish, clock=clock, patience=patience)
    if not vendor or found.running or not found.launched:
        return found
    async with AsyncExitStack() as stack:
        sending = await Sending.begin(
            stack,
            campaign,
            path=path,
            plugins=plugins or load_plugins(),
            sandbox=sandbox,
            clock=clock,
            rng=rng or random.SystemRandom(),
            stop=asyncio.Event(),
            watch=_unwatched,
            heeds=False,
        )
        return attrs.evolve(found, vendors=await halting.ask_vendors(sending))


stop = blocking(astop)


def unstop(campaign: Campaign, *, journal: str | Path | None = None, sandbox: bool = False) -> bool:
    """Take back what ``stop`` asked for, so that ``send`` may go on; gives whether there was anything to take back.

    Raises:
        EnvironmentProblem: The wish cannot be read or taken back.
    """
    from outreach.delivery import stopping  # noqa: PLC0415  # only here
    from outreach.standing import key_of  # noqa: PLC0415  # brings in sqlite3

    return stopping.clear(stopping.beside(journal_path(campaign, journal, sandbox=sandbox)), key_of(campaign))


def suppress(  # keywords, each with a default
    numbers: Iterable[str],
    *,
    journal: str | Path | None = None,
    channel: Channel | None = None,
    reason: str = "",
    country: str | None = None,
    by: str | None = None,
    now: datetime | None = None,
) -> Changed:
    """Put numbers on the organisation's own do-not-contact list, also while a send runs: it sees them at once.

    Args:
        numbers: In any spelling.

        journal: The list lies beside it. None: ``$OUTREACH_JOURNAL``, else ``.outreach`` in the working directory.

        channel: The only channel to be closed; None: all.

        reason: For people.

        country: Two-letter country of numbers without ``+``.

        by: Who says so; None: whoever runs this process.

        now: Aware; None: the machine's clock.

    Raises:
        SpecError: One of them is no number; nothing was changed.

        EnvironmentProblem: The list cannot be read or written.
    """
    from outreach import suppressing  # noqa: PLC0415  # only here

    entries = suppressing.entries_of(
        numbers, channel=channel, closed=True, reason=reason, country=country, by=by, at=now or datetime.now(UTC)
    )
    return suppressing.add(_list_path(journal), entries)


def unsuppress(  # keywords, each with a default
    numbers: Iterable[str],
    *,
    journal: str | Path | None = None,
    channel: Channel | None = None,
    reason: str = "",
    country: str | None = None,
    by: str | None = None,
    now: datetime | None = None,
) -> Changed:
    """Take numbers off the organisation's own do-not-contact list; the arguments are those of ``suppress``.

    Raises:
        SpecError: One of them is no number, or does not stand there like that; nothing was changed.

        EnvironmentProblem: The list cannot be read or written.
    """
    from outreach import suppressing  # noqa: PLC0415  # only here

    entries = suppressing.entries_of(
        numbers, channel=channel, closed=False, reason=reason, country=country, by=by, at=now or datetime.now(UTC)
    )
    return suppressing.remove(_list_path(journal), entries)


def suppress_file(
    file: str | Path,
    *,
    journal: str | Path | None = None,
    country: str | None = None,
    by: str | None = None,
    now: datetime | None = None,
) -> Changed:
    """Put every number of a file on the organisation's own do-not-contact list, all or none.

    Args:
        file: What a campaign's ``suppress`` could name, with the columns ``channel`` and ``reason`` if it has them.

        journal: As for ``suppress``; the others too.

        country: Two-letter country of numbers without ``+``.

        by: Who says so.

        now: Aware.

    Raises:
        SpecError: An entry cannot be read; nothing was changed.

        EnvironmentProblem: The list cannot be read or written.
    """
    from outreach import suppressing  # noqa: PLC0415  # only here

    entries = suppressing.entries_in(str(file), country=country, by=by, at=now or datetime.now(UTC))
    return suppressing.add(_list_path(journal), entries)


def suppressions(*, journal: str | Path | None = None) -> Sequence[Entry]:
    """Give what the organisation's own do-not-contact list closes by now, in the order in which it was said.

    Raises:
        EnvironmentProblem: The list cannot be read.
    """
    from outreach.delivery import donotcontact  # noqa: PLC0415  # only here

    return list(donotcontact.standing(_list_path(journal)).values())


async def acall(  # noqa: PLR0913  # keywords, each with its usual value
    provider: str,
    endpoint: str,
    arguments: Mapping[str, Any],
    *,
    accounts: str | Path | None = None,
    settings: Settings | None = None,
    journal: str | Path | None = None,
    sandbox: bool = False,
    confirm: Callable[[Wanted], bool] | None = None,
    again: bool = False,
    all_pages: bool = False,
    plugins: Plugins | None = None,
    clock: Clock | None = None,
    rng: random.Random | None = None,
) -> Called:
    """Call one endpoint of a vendor. What it says may hold secrets; it is neither logged nor journalled.

    Args:
        provider: Its name.

        endpoint: Its name, see ``Provider.endpoints``.

        arguments: By the vendor's own names, parts of the path too.

        accounts: A file with the account; None: ``$OUTREACH_ACCOUNTS``, if it is set.

        settings: The account itself, in place of a file.

        journal: What reaches people or spends is written down there; None: ``.outreach/journal.db`` in this folder.

        sandbox: Call the adapter's emulator instead, with a journal of its own.

        confirm: Asked before what reaches people or spends; False sends nothing.

        again: Send it although the same call was made before and nobody knows what it did.

        all_pages: Read every page of a list.

        plugins: None: all that are installed.

        clock: None: the machine's.

        rng: Source of the jitter between tries; None: the system's.

    Raises:
        SpecError: There is no such endpoint, an argument is wrong, or there is no account. Nothing was sent.

        Refused: Somebody whom it names is on the do-not-contact list, it was not confirmed, or the same call's outcome
            is unknown. Nothing was sent.

        JournalError: The journal is in use, damaged or was copied. Nothing was sent.

        CredentialError: A secret cannot be read. Nothing was sent.
    """
    from outreach import calling  # noqa: PLC0415  # brings in aiohttp
    from outreach.delivery.clock import SystemClock  # noqa: PLC0415  # as above

    plugins = plugins or load_plugins()
    account = settings or _account(provider, accounts, plugins, sandbox=sandbox)
    wanted = calling.Wanted.of(plugins.provider(provider), endpoint, arguments, account, all_pages=all_pages)
    world = calling.World(
        plugins=plugins,
        path=_journal_beside(Path(), journal, sandbox=sandbox),
        clock=clock or SystemClock(),
        rng=rng or random.SystemRandom(),
        sandbox=sandbox,
    )
    return await calling.call(world, wanted, account, confirm=confirm or (lambda _: True), again=again)


call = blocking(acall)


def _account(provider: str, accounts: str | Path | None, plugins: Plugins, *, sandbox: bool) -> Settings:
    from outreach import spec  # noqa: PLC0415  # a program that brings its own account does not need it

    known = plugins.provider(provider)
    accounts = accounts or os.environ.get("OUTREACH_ACCOUNTS") or None
    found = spec.load_accounts(accounts, plugins=plugins) if accounts else {}
    if provider in found:
        return found[provider]
    if sandbox:
        own: Settings = known.sandbox
        return own
    remedy = f"name a file with  providers: {{{provider}: {{token: {{env: {provider.upper()}_TOKEN}}}}}}  by --accounts"
    raise SpecError([Problem(f"there is no account for '{provider}'; {remedy}", file=str(accounts or ""))])


def journal_path(campaign: Campaign, journal: str | Path | None = None, *, sandbox: bool = False) -> Path:
    """Say where the journal is: the one given, else ``$OUTREACH_JOURNAL``, else ``.outreach`` beside the campaign.

    The sandbox has a journal of its own, also beside one that is given, so that trying out never counts as sending.
    """
    return _journal_beside(campaign.base, journal, sandbox=sandbox)


def _check(campaign: Campaign) -> None:
    from outreach import spec  # noqa: PLC0415  # slow to import; status and report do without it

    spec.check(campaign)


def _journal_beside(folder: Path, journal: str | Path | None, *, sandbox: bool) -> Path:
    path = _stated(journal)
    if path is None:
        return folder / ".outreach" / ("sandbox.db" if sandbox else "journal.db")
    return path.with_name(f"{path.stem}.sandbox{path.suffix}") if sandbox else path


def _stated(journal: str | Path | None) -> Path | None:
    stated = str(journal or os.environ.get(JOURNAL) or "").removeprefix("sqlite:///")
    if "://" in stated:
        msg = f"a journal is a path or sqlite:///path; '{stated.partition('://')[0]}' is not built yet"
        raise SpecError([Problem(msg, "journal")])
    try:
        return home(stated) if stated else None
    except ValueError as error:
        raise SpecError([Problem(str(error), "journal")]) from None


def _list_path(journal: str | Path | None) -> Path:
    from outreach.delivery import donotcontact  # noqa: PLC0415  # only here

    return donotcontact.beside(_stated(journal) or Path(".outreach") / "journal.db")


def _lists(campaign: Campaign, journal: str | Path | None) -> Lists:
    """Gather the lists of the campaign, and the organisation's own."""
    from outreach.delivery.donotcontact import Lists, own  # noqa: PLC0415  # only here

    return Lists((suppressed(campaign), own(journal_path(campaign, journal))))


async def _next(rows: AsyncIterator[T]) -> T | None:
    return await anext(rows, None)


def _unwatched(_progress: Progress) -> None:
    """Nobody looks."""
