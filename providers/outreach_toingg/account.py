"""The account at Toingg."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from outreach.provider import Settings

#: The base that the documented sample uses. Newer pages name https://api.toingg.com/api/v3/ (without the trailing
#: slash behind ``create_campaign``). There is no falling back from one to the other: a second host may ring again.
BASE_URL = "https://www.toingg.com/api/v3/"


@attrs.frozen(kw_only=True)
class ToinggSettings(Settings):
    """An account at Toingg.

    Attributes:
        base_url: Where the API lives.

        concurrency: Calls at a time. Each request rings somebody and none can be asked about afterwards, so one
            after the other unless you say otherwise.

        trailing_slash: Whether the create path ends in a slash: the page of ``www.toingg.com`` has one, the pages of
            ``api.toingg.com`` have none.

        voice: Voice of calls for which the campaign names none.

        language: Language of calls for which the campaign names none, one of Toingg's, for example ``hindi``.

        calendar: What Toingg is told about hours where the campaign has no window; free text.

        call_extra: Fields merged last into the body of every call (``asr``, ``startMessage``, ``clearMemory``),
            unchecked.
    """

    base_url: str = BASE_URL
    concurrency: int = 1
    trailing_slash: bool = True
    voice: str | None = None
    language: str | None = None
    calendar: str = "10Am to 10Pm IST"
    call_extra: Mapping[str, object] = attrs.field(factory=dict)
