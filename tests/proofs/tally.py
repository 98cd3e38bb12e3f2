"""What a proof counts, at the receiving side."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Tally:
    """The outcome of one proof.

    Attributes:
        proof: The class of faults.

        injected: Faults that took effect.

        twice: People who were contacted more than once on a channel in a round.

        lost: People who were neither contacted nor listed as not contacted, with a reason.

        overspent: People contacted beyond a limit, or requests that spent beyond one.

        unknown: Deliveries whose outcome stayed unknown.

        control: How often the deliberately broken twin was caught, or None where the proof names another that shows it.

        controls: How often the broken twin was tried.

        note: What a reader must know beside the figures.
    """

    proof: str
    injected: int
    twice: int = 0
    lost: int = 0
    overspent: int = 0
    unknown: int = 0
    control: int = 0
    controls: int = 0
    note: str = ""

    @property
    def holds(self) -> bool:
        """Tell whether nothing was broken, something was injected, and the broken twin was caught."""
        return self.injected > 0 and not (self.twice or self.lost or self.overspent) and self.control > 0
