"""What the verbs do alike with runs that give labels, to images or to texts."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from saccade.cli.options import CompareWish, EvaluateWish, refuse
from saccade.cli.tables import scored, table, table_of_scores
from saccade.cli.trust import trust_table

if TYPE_CHECKING:
    from saccade.metrics import Against
    from saccade.run.label_comparison import Comparison
    from saccade.run.label_evaluation import Evaluation
    from saccade.run.label_model import LabelModel


def evaluate_labels(model: "LabelModel", wish: EvaluateWish, what_for: str, erased: str) -> None:
    """Print every figure with its interval, class by class, and whether the maps fall on what is to be seen.

    Args:
        model: Gives labels.
        wish: What to measure by.
        what_for: What the maps shall fall on, as the report says it.
        erased: What judging the maps erases, as the report says it.
    """
    from saccade import viewer

    refuse(model, {"--beam": wish.beam, "--search": wish.search})
    if wish.confusion is not None:
        viewer.check_suffix(wish.confusion, (".png",))
    print(f"labelling {wish.what}", file=sys.stderr)
    found = model.evaluate(labelled(model, wish))
    trust = None
    if wish.trust:
        print("judging maps", file=sys.stderr)
        trust = model.trust(labelled(model, wish))
    if wish.as_json:
        shown = {"run": str(model.path), "data": wish.what, **found.to_json()}
        if wish.trust:
            shown["trust"] = None if trust is None else trust.to_json()
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        why = "that can't be read" if found.unit == "images" else "that are empty"
        skipped = f", {found.skipped:,} {why} skipped" if found.skipped else ""
        print(f"{model.path} on {wish.what}: {found.examples:,} {found.unit}{skipped}\n")
        print(_report(found, what_for))
        if wish.trust:
            print(f"\n{trust_table(trust, erased)}")
    if wish.confusion is not None:
        title = f"{model.path.name} on {wish.what}"
        drawn = viewer.draw_confusion(found.confusion, found.classes, wish.confusion, title)
        for message in [*drawn, f"wrote {wish.confusion}"]:
            print(f"saccade: {message}", file=sys.stderr)
    for figure in found.figures.values():
        print(figure.signature, file=sys.stderr)


def compare_labels(models: "list[LabelModel]", wish: CompareWish) -> None:
    """Print scores, the difference to the first with its confidence, and class by class; draw how the runs learnt."""
    from saccade.run.comparison import compare

    refuse(models[0], {"--beam": wish.beam, "--search": wish.search})
    print(f"labelling with {len(models)} models", file=sys.stderr)
    found = compare(models, labelled(models[0], wish), metric=wish.metric)
    if wish.as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        _print_comparison(found)
    for file in wish.out:
        for message in [*found.draw(file), f"wrote {file}"]:
            print(f"saccade: {message}", file=sys.stderr)


def labelled(model: "LabelModel", wish: EvaluateWish | CompareWish) -> str | Path:
    """A folder or file of examples with labels, or the name of a split."""
    from saccade.errors import OptionError

    if len(wish.data) > 1:
        raise OptionError(
            f"`--data` is given {len(wish.data)} times. {model.unit.capitalize()} and their labels are in one place: "
            "give it once."
        )
    return wish.data[0] if wish.data else wish.split


def _report(found: "Evaluation", what_for: str) -> str:
    rows = [[name, *scored(figure.score)] for name, figure in found.figures.items()]
    parts = [
        table(["metric", "score", "95 % interval"], rows),
        "By class:",
        table(["class", found.unit, "precision", "recall", "F1"], _class_rows(found)),
    ]
    if found.maps:
        some = next(iter(found.maps.values())).images
        parts += [
            f"What do the maps let through? {some:,} {found.unit}. Kept is the share of weights that is not 0.",
            _maps_table(found),
        ]
    if found.lively:
        parts += [
            "Do they move? Entropy is 1 where all weights are alike; moved is the share that lies elsewhere for the\n"
            f"next of the {found.unit}, 0 for a map that is always the same.",
            _lively_table(found),
        ]
    if found.pointing:
        some = next(iter(found.pointing.values())).images
        parts += [f"{what_for.format(count=f'{some:,} {found.unit}')}", _pointing_table(found)]
    return "\n\n".join(parts)


def _class_rows(found: "Evaluation") -> list[list[str]]:
    return [
        [one.name, f"{one.support:,}", *("–" if value is None else f"{value:.2f}" for value in one[1:4])]
        for one in found.per_class
    ]


def _maps_table(found: "Evaluation") -> str:
    rows = [[layer, *scored(passed.kept), *scored(passed.mean, 4)] for layer, passed in found.maps.items()]
    return table(["map", "kept, %", "95 % interval", "mean weight", "95 % interval"], rows)


def _lively_table(found: "Evaluation") -> str:
    rows = [
        [layer, f"{one.entropy:.2f}", f"{one.between:.3f}", one.verdict or ""] for layer, one in found.lively.items()
    ]
    return table(["map", "entropy", "moved", "verdict"], rows)


def _pointing_table(found: "Evaluation") -> str:
    where = "box" if found.unit == "images" else "them"
    head = ["map", f"maximum in {where}", "95 % interval", "random", "chance"]
    rows = [
        [layer, *_against(both.game), f"{both.game.chance:.2f}", *_against(both.mass)]
        for layer, both in found.pointing.items()
    ]
    return table([*head, f"mass in {where}", "95 % interval", "random"], rows)


def _against(figure: "Against") -> list[str]:
    return [*scored(figure.score), f"{figure.random.score:.2f}"]


def _recall(recall: float | None) -> str:
    """In a table; a class that a model does not know, or that does not occur, has none."""
    return "–" if recall is None else f"{recall:.2f}"


def _print_comparison(found: "Comparison") -> None:
    print(table_of_scores(found.held))
    unit = found.held.unit
    print(f"\n{unit.capitalize()} of each class that are found, in per cent:\n")
    recalls = [{one.name: one.recall for one in classes} for classes in found.per_class]
    classes = [
        [one.name, f"{one.support:,}", *(_recall(of_model.get(one.name)) for of_model in recalls)]
        for one in found.per_class[0]
    ]
    print(table(["class", unit, *found.held.names], classes))
    print(found.held.signature, file=sys.stderr)
