"""The words for the patient of a plan, in the patient's language; what is not in it is said."""

from typing import TYPE_CHECKING

from hairplan.cli.terminal import say
from hairplan.clinic.patient_language import PatientLanguage
from hairplan.plan import Plan
from hairplan.sheet.catalogs import missing_texts, patient_catalog

if TYPE_CHECKING:
    from hairplan.cli.plan_view import PlanView
    from hairplan.sheet.words import Catalog


def catalog_for(plan: Plan, view: "PlanView", *, forced: bool) -> "Catalog":
    """Return the words for a patient, and say which texts are in another language.

    Args:
        plan: the plan.
        view: what the patient reads: the protocol, and the language.
        forced: what to avoid may be in another language, where there are no words for it.

    Raises:
        InputError: there are no words in the patient's language.
    """
    assert view.protocol is not None, "a patient reads the words of a protocol"
    assert view.language is not None, "a patient reads a language"
    language = PatientLanguage(view.language, view.catalogs, forced)
    catalog = patient_catalog(plan, view.protocol, language)
    for text in missing_texts(plan, catalog).values():
        say(f"{text.path}: no text in '{catalog.language}': shown in '{text.language}'")
    return catalog
