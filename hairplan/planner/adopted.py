"""The protocol that a plan follows: the one that it began with, or a version adopted since."""

from collections.abc import Sequence
from functools import lru_cache

from hairplan.errors import InputError
from hairplan.history import Adopted, Entry, last_adopted
from hairplan.planner.compile import digest_of
from hairplan.protocol.model import Protocol


def protocol_in_force(protocol: Protocol, history: Sequence[Entry]) -> Protocol:
    """Return the protocol that a plan follows after what was recorded.

    Args:
        protocol: the one that it began with.
        history: what was recorded.

    Raises:
        InputError: the text that was adopted cannot be read; every fault.
    """
    adopted = last_adopted(history)
    return protocol if adopted is None else read_adopted(adopted)


@lru_cache(maxsize=64)
def read_adopted(adopted: Adopted) -> Protocol:
    """Return a protocol that was adopted, read once for all plans that did.

    Raises:
        InputError: its text cannot be read, or is of another protocol; every fault.
    """
    from hairplan.protocol.load import parse_protocol

    protocol = parse_protocol(adopted.text, "text")
    if digest_of(protocol) != adopted.digest:
        raise InputError(f"text: is not what digest, {adopted.digest}, is of")
    return protocol
