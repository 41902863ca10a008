"""The languages that a patient may read, and a protocol's texts in one of them.

Conventions:

* A catalog is a file named by its language. The package has some, and a clinic may add its own in a
  folder, which come before the package's.
* A catalog is whole: it has every key of the English one, and its patterns no values but the same.
* A text that a protocol does not have in the language is shown in another, and marked.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from msgspec import structs

from hairplan.clinic.patient_language import PatientLanguage
from hairplan.errors import InputError, nearest
from hairplan.plan import Plan
from hairplan.planner.compile import digest_of
from hairplan.protocol.catalog import load_protocol, protocol_names
from hairplan.protocol.model import Protocol
from hairplan.protocol.patient_texts import PatientText, patient_texts
from hairplan.sheet.words import CATALOGS, Catalog, MissingText, load_catalog, typeset_whole

_ENGLISH: Final = "en"
_MOST_KEPT: Final = 64
_KEPT: Final[dict[tuple[int, str, Path | None], tuple[Protocol, Catalog]]] = {}
_VALUE: Final = re.compile(r"\{(\w+)(?::\w+)?\}")
_LENGTHS: Final = {"weekdays": 7, "months": 12, "short_months": 12}
# A language may do without a value: "le 1er" has no {count}.
_PATTERNS: Final = ("dates", "says", "calendar", "spans", "rhythms")


def languages(folder: Path | None = None) -> list[str]:
    """Return the languages that there is a catalog of, sorted.

    Args:
        folder: the clinic's own catalogs; None for none.
    """
    folders = [CATALOGS, *([folder] if folder else [])]
    return sorted({path.stem for each in folders for path in each.glob("*.toml")})


def find_catalog(language: str, folder: Path | None = None) -> Catalog:
    """Return the words of a language.

    Args:
        language: its code.
        folder: the clinic's own catalogs; None for none.

    Raises:
        InputError: there is no such catalog, or it is not whole; every fault.
    """
    known = languages(folder)
    if language not in known:
        raise InputError(
            f"language: no '{language}'{nearest(language, known)}; there are: {', '.join(known)}"
        )
    if folder and (path := folder / f"{language}.toml").is_file():
        return _own_catalog(path)
    return load_catalog(language)


@lru_cache
def _own_catalog(path: Path) -> Catalog:
    from hairplan.protocol.toml import parse_toml, read_text_file

    catalog = parse_toml(read_text_file(path), Catalog, str(path))
    if faults := [f"{path}: {fault}" for fault in catalog_faults(catalog)]:
        raise InputError(*faults)
    return typeset_whole(catalog)


def catalog_faults(catalog: Catalog) -> Iterator[str]:
    """Yield what a catalog lacks, and what it has too much, beside the English one."""
    english = load_catalog(_ENGLISH)
    for name, length in _LENGTHS.items():
        if len(given := getattr(catalog, name)) != length:
            yield f"{name}: {len(given)} names, and there are {length}"
    for table in _PATTERNS:
        given, whole = getattr(catalog, table), getattr(english, table)
        yield from (f"{table}.{key}: missing" for key in whole if key not in given)
        yield from (f"{table}.{key}: no such key" for key in given if key not in whole)
        for key in whole.keys() & given.keys():
            for value in sorted(_values(given[key]) - _values(whole[key])):
                yield f"{table}.{key}: has no value {{{value}}}"


def _values(pattern: str) -> set[str]:
    return set(_VALUE.findall(pattern))


def patient_catalog(plan: Plan, protocol: Protocol, language: PatientLanguage) -> Catalog:
    """Return the words for a patient with a plan, with those of its protocol.

    Raises:
        InputError: there are none of that language, or not of what to avoid.
    """
    catalog = catalog_of(protocol, language)
    if not language.forced:
        refuse_missing_restrictions(plan, catalog)
    return catalog


def catalog_of(protocol: Protocol, language: PatientLanguage) -> Catalog:
    """Return the words of a language with those of a protocol, made once for many patients.

    Raises:
        InputError: there is no such catalog, or it is not whole; every fault.
    """
    key = id(protocol), language.code, language.folder
    known, catalog = _KEPT.get(key, (None, None))
    if catalog is None or known is not protocol:
        catalog = with_texts_of(protocol, find_catalog(language.code, language.folder))
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = protocol, catalog
    return catalog


def default_catalog(plan: Plan) -> Catalog:
    """Return the words for a patient of whom no language is known: English ones.

    They have those of a built-in protocol; what any other says is shown as it is.
    """
    return _of_built_in(plan.protocol.id, plan.protocol.digest)


@lru_cache(maxsize=_MOST_KEPT)
def _of_built_in(name: str, digest: str) -> Catalog:
    if name in protocol_names():
        protocol = load_protocol(name)
        if digest_of(protocol) == digest:
            return catalog_of(protocol, PatientLanguage())
    return load_catalog(_ENGLISH)


# ---- the texts of a protocol ----


def with_texts_of(protocol: Protocol, catalog: Catalog) -> Catalog:
    """Return a catalog with what a protocol says to patients, by the practice's own labels."""
    names: dict[str, str] = {}
    labels: dict[str, str] = {}
    missing: dict[str, MissingText] = {}
    for text in patient_texts(protocol):
        labels[text.label] = _in_language(text, catalog)
        if text.words and catalog.language not in text.words:
            language = _other_language(text.words)
            missing[text.label] = MissingText(text.path, language, text.words[language])
        # Where the practice writes in the language, a restriction's name in the file does.
        other = None if protocol.language == catalog.language else text.words.get(catalog.language)
        if name := text.short.get(catalog.language, other):
            names[text.label] = catalog.typeset(name)
    texts = list(patient_texts(protocol))
    return structs.replace(
        catalog,
        names=names,
        labels=labels,
        stopped=tuple(text.label for text in texts if text.stops),
        conditions={
            text.label: catalog.typeset(text.if_so[catalog.language])
            for text in texts
            if catalog.language in text.if_so
        },
        missing=missing,
    )


def _in_language(text: PatientText, catalog: Catalog) -> str:
    if not text.words:
        return ""
    if catalog.language in text.words:
        return catalog.typeset(text.words[catalog.language])
    other = _other_language(text.words)
    return f"{text.words[other]} ({catalog.languages.get(other, other)})"


def _other_language(words: Mapping[str, str]) -> str:
    return _ENGLISH if _ENGLISH in words else next(iter(words))


# ---- what is not in the language ----


def missing_texts(plan: Plan, catalog: Catalog) -> dict[str, MissingText]:
    """Return the texts of a plan that its protocol does not have in a language, by their labels."""
    shown = _labels_of(plan)
    return {label: missing for label, missing in catalog.missing.items() if label in shown}


def refuse_missing_restrictions(plan: Plan, catalog: Catalog) -> None:
    """Refuse a language in which a patient could not read what to avoid.

    Raises:
        InputError: the restrictions of a plan that are not in the language.
    """
    if not catalog.missing:
        return
    avoided = {
        *(each.label for each in plan.restrictions),
        *(each.label for each in plan.instructions),
        *(each.how_long for each in plan.instructions),
        *(stage.label for each in plan.restrictions for stage in each.stages),
    }
    if paths := _paths_of(missing_texts(plan, catalog), avoided):
        raise InputError(
            f"language: what to avoid is not in '{catalog.language}': {', '.join(paths)}:"
            f' add patient = {{ {catalog.language} = "..." }} to the protocol, or go on with'
            " --force, which shows it as it is"
        )


def _paths_of(missing: Mapping[str, MissingText], labels: Collection[str]) -> list[str]:
    return sorted(text.path for label, text in missing.items() if label in labels)


def _labels_of(plan: Plan) -> set[str]:
    """Return the practice's labels of all that a patient may read of a plan."""
    labels = {each.label for each in plan.restrictions} | {each.label for each in plan.tasks}
    labels |= {each.label for each in plan.instructions} | {each.label for each in plan.routines}
    labels |= {each.label for each in plan.milestones}
    labels |= {each.label for each in plan.expectations}
    asks = {rule.ask for rule in plan.screening if rule.ask and rule.answer == "unknown"}
    measures = {
        *(one.how_long for one in plan.instructions),
        *(each.rhythm for each in plan.routines),
    }
    labels |= {stage.label for each in plan.restrictions for stage in each.stages}
    return labels | asks | measures | {session.name for session in plan.at_home}
