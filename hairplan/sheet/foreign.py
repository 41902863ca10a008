"""Words of another language on a page: a screen reader is told which language they are of.

* Such words stand as a protocol has them, and a mark in brackets follows: "no dye (en anglais)".
* They may begin a sentence, and then with a capital.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hairplan.sheet.words import opened

if TYPE_CHECKING:
    from markupsafe import Markup


def tell_language(text: str, foreign: Mapping[str, str]) -> "Markup":
    """Return a text as HTML in which words of another language are marked as such.

    Args:
        text: a text of the page.
        foreign: the language of each text that is not in the page's.
    """
    from markupsafe import Markup, escape

    if not foreign:
        return escape(text)
    languages = {form: code for words, code in foreign.items() for form in (words, opened(words))}
    longest_first = sorted(languages, key=len, reverse=True)
    parts = re.split(rf"({'|'.join(map(re.escape, longest_first))})(?= \()", text)
    span = Markup('<span lang="{}">{}</span>')
    marked = (
        span.format(languages[part], part) if at % 2 else escape(part)
        for at, part in enumerate(parts)
    )
    return Markup("").join(marked)
