"""Sample values in place of required keys that are missing, so that the rest of a file can be read.

A file that is read so is only looked at for further faults; nothing is ever planned for a patient.
"""

import datetime as dt
import re
from typing import Any, Final, Literal

from hairplan.protocol.shapes import Form, Hint, Json, Shape, keys_of, parts_of, shape_of

_SAMPLES: Final[dict[Hint, Any]] = {dt.date: "2000-01-03", bool: False, str: "-", int: 1}


def fill_in(value: Json, kind: Hint) -> None:
    """Give each table in a value a sample for every required key that it lacks.

    Args:
        value: plain values; its tables are changed.
        kind: the msgspec type that it has to fit.
    """
    _fill(value, shape_of(kind))


def _fill(value: Json, shape: Shape) -> None:
    form = shape.form_of(value)
    if form is None:
        return
    for key in keys_of(form.table) if form.table else ():
        if key.is_required and key.name not in value:
            value[key.name] = _sample(key.shape.forms[0])
    for _, place, part in parts_of(value, form, ""):
        _fill(value[place], part)


def _sample(form: Form) -> Json:
    if form.base is Literal:
        return form.choices[0]
    if example := re.search("'(.*?)'", form.limits.description or ""):
        return example[1]
    # A list or a table that is missing is empty: its own required keys are filled in next.
    return _SAMPLES.get(form.base, [] if form.base is tuple else {})
