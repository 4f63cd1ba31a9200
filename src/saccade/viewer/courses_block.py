"""How runs learnt, side by side, as a block."""

from typing import Any

from saccade.viewer.courses import Courses, Panel, drawn_classes, found_range, last_update, panels


def courses_block(courses: Courses, *, figure: str = "score", title: str = "") -> dict[str, Any]:
    """What a page shows of how runs learnt, and of what they find of each class.

    Raises:
        DataError: No run has learnt anything yet.

    Example:
        >>> from saccade.viewer.courses import Course
        >>> run = Course([(50.0, 1.5)], [(100.0, 1.0)], [(100.0, 61.0)], {"cat": 60.0, "dog": 62.0})
        >>> block = courses_block({"plain": run}, figure="top1")
        >>> [panel["y"]["label"] for panel in block["panels"]], block["found"]["shares"]
        (['loss (thin: in training)', 'top1'], [[60.0], [62.0]])
    """
    drawn = drawn_classes(courses)
    names = list(dict.fromkeys(name for course in courses.values() for name in course.found))
    found = {
        "classes": names,
        "drawn": [names.index(name) for name in drawn],
        "ends": list(found_range(courses)) if drawn else [],
        "shares": [[course.found.get(name) for course in courses.values()] for name in names],
    }
    return {
        "kind": "courses",
        "title": title,
        "runs": list(courses),
        "panels": [_panel(panel, courses) for panel in panels(courses, figure)],
        "found": found if drawn else None,
    }


def _panel(panel: Panel, courses: Courses) -> dict[str, Any]:
    return {
        "x": {"label": "update", "ends": [0.0, last_update(courses)]},
        "y": {"label": panel.label, "ends": [panel.low, panel.high]},
        "lines": [
            {"name": name, "points": [list(point) for point in line], "thin": [list(point) for point in thin]}
            for name, line, thin in zip(courses, panel.lines, panel.faint, strict=True)
        ],
    }
