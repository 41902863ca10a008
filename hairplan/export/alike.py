"""Restrictions that last alike are said together: three things on the same days are one."""

from collections.abc import Sequence

from hairplan.plan import PlannedRestriction


def alike(restrictions: Sequence[PlannedRestriction]) -> list[list[PlannedRestriction]]:
    """Group restrictions that have the same periods and hang on the same answers, in order."""
    groups: dict[object, list[PlannedRestriction]] = {}
    for each in restrictions:
        groups.setdefault((each.at_least, each.ideal, each.only_if), []).append(each)
    return list(groups.values())
