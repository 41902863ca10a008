"""The words for the patient of a row, in the row's language or else in the clinic's."""

from typing import TYPE_CHECKING

from msgspec import structs

from hairplan.calendar.items import CalendarChoice
from hairplan.clinic.patient_language import PatientLanguage
from hairplan.plan import Plan
from hairplan.protocol.model import Protocol
from hairplan.request import PlanRequest

if TYPE_CHECKING:
    from hairplan.sheet.words import Catalog


class RowWords:
    """Finds the words for one patient."""

    def __init__(self, protocol: Protocol, request: PlanRequest, clinics: PatientLanguage) -> None:
        """Take the row's protocol and request, and the language of the clinic."""
        self.protocol = protocol
        self.language = structs.replace(clinics, code=request.language or clinics.code)

    def catalog(self, plan: Plan) -> "Catalog":
        """Return the words.

        Raises:
            InputError: there are none of that language, or not of what to avoid.
        """
        return self._catalog(plan, forced=self.language.forced)

    def choice(self, plan: Plan, choice: CalendarChoice) -> CalendarChoice:
        """Return a calendar with the words, if it is a patient's.

        Raises:
            InputError: there are none of that language, or not of what to avoid.
        """
        if choice.audience == "practice":
            return choice
        # In brief, nothing is said of what to avoid.
        forced = self.language.forced or choice.details == "brief"
        return structs.replace(choice, catalog=self._catalog(plan, forced=forced))

    def _catalog(self, plan: Plan, *, forced: bool) -> "Catalog":
        from hairplan.sheet.catalogs import patient_catalog

        language = structs.replace(self.language, forced=forced)
        return patient_catalog(plan, self.protocol, language)
