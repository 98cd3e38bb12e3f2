"""A batch of people as ContactSwing's request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from outreach.provider import Batch, Job, Placeholder
from outreach_contactswing import ContactSwingSettings, contactswing

MakeJob = Callable[..., Job[ContactSwingSettings]]
MakePeople = Callable[..., Batch]


def touchpoint(job: Job[ContactSwingSettings], people: Batch) -> Any:
    """Give the touchpoint of a request."""
    return contactswing.load(job, people).body["touchpoint"]


def test_a_batch_is_the_only_request(make_job: MakeJob) -> None:
    """ContactSwing has nothing to open and nothing to launch."""
    assert contactswing.open(make_job()) == ()
    assert contactswing.launch(make_job()) == ()


def test_everybody_is_in_the_request(make_job: MakeJob, make_people: MakePeople) -> None:
    """Ids and numbers stand side by side, in order."""
    assert touchpoint(make_job(), make_people())["customer_details"] == [
        {"id": "c0", "to_number": "+9779610000042"},
        {"id": "c1", "to_number": "+9779880000043"},
    ]


def test_numbers_may_go_without_plus(make_job: MakeJob, make_people: MakePeople) -> None:
    """The account decides, since the page does not."""
    people = touchpoint(make_job(settings={"number_format": "digits"}), make_people())["customer_details"]

    assert [person["to_number"] for person in people] == ["9779610000042", "9779880000043"]


def test_parameters_are_rendered_once_for_all(make_job: MakeJob, make_people: MakePeople) -> None:
    """A text becomes a text parameter, a mapping goes as written, and a section without parameters stays out."""
    image = {"type": "image", "image": {"link": "https://example.com/{x}.png"}}
    job = make_job(template="fee_due", language="ne", header=(image,), body=("{name} 🙏", "रु {amount}"))

    data = touchpoint(job, make_people(name="सीता", amount="१,५००"))["whatsapp_data"]

    assert data == {
        "template": "fee_due",
        "language_code": "ne",
        "body_params": {
            "is_static": True,
            "params": [{"type": "text", "text": "सीता 🙏"}, {"type": "text", "text": "रु १,५००"}],
        },
        "header_params": {"is_static": True, "params": [image]},
    }


def test_a_text_goes_as_the_body(make_job: MakeJob, make_people: MakePeople) -> None:
    """Without a template there is no language code, whatever the account's own is."""
    data = touchpoint(make_job(text="{name}, नमस्कार {{🙏}}", settings={"language": "en"}), make_people(name="सीता"))

    assert data["whatsapp_data"] == {"whatsapp_body": "सीता, नमस्कार {🙏}"}


def test_the_templates_language_may_come_from_the_account(make_job: MakeJob, make_people: MakePeople) -> None:
    """The content goes before the account."""
    account = {"language": "en"}

    theirs = touchpoint(make_job(template="x", settings=account), make_people())
    mine = touchpoint(make_job(template="x", language="ne", settings=account), make_people())

    assert theirs["whatsapp_data"]["language_code"] == "en"
    assert mine["whatsapp_data"]["language_code"] == "ne"


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (Batch(phones=[], ids=[], names=[]), "at least one"),
        (Batch(phones=["+12025550100"], ids=[""], names=[""]), "needs an id"),
        (
            Batch(
                phones=["+12025550100", "+12025550101"],
                ids=["1", "2"],
                names=["", ""],
                values={Placeholder("name"): ["Sita", "Gita"]},
            ),
            "equal values",
        ),
    ],
)
def test_a_batch_that_would_reach_people_wrongly_is_refused(make_job: MakeJob, people: Batch, words: str) -> None:
    """No id is made up, and nobody gets another person's values."""
    with pytest.raises(ValueError, match=words):
        contactswing.load(make_job(text="{name}"), people)


def test_batches_of_a_marked_campaign_have_names_of_their_own(make_job: MakeJob, make_people: MakePeople) -> None:
    """Each batch can be told apart in the dashboard, and the same batch always has the same name."""
    one, other = make_people(("+9779610000001",)), make_people(("+9779610000002",))

    names = [contactswing.load(make_job(), people).body["name"] for people in (one, other, one)]

    assert names[0] == names[2] != names[1]
    assert names[0].startswith("Fees [k3f9] #")
    assert touchpoint(make_job(), one)["name"] == names[0]
    assert contactswing.load(make_job(job={"marker": "", "title": "Fees"}), one).body["name"] == "Fees"


def test_extra_is_laid_over_last(make_job: MakeJob, make_people: MakePeople) -> None:
    """Single fields are added or replaced, and their neighbours stay."""
    extra = {"workspace_id": "w", "touchpoint": {"additional_settings": {"delay": 5}}}

    body = contactswing.load(make_job(settings={"extra": extra}), make_people()).body

    assert body["workspace_id"] == "w"
    assert body["touchpoint"]["additional_settings"]["delay"] == 5
    assert body["touchpoint"]["additional_settings"]["start_hour"] == 9


def test_the_path_is_the_accounts(make_job: MakeJob, make_people: MakePeople) -> None:
    """Another page of the vendor has another spelling, which only the account's owner chooses."""
    job = make_job(settings={"path": "v2/_campaign/create_with_touchpoint"})

    assert contactswing.load(job, make_people()).target == "v2/_campaign/create_with_touchpoint"
