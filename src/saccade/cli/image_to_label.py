"""What the verbs do with runs that read an image and give it a label."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from saccade.cli.options import CompareWish, EvaluateWish, Format, LookWish, PredictWish, refuse, without_none
from saccade.cli.tables import rows_of_gaps, table
from saccade.cli.trust import trust_table

if TYPE_CHECKING:
    from saccade.metrics import Against, Interval
    from saccade.run.image_to_label.answers import Answer
    from saccade.run.image_to_label.comparison import Comparison
    from saccade.run.image_to_label.evaluation import Evaluation
    from saccade.run.image_to_label.model import ImageModel


_ERASED: Final = (
    "What becomes of the probability of the label that was given when the pixels under\n"
    "the heaviest cells of a map are erased, by a blur or by the image's mean colour; and how far the map agrees in\n"
    "rank with what integrated gradients say mattered."
)


def predict(model: "ImageModel", files: Iterable[str], wish: PredictWish) -> None:
    """Write a line for each image: its file, its label, and how probable that is."""
    refuse(model, {"--beam": wish.beam, "--search": wish.search, "--seed": wish.seed})
    answers = model.answers(files, n_best=wish.n_best, **without_none(window=wish.window))
    for number, answer in enumerate(answers, start=1):
        _write(number, answer, wish)


def look(model: "ImageModel", wish: LookWish) -> None:
    """Show what the model took images for, and where it looked: as lines, as a page, a picture or JSON."""
    from saccade import viewer
    from saccade.errors import OptionError

    refuse(
        model,
        {"--pieces": wish.pieces, "--alternatives": wish.alternatives, "--beam": wish.beam, "--search": wish.search},
    )
    if wish.channel is not None and wish.layer is None:
        raise OptionError(f"`--channel {wish.channel}` needs `--layer`: each layer has channels of its own.")
    seen = [model.look(file) for file in wish.inputs]
    shown = [one if wish.layer is None else one.only(wish.layer, wish.channel) for one in seen]
    if wish.as_json:
        print(json.dumps([one.to_json() for one in shown], ensure_ascii=False))
    elif wish.out is None:
        print("\n\n".join(map(str, shown)))
    else:
        print("\n".join(f"{one.look.name}\t{one.label}\t{one.look.probabilities[0][1]:.4f}" for one in shown))
    if wish.out is not None:
        for message in [*viewer.save([one.look for one in shown], wish.out), f"wrote {wish.out}"]:
            print(f"saccade: {message}", file=sys.stderr)
    elif not wish.as_json:
        print("saccade: `--out page.html`, `map.png` or `map.json` draws the maps over the image", file=sys.stderr)


def evaluate(model: "ImageModel", wish: EvaluateWish) -> None:
    """Print every figure with its interval, class by class, and whether the maps fall on what is to be seen."""
    from saccade import viewer

    refuse(model, {"--beam": wish.beam, "--search": wish.search})
    if wish.confusion is not None:
        viewer.check_suffix(wish.confusion, (".png",))
    print(f"labelling {wish.what}", file=sys.stderr)
    found = model.evaluate(_images(wish))
    trust = None
    if wish.trust:
        print("judging maps", file=sys.stderr)
        trust = model.trust(_images(wish))
    if wish.as_json:
        shown = {"run": str(model.path), "data": wish.what, **found.to_json()}
        if wish.trust:
            shown["trust"] = None if trust is None else trust.to_json()
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        skipped = f", {found.skipped:,} that can't be read skipped" if found.skipped else ""
        print(f"{model.path} on {wish.what}: {found.images:,} images{skipped}\n")
        print(_report(found))
        if trust is not None:
            print(f"\n{trust_table(trust, _ERASED)}")
    if wish.confusion is not None:
        title = f"{model.path.name} on {wish.what}"
        drawn = viewer.draw_confusion(found.confusion, found.classes, wish.confusion, title)
        for message in [*drawn, f"wrote {wish.confusion}"]:
            print(f"saccade: {message}", file=sys.stderr)
    for figure in found.figures.values():
        print(figure.signature, file=sys.stderr)


def compare(models: "list[ImageModel]", wish: CompareWish) -> None:
    """Print scores, the difference to the first with its confidence, and class by class; draw how the runs learnt."""
    from saccade.run.comparison import compare as compare_models

    refuse(models[0], {"--beam": wish.beam, "--search": wish.search})
    print(f"labelling with {len(models)} models", file=sys.stderr)
    found = compare_models(models, _images(wish), metric=wish.metric)
    if wish.as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        _print_comparison(found)
    for file in wish.out:
        for message in [*found.draw(file), f"wrote {file}"]:
            print(f"saccade: {message}", file=sys.stderr)


def _images(wish: EvaluateWish | CompareWish) -> str | Path:
    """A folder or file of images, or the name of a split."""
    from saccade.errors import OptionError

    if len(wish.data) > 1:
        raise OptionError(
            f"`--data` is given {len(wish.data)} times. Images and their labels are in one place: give it once."
        )
    return wish.data[0] if wish.data else wish.split


def _write(number: int, answer: "Answer", wish: PredictWish) -> None:
    ranked = enumerate(answer.best, start=1)
    for rank, (label, probability) in ranked:
        if wish.format is Format.jsonl:
            row: dict[str, Any] = {
                "number": number,
                "rank": rank,
                "image": answer.name,
                "label": label,
                "probability": probability,
            }
            line = json.dumps(row, ensure_ascii=False)
        else:
            place = f"\t{rank}" if wish.n_best > 1 else ""
            line = f"{answer.name}{place}\t{label}\t{probability:.4f}"
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _report(found: "Evaluation") -> str:
    scores = {name: figure.score for name, figure in found.figures.items()}
    rows = [[name, *_scored(one, 2)] for name, one in scores.items()]
    parts = [
        table(["metric", "score", "95 % interval"], rows),
        "By class:",
        table(["class", "images", "precision", "recall", "F1"], _class_rows(found)),
    ]
    if found.maps:
        some = next(iter(found.maps.values())).images
        parts += [
            f"What do the maps let through? {some:,} images. Kept is the share of weights that is not 0.",
            _maps_table(found),
        ]
    if found.pointing:
        some = next(iter(found.pointing.values())).images
        parts += [
            f"Does the map fall on what is to be seen? {some:,} images. Chance is the box's share of the image.",
            _pointing_table(found),
        ]
    return "\n\n".join(parts)


def _class_rows(found: "Evaluation") -> list[list[str]]:
    return [
        [one.name, f"{one.support:,}", *("–" if value is None else f"{value:.2f}" for value in one[1:4])]
        for one in found.per_class
    ]


def _maps_table(found: "Evaluation") -> str:
    rows = [[layer, *_scored(passed.kept, 2), *_scored(passed.mean, 4)] for layer, passed in found.maps.items()]
    return table(["map", "kept, %", "95 % interval", "mean weight", "95 % interval"], rows)


def _pointing_table(found: "Evaluation") -> str:
    head = ["map", "maximum in box", "95 % interval", "random", "chance", "mass in box", "95 % interval", "random"]
    rows = [
        [layer, *_against(both.game), f"{both.game.chance:.2f}", *_against(both.mass)]
        for layer, both in found.pointing.items()
    ]
    return table(head, rows)


def _against(figure: "Against") -> list[str]:
    return [*_scored(figure.score, 2), f"{figure.random.score:.2f}"]


def _scored(one: "Interval", digits: int) -> list[str]:
    """A score and its interval."""
    return [f"{one.score:.{digits}f}", f"{one.low:.{digits}f} … {one.high:.{digits}f}"]


def _print_comparison(found: "Comparison") -> None:
    print(f"{found.images:,} images\n")
    gaps = rows_of_gaps(found.names, found.scores, found.to_first)
    rows = [[row[0], f"{count:,}", *row[1:]] for row, count in zip(gaps, found.parameters, strict=True)]
    print(table(["run", "parameters", found.metric, "95 % interval", "to the first", "95 % interval", "p"], rows))
    print("\nImages of each class that are found, in per cent:\n")
    classes = [
        [same[0].name, f"{same[0].support:,}", *("–" if one.recall is None else f"{one.recall:.2f}" for one in same)]
        for same in zip(*found.per_class, strict=True)
    ]
    print(table(["class", "images", *found.names], classes))
    print(found.signature, file=sys.stderr)
