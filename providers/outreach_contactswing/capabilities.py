"""What ContactSwing can do. Data only; a link per line."""

from __future__ import annotations

from outreach.provider import Batching, Capabilities, Channel, Features, emulated, native
from outreach_contactswing.hours import ALWAYS

CREATE = "https://docs.contactswing.ai/api-reference/endpoint/what-camp"

CAPABILITIES = Capabilities(
    channels={
        Channel.WHATSAPP: Features(
            template=native(CREATE, "whatsapp_data.template"),
            language=native(CREATE, "whatsapp_data.language_code"),
            header=native(CREATE, "whatsapp_data.header_params"),
            body=native(CREATE, "whatsapp_data.body_params"),
            buttons=native(CREATE, "whatsapp_data.button_params"),
            text=native(
                CREATE,
                "whatsapp_body; WhatsApp itself delivers free text only within 24 hours of the person's last message",
            ),
            attachment=native(CREATE, "touchpoint.attachment_url"),
            placeholders=emulated(
                "outreach fills them in, and people with equal values travel in one request; how ContactSwing would "
                "tie a variable to a person is not documented",
                CREATE,
            ),
            description=emulated("kept in outreach's own report; ContactSwing has no field for it", CREATE),
            start=native(CREATE, "touchpoint.start_at"),
            expires=emulated(
                "outreach hands nothing over after it; ContactSwing goes on with what it was handed before", CREATE
            ),
            window=native(CREATE, "execution_days, start_hour, end_hour and time_zone"),
            per_hour=emulated("outreach paces what it hands over; ContactSwing decides when it contacts whom", CREATE),
        ),
    },
    # Small, because a lost answer leaves everybody in the request unknown and ContactSwing cannot be asked.
    batching=Batching(size=50, equal_values=True, by_zone=True),
    schedules=True,
    needs_id=True,
    default_window=ALWAYS,
)
