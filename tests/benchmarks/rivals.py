"""Others who send to many people, each as its own page shows it, to the server that outreach is measured with.

The people are those whom outreach contacts: each rival gets them clean, as E.164 in a CSV file; the vendor's sample
alone reads the numbers itself. What is given back is this process's processor time, from the file to the last answer.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

_BATCH = 100

Row = dict[str, str]


def _rows(path: Path) -> Iterator[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def anymail(path: Path, url: str) -> float:
    """Send merged messages, a hundred people a request. https://anymail.dev/en/stable/sending/templates/#batch-sending-with-merge-data."""
    import django
    from django.conf import settings

    settings.configure(
        EMAIL_BACKEND="anymail.backends.mailgun.EmailBackend",
        ANYMAIL={"MAILGUN_API_KEY": "none", "MAILGUN_API_URL": url, "MAILGUN_SENDER_DOMAIN": "bench.example"},
    )
    django.setup()
    from django.core.mail import EmailMessage, get_connection

    started = time.process_time()
    with get_connection() as connection:
        for batch in _batches(_rows(path)):
            message = EmailMessage(
                subject="Namaste",
                body="Namaste %recipient.name%, you are %recipient.age%.",
                from_email="school@bench.example",
                to=[f"{row['phone'][1:]}@bench.example" for row in batch],
                connection=connection,
            )
            message.merge_data = {
                f"{row['phone'][1:]}@bench.example": {"name": row["name"], "age": row["age"]} for row in batch
            }
            message.send()
    return time.process_time() - started


def apprise(path: Path, url: str) -> float:
    """Notify one person a request. The target belongs to the service, so that each person has one of their own."""
    from urllib.parse import urlsplit

    from apprise import Apprise

    place = urlsplit(url)
    Apprise.instantiate("json://localhost")  # which brings in its plug-ins: imports are not what is measured
    started = time.process_time()
    for row in _rows(path):
        service = Apprise.instantiate(
            {
                "schema": "json",
                "host": place.hostname,
                "port": place.port,
                "fullpath": "/people",
                "payload": {"number": row["phone"]},
            }
        )
        assert service is not None
        assert service.notify(body=f"Namaste {row['name']}, you are {row['age']}.")
    return time.process_time() - started


def sample(path: Path, url: str) -> float:
    """Read, check the numbers and post as vendors' pages show it, a hundred people a request."""
    import phonenumbers  # noqa: F401  # its import is not what is measured
    import requests

    started = time.process_time()
    seen: set[str] = set()
    people = (one for row in _rows(path) if (one := _person(row, seen)))
    for batch in _batches(people):
        requests.post(
            f"{url}people", json=batch, headers={"Authorization": "Bearer none"}, timeout=30
        ).raise_for_status()
    return time.process_time() - started


def _person(row: Row, seen: set[str]) -> Row | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(row["phone"], "NP")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phone in seen:
        return None
    seen.add(phone)
    return {"number": phone, "name": row["name"], "age": row["age"]}


RIVALS: dict[str, Callable[[Path, str], float]] = {"anymail": anymail, "apprise": apprise, "sample": sample}
