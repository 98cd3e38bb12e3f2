"""Write the report of a campaign in the forms that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from functools import partial
from typing import TextIO

from outreach import client
from outreach.cli.console import zone_of
from outreach.cli.screen import text_stdout
from outreach.cli.target import Target
from outreach.model import Campaign
from outreach.reporting.files import private_file
from outreach.reporting.page import PageForm, page
from outreach.reporting.reports import CsvForm, Form, JsonForm, Vendor, write

#: The name of stdout as a file.
STDOUT = "-"


def write_reports(  # noqa: PLR0913  # keywords; the options of the command
    target: Target,
    campaign: Campaign,
    *,
    csv_file: str | None = None,
    html_file: str | None = None,
    as_json: bool = False,
    details: bool = False,
    vendor: Vendor | None = None,
    phone: Callable[[str], str] = str,
    more: Sequence[Form] = (),
) -> None:
    """Write every form in one pass over the deliveries; ``phone`` writes the numbers of the page.

    Raises:
        EnvironmentProblem: A file cannot be written.

        JournalError: The journal cannot be read.
    """
    with ExitStack() as files:
        forms = list(more)
        if as_json:
            forms.append(JsonForm(files.enter_context(text_stdout()), vendor))
        if csv_file:
            forms.append(CsvForm(files.enter_context(_opened(csv_file)), details=details, vendor=vendor))
        if html_file:
            forms.append(_page(target, campaign, files.enter_context(_opened(html_file)), phone))
        write(client.report(campaign, journal=target.journal, sandbox=target.sandbox), forms)


def _page(target: Target, campaign: Campaign, file: TextIO, phone: Callable[[str], str]) -> Form:
    summary = client.status(campaign, journal=target.journal, sandbox=target.sandbox)
    return PageForm(file, partial(page, summary, phone=phone, at=datetime.now(UTC), zone=zone_of(campaign)))


def _opened(name: str) -> AbstractContextManager[TextIO]:
    return text_stdout() if name == STDOUT else private_file(name)
