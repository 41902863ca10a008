"""The treatment that a command is asked for, with the settings of this machine."""

from collections.abc import Iterable
from pathlib import Path

from hairplan.cli.options import Environment
from hairplan.cli.terminal import say
from hairplan.clinic.settings import Settings, load_settings, protocols_folder
from hairplan.protocol.model import Protocol


def load_treatment(name: str, environment: Environment) -> tuple[Protocol, Settings]:
    """Load the protocol of a treatment, and the settings of this machine.

    Raises:
        InputError: there is no such protocol, or a file is not valid; every fault.
    """
    from hairplan.protocol.catalog import load_protocol

    folder = protocols_folder(environment.protocols, environment.config)
    protocol = load_protocol(name, folder)
    say_own([name], folder)
    return protocol, load_settings(environment.config, environment.protocols, protocol.id)


def say_own(treatments: Iterable[str], folder: Path | None) -> None:
    """Say which treatments are the clinic's own where there is a built-in one of the name."""
    from hairplan.protocol.catalog import find_own_file, protocol_names

    for name in treatments:
        path = find_own_file(name, folder) if name in protocol_names() else None
        if path is not None:
            say(f"{name}: the clinic's own, {path}, in place of the built-in one")
