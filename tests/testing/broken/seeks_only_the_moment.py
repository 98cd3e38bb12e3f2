"""What came long after the lost request is taken for nothing of ours, though a process may have stood still."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import attrs

from outreach.provider import Job, Question, Response, Roll
from outreach_twilio import twilio
from outreach_twilio.seek import listed

FAILS = "test_what_was_sent_late_is_not_taken_for_absent"


def seek(job: Job[Any], phones: Sequence[str]) -> Question[Roll] | None:
    """Believe in the time of the request."""
    asked = twilio.seek(job, phones)
    until = job.start + timedelta(days=1)

    def read(response: Response) -> Question[Roll] | Roll:
        channel = next(iter(job.contents))
        rows = listed(response.json(), channel)
        late = all(parsedate_to_datetime(str(one["date_created"])) > until for one in rows)
        found = asked.read(response) if asked else Roll(present={})
        return attrs.evolve(found, unsure=frozenset()) if late and isinstance(found, Roll) else found

    return Question(asked.request, read) if asked else None


provider = attrs.evolve(twilio, seek=seek)
