"""``outreach api``."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
import orjson

from outreach import client
from outreach.cli import common, words
from outreach.cli.console import show
from outreach.cli.screen import print_json, say
from outreach.cli.target import journal
from outreach.endpoints import Danger, Endpoint, find
from outreach.errors import EnvironmentProblem
from outreach.masking import masked
from outreach.plugins import load_plugins
from outreach.reporting import endpoint_view

if TYPE_CHECKING:
    from outreach.calling import Called, Wanted

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)

#: A text that is one word with letters is an id or an address, and is shown as it is.
_ID = re.compile(r"(?=.*[A-Za-z])[\w:/?&=.%#-]+", re.ASCII)

#: Whole numbers from here on are telephone numbers rather than ids.
_LONG = 10**8


@click.command("api")
@click.argument("provider")
@click.argument("endpoint", required=False)
@click.argument("arguments", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--list", "listing", is_flag=True, help="List the endpoints, or with ENDPOINT its arguments.")
@click.option(
    "--accounts", type=_FILE, envvar="OUTREACH_ACCOUNTS", show_envvar=True, help="Read the account from this file."
)
@journal
@click.option("--yes", is_flag=True, help="Do not ask before what reaches people or spends.")
@click.option("--again", is_flag=True, help="Send it although nobody knows what the same call did before.")
@click.option("--all-pages", is_flag=True, help="Read every page of a list.")
@click.option("--output", type=_NEW, metavar="FILE", help="Write the answer as it came, secrets too, into a new file.")
@common.plugin
@common.verbose
@common.show_numbers
@common.as_json
def command(
    *, provider: str, endpoint: str | None, arguments: tuple[str, ...], listing: bool, as_json: bool, **options: Any
) -> int:
    """Call an ENDPOINT of a vendor, with the account's token and pace.

    Arguments bear the vendor's own names, parts of the path too: id=79. key:=JSON gives JSON, key=@FILE reads a file.
    What reaches people or spends asks first and is written into the journal.
    """
    known = load_plugins().provider(provider)
    if endpoint is None and not listing:
        msg = "name an ENDPOINT, or list them with --list"
        raise click.UsageError(msg, click.get_current_context())
    if listing:
        _list(known.endpoints, endpoint, as_json=as_json)
        return 0
    chosen = find(known.endpoints, endpoint or "")
    return _call(provider, chosen, words.read(chosen, arguments), as_json=as_json, **options)


def _list(endpoints: tuple[Endpoint, ...], name: str | None, *, as_json: bool) -> None:
    chosen = endpoints if name is None else (find(endpoints, name),)
    if as_json:
        print_json([endpoint_view.shape(one) for one in chosen])
    else:
        show(endpoint_view.overview(chosen) if name is None else endpoint_view.details(chosen[0]))


def _call(  # noqa: PLR0913  # the options of the command
    provider: str,
    endpoint: Endpoint,
    arguments: Mapping[str, Any],
    *,
    accounts: Path | None,
    journal: str | None,
    sandbox: bool,
    yes: bool,
    again: bool,
    all_pages: bool,
    output: Path | None,
    show_numbers: bool,
    as_json: bool,
) -> int:
    grave = endpoint.danger in {Danger.SPENDS, Danger.REACHES}
    if grave and not (yes or sandbox or _somebody_there()):
        msg = f"'{endpoint.name}' {_worst(endpoint)}, and nobody is there to ask: give --yes; nothing was sent"
        raise click.UsageError(msg, click.get_current_context())
    if endpoint.once and output is None and not sandbox:
        msg = f"what '{endpoint.name}' answers is a secret that is never printed: give --output FILE; nothing was sent"
        raise click.UsageError(msg, click.get_current_context())
    file = _opened(output) if output else None

    def confirm(wanted: Wanted) -> bool:
        return yes or sandbox or click.confirm(_question(provider, wanted), err=True)

    with _clean(file, output):
        called = client.call(
            provider,
            endpoint.name,
            arguments,
            accounts=accounts,
            journal=journal,
            sandbox=sandbox,
            confirm=confirm,
            again=again,
            all_pages=all_pages,
        )
    if file is not None:
        _written(file, called)
    secrets = [str(arguments[one.name]) for one in endpoint.arguments if one.secret and one.name in arguments]
    spelled = [text for secret in secrets for text in (secret, " ".join(secret))]
    _print(called, spelled, as_json=as_json, show_numbers=show_numbers, kept=output)
    return called.exit_code


def _print(called: Called, secrets: list[str], *, as_json: bool, show_numbers: bool, kept: Path | None) -> None:
    from outreach.calling import concealed  # noqa: PLC0415  # brings in aiohttp, which has been used by now

    answer = concealed(called, secrets)
    if called.odd:
        say(f"warning: the answer is not as {called.endpoint.doc} shows it: {called.odd}")
    if called.exit_code:
        say(f"{called.kind}: {called.reason}")
    if as_json:
        failed = {"type": str(called.kind), "exit_code": called.exit_code, "message": called.reason}
        print_json({"error": failed, "answer": answer} if called.exit_code else answer)
    elif answer is not None and not (kept and isinstance(answer, str)):
        plain = answer if show_numbers else _masked(answer)
        click.echo(plain if isinstance(plain, str) else orjson.dumps(plain, option=orjson.OPT_INDENT_2).decode())
    elif called.exit_code == 0 and kept is None and called.response is not None and called.response.body.strip():
        say("the answer is no text; give --output FILE to keep it")


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _masked(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_masked(below) for below in value]
    if isinstance(value, str):
        return value if _ID.fullmatch(value) else masked(value)
    long = isinstance(value, int) and not isinstance(value, bool) and value >= _LONG
    return masked(str(value)) if long else value


def _worst(endpoint: Endpoint) -> str:
    return "reaches people" if endpoint.danger is Danger.REACHES else "spends money"


def _question(provider: str, wanted: Wanted) -> str:
    place = masked(wanted.request.target)
    known = " whom the vendor alone knows, so that no do-not-contact list is asked" if wanted.unlisted else ""
    worst = f"{_worst(wanted.endpoint)}{known}"
    return f"{wanted.endpoint.does}: {wanted.request.method} {place} at {provider} {worst}. Send it?"


def _somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _opened(path: Path) -> BinaryIO:
    """Make the file before anything is sent, for what comes may be had only once."""
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        msg = f"cannot make {path}: {error.strerror}; --output needs a file that is not there yet"
        raise EnvironmentProblem(msg) from error


@contextmanager
def _clean(file: BinaryIO | None, path: Path | None) -> Iterator[None]:
    """Leave no empty file behind where there was no answer."""
    try:
        yield
    except BaseException:
        if file is not None and path is not None:
            file.close()
            path.unlink(missing_ok=True)
        raise


def _written(file: BinaryIO, called: Called) -> None:
    rows = called.endpoint.paging is not None and isinstance(called.value, list)
    with file:
        if rows:
            file.write(orjson.dumps(called.value))
        elif called.response is not None:
            cookies = called.response.headers.get("set-cookie", "")
            file.write(called.response.body + (f"\n{cookies}\n".encode() if cookies else b""))
