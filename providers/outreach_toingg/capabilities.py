"""What Toingg can do. Data only; a link per line."""

from __future__ import annotations

from outreach.provider import Batching, Capabilities, Channel, Features, degraded, emulated, native

CREATE = "https://api.toingg.com/docs/Campaign%20Endpoints/Create-Campaign"
CALL = "https://docs.toingg.com/api-reference/endpoint/Calls/create"

#: The same page: "The script should have a minimum of 200 characters."
MIN_SCRIPT = 200

CAPABILITIES = Capabilities(
    channels={
        Channel.AI_CALL: Features(
            script=native(CREATE, f"script, at least {MIN_SCRIPT} characters"),
            text=emulated("a script is composed from it", CREATE),
            first_line=native(CREATE, "firstLine"),
            language=native(CREATE, "language"),
            voice=native(CREATE, "voice"),
            tone=native(CREATE, "tone"),
            goal=native(CREATE, "purpose"),
            knowledge=native(CREATE, "knowledgeBase"),
            ask=native(CREATE, "postCallAnalysis with postCallAnalysisSchema"),
            placeholders=degraded(
                "toingg.placeholders",
                "each person's values travel as extraParams and the script names them in braces; no template syntax is "
                "documented, so the machine may say a name instead of its value",
                CALL,
            ),
            description=emulated("kept in outreach's own report; Toingg shows none", CREATE),
            window=emulated("outreach calls nobody outside it; Toingg is told it as the text calendar", CREATE),
        ),
    },
    # The calendar text of a campaign names one zone, so its people share one.
    batching=Batching(size=1, by_zone=True),
)
