"""A protocol says for whom its tasks and questions are, where that is not the patient."""

from conftest import own_protocol

from hairplan.show.plain import render_plain
from hairplan.show.protocol import protocol_document

TEXT = """
[[steps]]
id = "course"
name = "session"
[tasks]
wash = { label = "wash the hair" }
photo = { label = "take photos", by = "clinic", blocks = true }
[questions]
smoker = { ask = "does the patient smoke?" }
donor = { ask = "is the donor area thin?", asks = "practitioner", only = { smoker = "yes" } }
"""


def test_show_says_what_is_for_the_clinic_and_what_for_the_practitioner() -> None:
    lines = render_plain(protocol_document(own_protocol(TEXT))).splitlines()
    assert [line for line in lines if line.startswith(("wash", "photo", "smoker", "donor"))] == [
        "wash: wash the hair, for each session [clinic]",
        "photo: take photos, for each session, done by the clinic, no session without it [clinic]",
        "smoker: does the patient smoke?",
        "donor: is the donor area thin? (for the practitioner to answer), asked if smoker=yes",
    ]
