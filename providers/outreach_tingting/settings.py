"""The account at TingTing."""

from __future__ import annotations

import attrs

from outreach.provider import Settings as Account


@attrs.frozen(kw_only=True)
class Settings(Account):
    """An account at TingTing.

    Attributes:
        base_url: Where the v1 API lives. Older pages of the vendor name the host ``api.tingting.io`` instead.

        legacy_base_url: Where the first generation of the API lives; no campaign is sent through it.

        senders: Ids of the caller's numbers (the vendor's ``user_phone``). The vendor has two lists of senders and
            both begin at id 1, so an id is never looked up by itself.

        voice: Id of the voice that speaks where the campaign names none.

        tag_prefix: Stands before every placeholder's name in a text, ``tags_`` for ``{tags_name}``. The vendor's
            pages show both spellings; the contact's own key never bears it.

        voice_in_create: Also give the voice when the campaign is made, not only when its message is set.

        read_back: Read the campaign back once it is made, and go no further where the vendor stored something else.
    """

    base_url: str = "https://app.tingting.io/api/v1/"
    legacy_base_url: str = "https://app.tingting.io/api/"
    senders: tuple[int, ...] = ()
    voice: int | None = None
    tag_prefix: str = ""
    voice_in_create: bool = False
    read_back: bool = True
