"""What the verbs do with runs that read an image and give it a label."""

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from saccade.cli.labels import compare_labels, evaluate_labels
from saccade.cli.options import CompareWish, EvaluateWish, Format, LookWish, PredictWish, refuse, without_none
from saccade.cli.trust import OVER_DRAWS, with_trust

if TYPE_CHECKING:
    from saccade.run.image_to_label.model import ImageModel
    from saccade.run.label_answers import Answer


_ERASED: Final = (
    "What becomes of the probability of the label that was given when the pixels under\n"
    "the heaviest cells of a map are erased, by a blur or by the image's mean colour, or a gate's heaviest channels,\n"
    "by weighing them with 0 or as in the mean over images; and how far the map agrees in rank with what integrated\n"
    "gradients say mattered."
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
        {
            "--pieces": wish.pieces,
            "--alternatives": wish.alternatives or None,
            "--beam": wish.beam,
            "--search": wish.search,
            "--layers": wish.layers,
        },
    )
    if wish.channel is not None and wish.layer is None:
        raise OptionError(f"`--channel {wish.channel}` needs `--layer`: each layer has channels of its own.")
    seen = [model.look(model.example(file) or file, trust=wish.trust) for file in wish.inputs]
    shown = [one if wish.layer is None else one.only(wish.layer, wish.channel) for one in seen]
    if wish.as_json:
        print(json.dumps([one.to_json() for one in shown], ensure_ascii=False))
    elif wish.out is None:
        print("\n\n".join(with_trust(str(one), one.look.trust, OVER_DRAWS, wished=wish.trust) for one in shown))
    else:
        lines = [f"{one.look.name}\t{one.label}\t{one.look.probabilities[0][1]:.4f}" for one in shown]
        judged = zip(lines, shown, strict=True)
        print("\n".join(with_trust(line, one.look.trust, OVER_DRAWS, wished=wish.trust) for line, one in judged))
    if wish.out is not None:
        for message in [*viewer.save([one.look for one in shown], wish.out), f"wrote {wish.out}"]:
            print(f"saccade: {message}", file=sys.stderr)
    elif not wish.as_json:
        print("saccade: `--out page.html`, `map.png` or `map.json` draws the maps over the image", file=sys.stderr)


def evaluate(model: "ImageModel", wish: EvaluateWish) -> None:
    """Print every figure with its interval, class by class, and whether the maps fall on what is to be seen."""
    about = "Does the map fall on what is to be seen? {count}. Chance is the box's share of the image."
    evaluate_labels(model, wish, about, _ERASED)


def compare(models: "list[ImageModel]", wish: CompareWish) -> None:
    """Print scores, the difference to the first with its confidence, and class by class; draw how the runs learnt."""
    compare_labels([*models], wish)


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
