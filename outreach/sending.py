"""One call of ``send``, from the journal's lock to the summary."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO, Self

import attrs

from outreach.delivery import brief, stopping
from outreach.delivery.clock import Clock
from outreach.delivery.donotcontact import Lists, OwnList, Watchlist, Watchlists, own
from outreach.delivery.failover import Both, Reel, give_up, goes_on, has_lists
from outreach.delivery.journal import ABOARD, NOT_YET, CampaignKey, Counts, Journal, NewSlice, Slice, Stage
from outreach.delivery.lane import Lane, Stopped
from outreach.delivery.ledger import JournalLedger
from outreach.delivery.listfiles import ListFiles
from outreach.delivery.pace import Quota
from outreach.delivery.run import Ended, Engine, Place, Tell
from outreach.delivery.spool import Spool
from outreach.delivery.stopping import StopFlag
from outreach.delivery.transport import HttpTransport
from outreach.errors import CredentialError, EnvironmentProblem, OutreachError, Refused, SpecError
from outreach.model import Campaign, Secret, Settings, State, moved
from outreach.planning.build import LIMIT, Builder
from outreach.planning.carrier import Carrier, carriers, fingerprint, title
from outreach.planning.reading import Seen, read, suppressed
from outreach.planning.stamps import Stamps, changed, stamps
from outreach.planning.values import Plan, SlicePlan
from outreach.plugins import Plugins
from outreach.results import Phase, Progress, Summary, Watch, reading
from outreach.source import SourceKind
from outreach.standing import LiveStatus, key_of, summary

#: Letters of a marker: none that is mistaken for another.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_MARKER_LENGTH = 7

#: Requests per second to the sandbox, which nobody needs to spare.
_SANDBOX_PACE = 1_000.0

_HOUR = timedelta(hours=1)

#: Seconds between two looks at the campaign's own do-not-contact lists.
_LOOK_EVERY = 1.0


@attrs.define
class Sending:
    """Everything that one call works with; made by ``begin``, which leaves closing to the stack."""

    campaign: Campaign
    key: CampaignKey
    journal: Journal
    carriers: Mapping[str, Carrier]
    lanes: Mapping[str, Lane]
    clock: Clock
    rng: random.Random
    stop: asyncio.Event
    watch: Watch
    live: LiveStatus
    own: OwnList
    files: ListFiles
    flag: StopFlag
    kinds: Sequence[SourceKind] = ()

    @classmethod
    async def begin(  # noqa: PLR0913  # keywords; what the world is made of
        cls,
        stack: AsyncExitStack,
        campaign: Campaign,
        *,
        path: Path,
        plugins: Plugins,
        sandbox: bool,
        clock: Clock,
        rng: random.Random,
        stop: asyncio.Event,
        watch: Watch,
        heeds: bool = True,
    ) -> Self:
        """Lock the journal, read the secrets and open the connections; contacts nobody.

        ``heeds``: it ends when another process asks for it (``outreach stop``).

        Raises:
            JournalError: The journal is in use, damaged or was copied.

            CredentialError: A secret cannot be read, or an account has none.
        """
        accounts = carriers(campaign, plugins, sandbox=sandbox)
        journal = await stack.enter_async_context(await brief.open_soon(path, clock))
        if sandbox:
            accounts = await in_sandbox(stack, accounts, plugins, path, clock)
        flag = StopFlag(stopping.beside(path), key_of(campaign), clock.monotonic)
        quota = await _quota(campaign, journal, clock)
        lanes = {
            name: Lane(
                carrier,
                await stack.enter_async_context(HttpTransport(carrier.settings, carrier.provider.auth)),
                clock=clock,
                rng=rng,
                stop=stop,
                quota=quota,
                asked=flag if heeds else None,
            )
            for name, carrier in with_tokens(accounts).items()
        }
        live = stack.enter_context(LiveStatus(path))
        return cls(
            campaign,
            key_of(campaign),
            journal,
            accounts,
            lanes,
            clock,
            rng,
            stop,
            watch,
            live,
            own(path),
            ListFiles(campaign, clock.sleep),
            flag,
            plugins.sources,
        )

    async def run(
        self,
        *,
        approve: str | None,
        confirm: Callable[[Plan], bool] | None,
        strict: bool,
        wait: bool,
        limit: int | None,
        stdin: BinaryIO | None,
    ) -> Summary:
        """Plan, ask, send."""
        self._refuse_stopped()
        await self._refuse_changed()
        await self.settle()
        before = stamps(self.campaign)

        def permit(plan: Plan) -> None:
            _permit(plan, approve=approve, confirm=confirm, strict=strict)
            self._refuse_other_people(before)

        with Reel(self._folder) as reel:
            contacts = _Contacts(self.campaign, stdin, self.kinds, reel if has_lists(self.campaign) else None)
            plan, ended = await self._passes(contacts, permit, limit=limit, wait=wait)
        if self.flag.seen:
            ended.interrupted, ended.stopped = False, True
        counts = await self.journal.counts(self.key)
        if ended.failure is not None:
            raise ended.failure
        lanes = self.lanes.values()
        halted, down = any(lane.halted for lane in lanes), any(lane.unavailable for lane in lanes)
        return summary(self.key, plan.digest, plan.rows, counts, ended, halted=halted, down=down)

    @property
    def _folder(self) -> Path | None:
        return self.campaign.base if self.campaign.base.is_dir() else None

    async def _passes(
        self, contacts: _Contacts, permit: Callable[[Plan], None], *, limit: int | None, wait: bool
    ) -> tuple[Plan, Ended]:
        """Plan and send, and again for whoever has another provider to go to, until nobody has."""
        began = _begun(await self.journal.counts(self.key))
        down: frozenset[str] = frozenset()
        with Spool(self._folder) as spool:
            room = await self._room(limit, down)
            ledger, builder = await self._plan(spool, contacts, room.left, down)
            plan = builder.finish()
            permit(plan)
            ended, next_down = await self._send(spool, plan, builder, ledger, down, room.held, wait=wait)
        while next_down is not None:
            down = next_down
            left = None if limit is None else max(0, limit - _begun(await self.journal.counts(self.key)) + began)
            with Spool(self._folder) as spool:
                try:
                    room = await self._room(left, down)
                    ledger, builder = await self._plan(spool, contacts, room.left, down)
                except Refused:  # stopped while the contacts were gone through again; what was sent was sent
                    ended.interrupted = True
                    break
                except OutreachError as error:  # its own exit code may promise that nobody was contacted
                    ended.failure = _broken_off(error)
                    break
                plan = builder.finish()
                ended, next_down = await self._send(spool, plan, builder, ledger, down, room.held, wait=wait)
        return plan, ended

    async def _room(self, limit: int | None, down: frozenset[str]) -> _Room:
        """Leave room under ``--limit`` for whoever is loaded already, or hold the campaign that they are loaded in."""
        held: dict[int, str] = {}
        if limit is None:
            return _Room(None, held)
        for one in await self.journal.slices(self.key):
            aboard = 0 if one.closed or one.provider in down else await self._aboard(one)
            if aboard > limit:
                held[one.id] = LIMIT
            else:
                limit -= aboard
        return _Room(limit, held)

    async def _aboard(self, one: Slice) -> int:
        """Count the deliveries that the launch of a campaign at a vendor would make."""
        count, after = 0, -1
        while rows := await self.journal.batches(one.id, ABOARD, after=after, mixed=True):
            after = rows[-1].seq
            for row in rows:
                fates = (row.exceptions.get(index, (row.stage, ""))[0] for index in range(len(row.people)))
                count += sum(stage in ABOARD for stage in fates)
        return count * len(one.channels)

    async def settle(self) -> None:
        """Ask about everything that earlier runs left unknown; nobody is contacted.

        Raises:
            EnvironmentProblem: The disk failed.
        """
        engine = self._engine()
        await engine.settle()
        if engine.ended.failure is not None:
            raise engine.ended.failure

    def _engine(self, tell: Tell = lambda _stage, _count: None, watchlist: Watchlist | None = None) -> Engine:
        return Engine(
            self.campaign,
            self.key,
            self.journal,
            self.lanes,
            clock=self.clock,
            stop=self.stop,
            tell=tell,
            watchlist=watchlist or self.own,
        )

    def _refuse_stopped(self) -> None:
        if self.flag():
            msg = "somebody stopped this campaign (outreach stop); 'outreach stop SPEC --clear' lets it go on"
            raise Refused([msg])

    def _refuse_other_people(self, before: Stamps) -> None:
        """Refuse when a list changed since it was read: what the spool holds is no longer what stands there."""
        other = changed(before, stamps(self.campaign))
        if other:
            msg = f"{', '.join(other)} changed since the plan was made; run the same command again for a new plan"
            raise Refused([msg])

    async def _refuse_changed(self) -> None:
        """Refuse to go on with a campaign that was half loaded at a vendor with other contents."""
        reasons = []
        for one in await self.journal.slices(self.key):
            carrier = self.carriers.get(one.provider)
            if one.closed or not await self.journal.batches(one.id, ABOARD, limit=1):
                continue
            same = carrier and fingerprint(self.campaign, carrier, one.channels, one.zone) == one.fingerprint
            if not same:
                reasons.append(
                    f"'{one.title}' was already opened at {one.provider} with other contents or settings, and people "
                    "are loaded into it; put the campaign back as it was, or give it another name or round"
                )
        if reasons:
            raise Refused(reasons)

    async def _plan(
        self, spool: Spool, contacts: _Contacts, limit: int | None, down: frozenset[str]
    ) -> tuple[JournalLedger, Builder]:
        now = self.clock.now()
        ledger = await JournalLedger.read(self.journal, self.key, self.campaign, now)
        builder = Builder(
            self.campaign,
            self.carriers,
            now=now,
            suppressed=Lists((suppressed(self.campaign), self.own)),
            ledger=ledger,
            sink=spool,
            limit=limit,
            down=down,
        )
        for seen in contacts.read(builder):
            self.watch(reading(seen))
            await asyncio.sleep(0)
            if self.stop.is_set() or self.flag():
                raise Refused(["stopped while the contacts were read; nothing was sent"])
        return ledger, builder

    async def _send(
        self,
        spool: Spool,
        plan: Plan,
        builder: Builder,
        ledger: JournalLedger,
        down: frozenset[str],
        full: Mapping[int, str],
        *,
        wait: bool,
    ) -> tuple[Ended, frozenset[str] | None]:
        """Put the plan into the journal and make one pass over it; give who is given up by then if another follows."""
        numbers = await self.journal.replan(
            self.key,
            digest=plan.digest,
            rows=attrs.asdict(plan.rows),
            slices=[self._new_slice(made) for made in builder.slices],
            batches=spool.new_batches(),
            skipped=spool.skipped(),
            at=self.clock.now(),
            passes=builder.passing,
        )
        held = {**full, **{numbers[made.number]: made.held for made in builder.slices if made.held}}
        places = await places_of(self.journal, numbers)
        counts = await self.journal.counts(self.key)
        teller = _Teller(self.watch, counts.deliveries[State.PLANNED])
        self._picture(plan, counts)
        beside = [asyncio.create_task(self._tell_others(plan)), asyncio.create_task(self._look_at_lists())]
        engine = partial(self._engine, teller, Watchlists((self.own, self.files, ledger)))
        try:
            return await self._run(engine, _Work(spool, places, held), counts, down, wait=wait)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    def _picture(self, plan: Plan, counts: Counts) -> None:
        reasons = {one: number for one, number in counts.reasons.items() if one[1] not in NOT_YET.values()}
        counts = attrs.evolve(counts, reasons=reasons)  # whose turn is still to come needs no reason
        self.live.write(attrs.evolve(summary(self.key, plan.digest, plan.rows, counts, Ended()), running=True))

    async def _tell_others(self, plan: Plan) -> None:
        """Show other processes the journal's own figures about once a second, those of a large one less often."""
        took = 0.0
        while True:
            # Real seconds: whoever looks from outside does not live in a clock that was passed in.
            await asyncio.sleep(max(1.0, 20 * took))
            began = time.perf_counter()
            self._picture(plan, await self.journal.counts(self.key))
            took = time.perf_counter() - began

    async def _look_at_lists(self) -> None:
        while self.campaign.suppress:  # in real seconds, as above
            await asyncio.sleep(_LOOK_EVERY)
            await self.files.look()

    async def _run(
        self, engine: Callable[[], Engine], work: _Work, before: Counts, down: frozenset[str], *, wait: bool
    ) -> tuple[Ended, frozenset[str] | None]:
        while True:
            await self.files.look()
            ended = await engine().run(work.spool, work.places, work.held)
            if ended.interrupted or ended.failure is not None:
                return ended, None
            now_down = give_up(self.campaign, self.lanes, ended)
            after = await self.journal.counts(self.key)
            if goes_on(self.campaign, before, after, now_down - down, now_down):
                return ended, now_down
            if not (wait and ended.next):
                return ended, None
            try:
                await next(iter(self.lanes.values())).wait((ended.next - self.clock.now()).total_seconds())
            except Stopped:
                ended.interrupted = True
                return ended, None

    def _new_slice(self, made: SlicePlan) -> NewSlice:
        wanted = self.carriers[made.provider].settings.marker
        marker = "".join(self.rng.choices(_LETTERS, k=_MARKER_LENGTH)) if wanted else ""
        return NewSlice(
            number=made.number,
            provider=made.provider,
            channels=made.channels,
            zone=made.zone,
            fingerprint=made.fingerprint,
            title=title(self.campaign, marker),
            marker=marker,
        )


@attrs.frozen
class _Room:
    """What ``--limit`` leaves for a plan, and the slices that must not be launched under it, with why."""

    left: int | None
    held: Mapping[int, str]


@attrs.frozen
class _Work:
    """What one pass works with: the people, where they stand in the journal, and the slices that are left, with why."""

    spool: Spool
    places: Mapping[int, Place]
    held: Mapping[int, str]


@attrs.define
class _Contacts:
    """The contacts of a campaign: read once, and kept where they may be needed for another pass."""

    campaign: Campaign
    stdin: BinaryIO | None
    kinds: Sequence[SourceKind]
    reel: Reel | None
    _kept: bool = False

    def read(self, builder: Builder) -> Iterator[Seen]:
        """Give the planner every chunk; yields how far it has come."""
        if self._kept and self.reel is not None:
            yield from self.reel.replay(builder)
            return
        taker = builder if self.reel is None else Both(builder, self.reel)
        yield from read(self.campaign, taker, self.stdin, self.kinds)
        self._kept = True


def _broken_off(error: OutreachError) -> EnvironmentProblem:
    """Say that a call ends between two passes, after people were contacted."""
    msg = f"people were contacted, but whoever has another provider to go to was not planned anew: {error}"
    problem = EnvironmentProblem(f"{msg}; mend it and run send again")
    problem.__cause__ = error
    return problem


def _begun(counts: Counts) -> int:
    """Count whom requests reached, or may have."""
    return sum(counts.deliveries[state] for state in (State.ACCEPTED, State.UNKNOWN, State.IN_FLIGHT))


async def places_of(journal: Journal, numbers: Mapping[int, int]) -> Mapping[int, Place]:
    """Find the batches that a plan has just brought into the journal, by the journal's id of their slice."""
    found = {}
    for number, slice_id in numbers.items():
        planned = await journal.batches(slice_id, (Stage.PLANNED,), limit=1)
        if planned:
            found[slice_id] = Place(number, planned[0].seq)
    return found


class _Teller:
    """Tells the watcher how far the run has come."""

    def __init__(self, watch: Watch, total: int) -> None:
        self._watch = watch
        self._total = total
        self._told = dict.fromkeys((Stage.ACCEPTED, Stage.REJECTED, Stage.UNKNOWN), 0)
        self(Stage.ACCEPTED, 0)

    def __call__(self, stage: Stage, count: int) -> None:
        if stage in self._told:
            self._told[stage] += count
        accepted, rejected, unknown = self._told.values()
        done = accepted + rejected + unknown
        self._watch(
            Progress(
                phase=Phase.SENDING,
                done=done,
                total=max(self._total, done),
                accepted=accepted,
                rejected=rejected,
                unknown=unknown,
            )
        )


def _permit(plan: Plan, *, approve: str | None, confirm: Callable[[Plan], bool] | None, strict: bool) -> None:
    if strict and plan.rows.skipped:
        raise SpecError(plan.problems)
    if plan.refusals:
        raise Refused(plan.refusals)
    if approve is not None and approve != plan.digest:
        msg = (
            f"the plan is {plan.digest}, not {approve}: campaign, contacts or adapters changed; look at the plan again"
        )
        raise Refused([msg])
    if confirm is not None and not confirm(plan):
        raise Refused(["not confirmed; nothing was sent"])


def with_tokens(accounts: Mapping[str, Carrier], doing: str = "sending") -> Mapping[str, Carrier]:
    """Give the accounts back, each of which has a token.

    Raises:
        CredentialError: One has none.
    """
    for name, carrier in accounts.items():
        if carrier.settings.token is None:
            remedy = f"write  token: {{env: {name.upper()}_TOKEN}}"
            msg = f"providers.{name}.token: {doing} needs the account's token; {remedy}"
            raise CredentialError(msg)
    return accounts


async def in_sandbox(
    stack: AsyncExitStack, accounts: Mapping[str, Carrier], plugins: Plugins, path: Path, clock: Clock
) -> Mapping[str, Carrier]:
    """Turn every account to the emulators, which remember what earlier runs on this journal did.

    Args:
        stack: Ends them.

        accounts: By name of the provider.

        plugins: Where the emulators come from.

        path: The journal, which this process must hold: beside it stands what they remember.

        clock: Their time.
    """
    from outreach.sandbox import SandboxServer  # noqa: PLC0415  # only here

    server = await stack.enter_async_context(
        SandboxServer(plugins.providers, clock=clock.now, memory=path.with_name(f"{path.name}.vendors.jsonl"))
    )
    return {
        name: attrs.evolve(
            carrier,
            settings=attrs.evolve(
                carrier.settings,
                token=Secret(value="sandbox"),
                **moved(carrier.settings, server.base_url(name)),
                pace=max(carrier.settings.pace, _SANDBOX_PACE),
                settle_after=0.0,  # an emulator's list does not lag
            ),
        )
        for name, carrier in accounts.items()
    }


async def _quota(campaign: Campaign, journal: Journal, clock: Clock) -> Quota | None:
    """Count who was reached within the last hour, each quarter of it as if at its end.

    The journal knows when a request was about to be sent; it reached people as late as its answer.
    """
    if campaign.limits.per_hour is None:
        return None
    quarter = _HOUR / 4
    ages = [quarter * number for number in range(5)]
    late = timedelta(seconds=max((one.timeout for one in campaign.providers.values()), default=Settings().timeout))
    now = clock.now()
    bounds = [now, *(now - age - late for age in ages[1:])]
    sums = [sum((await journal.pressure(since)).values()) for since in bounds]
    present = clock.monotonic()
    past = [
        (present - age.total_seconds(), older - newer)
        for age, newer, older in zip(ages, sums, sums[1:], strict=False)
        if older > newer
    ]
    return Quota(campaign.limits.per_hour, _HOUR.total_seconds(), past)
