"""What the verbs do with runs that read a text and give it a label."""

import json
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from saccade.cli.labels import compare_labels, evaluate_labels
from saccade.cli.options import CompareWish, EvaluateWish, Format, LookWish, PredictWish, refuse, without_none
from saccade.cli.trust import OVER_DRAWS, with_trust

if TYPE_CHECKING:
    from saccade.run.label_answers import Answer
    from saccade.run.text_to_label.model import TextLabelModel


_ERASED: Final = (
    "What becomes of the probability of the label that was given when the tokens that a layer\n"
    "weighs most are erased, out of the memory or by the unknown token; and how far its weights agree in rank with\n"
    "other ways to say what mattered."
)


def predict(model: "TextLabelModel", texts: Iterable[str], wish: PredictWish) -> None:
    """Write a line for each text: its label, and how probable that is; an empty line for an empty text."""
    refuse(model, {"--beam": wish.beam, "--search": wish.search, "--seed": wish.seed})
    answers = model.answers(texts, n_best=wish.n_best, **without_none(window=wish.window))
    for number, answer in enumerate(answers, start=1):
        _write(number, answer, wish)


def look(model: "TextLabelModel", wish: LookWish) -> None:
    """Show which words decided: in the terminal, as a page, a picture or JSON."""
    from saccade import viewer

    refuse(
        model,
        {
            "--alternatives": wish.alternatives or None,
            "--beam": wish.beam,
            "--search": wish.search,
            "--channel": wish.channel,
            "--layers": wish.layers,
        },
    )
    seen = [model.look(model.example(text) or text, trust=wish.trust) for text in wish.inputs]
    seen = [one if wish.layer is None else one.only(wish.layer) for one in seen]
    shown = [one.pieces() if wish.pieces else one for one in seen]
    if wish.as_json:
        print(json.dumps([one.to_json() for one in shown], ensure_ascii=False))
    elif wish.out is None:
        width = max(shutil.get_terminal_size().columns, 40)
        print("\n\n".join(with_trust(one.shown(width), one.look.trust, OVER_DRAWS, wished=wish.trust) for one in shown))
    else:
        lines = [f"{one.label}\t{one.look.probabilities[0][1]:.4f}" for one in shown]
        judged = zip(lines, shown, strict=True)
        print("\n".join(with_trust(line, one.look.trust, OVER_DRAWS, wished=wish.trust) for line, one in judged))
    if wish.out is not None:
        title = "Which words decided"
        for message in [*viewer.save([one.look for one in shown], wish.out, title), f"wrote {wish.out}"]:
            print(f"saccade: {message}", file=sys.stderr)
    elif not wish.as_json:
        print("saccade: `--out page.html`, `map.png` or `map.json` keeps it", file=sys.stderr)


def evaluate(model: "TextLabelModel", wish: EvaluateWish) -> None:
    """Print every figure with its interval, class by class, and whether the looks fall on the words that decide."""
    about = "Does the look fall on the words that decide? {count}. Chance is their share of the text's tokens."
    evaluate_labels(model, wish, about, _ERASED)


def compare(models: "list[TextLabelModel]", wish: CompareWish) -> None:
    """Print scores, the difference to the first with its confidence, and class by class; draw how the runs learnt."""
    compare_labels([*models], wish)


def _write(number: int, answer: "Answer", wish: PredictWish) -> None:
    # An empty text has no label, but its line.
    for rank, (label, probability) in enumerate(answer.best or ((None, None),), start=1):
        if wish.format is Format.jsonl:
            row: dict[str, Any] = {
                "number": number,
                "rank": rank,
                "text": answer.name,
                "label": label,
                "probability": probability,
            }
            line = json.dumps(row, ensure_ascii=False)
        elif label is None:
            line = ""
        else:
            place = f"{number}\t{rank}\t" if wish.n_best > 1 else ""
            line = f"{place}{label}\t{probability:.4f}"
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
