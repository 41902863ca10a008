"""The options by which a plan goes over to the present version of its protocol."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

from msgspec import Struct

from hairplan.cli.options import Environment
from hairplan.cli.plan_files import OpenedPlan, place_from
from hairplan.clinic.options import Flag
from hairplan.errors import InputError
from hairplan.history import Adopted


class AdoptionOptions(Struct, kw_only=True):
    """Another version of the protocol."""

    protocol: Annotated[
        str | None,
        Flag(
            "Go over to this version of the plan's protocol: its name, or the path of its file.",
            "NAME|FILE",
            "The plan as a whole",
        ),
    ] = None
    newest: Annotated[
        bool,
        Flag(
            "Go over to the version of the plan's protocol that the clinic has now.",
            panel="The plan as a whole",
        ),
    ] = False


def adopted_from(
    options: AdoptionOptions, opened: OpenedPlan, environment: Environment
) -> tuple[Adopted, ...]:
    """Return the protocol to go over to; nothing if none is asked for.

    Raises:
        InputError: there is no such protocol, it is another treatment, or the plan follows it; its
            file is not valid, every fault.
    """
    if not (options.protocol or options.newest):
        return ()
    if options.protocol and options.newest:
        raise InputError("--protocol and --newest: give one of the two")
    return (_adopted(options, opened, environment),)


def _adopted(options: AdoptionOptions, opened: OpenedPlan, environment: Environment) -> Adopted:
    from hairplan.clinic.settings import protocols_folder
    from hairplan.follow.newer_protocol import find_followed, find_source
    from hairplan.planner.compile import digest_of
    from hairplan.protocol.catalog import load_protocol, read_protocol_text

    folder = protocols_folder(environment.protocols, environment.config)
    followed = find_followed(opened.file)
    name = options.protocol or find_source(followed, opened.path, folder)
    if name is None:
        raise InputError(
            f"--newest: no protocol {followed.id} is there any more: name its file with --protocol"
        )
    protocol = load_protocol(name, folder)
    option = "--protocol" if options.protocol else "--newest"
    if protocol.id != followed.id:
        raise InputError(
            f"{option}: this plan is one of {followed.id}, and {protocol.id} is another treatment"
        )
    digest = digest_of(protocol)
    if digest == followed.digest:
        raise InputError(f"{option}: this plan follows {followed.id} {followed.version} already")
    text = read_protocol_text(name, folder)
    place = place_from(opened.path, name)
    return Adopted(protocol.id, protocol.version, digest, text, place)


@contextmanager
def fitting(adopted: Sequence[Adopted]) -> Iterator[None]:
    """Say of faults in a plan that they come of a protocol that does not fit it.

    Raises:
        InputError: every fault, after the protocol.
    """
    try:
        yield
    except InputError as error:
        protocols = (f"{each.id} {each.version} does not fit this plan" for each in adopted)
        raise InputError(*protocols, *error.faults) from None
