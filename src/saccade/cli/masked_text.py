"""What the verbs do with runs that guess hidden tokens of texts."""

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from saccade.cli.options import CompareWish, EvaluateWish, Format, LookWish, PredictWish, refuse, without_none
from saccade.cli.tables import table, table_of_scores

if TYPE_CHECKING:
    from saccade.run.masked_text.answers import Answer
    from saccade.run.masked_text.model import MaskedTextModel


def predict(model: "MaskedTextModel", texts: Iterable[str], wish: PredictWish) -> None:
    """Write each text with its blanks filled in; or, where several guesses are wished for, a line for each of them."""
    refuse(model, {"--beam": wish.beam, "--search": wish.search, "--seed": wish.seed})
    answers = model.answers(texts, n_best=wish.n_best, **without_none(window=wish.window))
    for number, answer in enumerate(answers, start=1):
        for line in _lines(number, answer, wish):
            sys.stdout.write(line + "\n")
        sys.stdout.flush()


def look(model: "MaskedTextModel", wish: LookWish) -> None:
    """Show where each token looked: in the terminal, as a page, a picture or JSON."""
    from saccade import viewer

    asked = {"--beam": wish.beam, "--search": wish.search, "--alternatives": wish.alternatives or None}
    refuse(model, {**asked, "--trust": wish.trust, "--layers": wish.layers})
    seen = [model.look(model.example(text) or text, layer=wish.layer, head=wish.channel) for text in wish.inputs]
    looks = [(one.pieces() if wish.pieces else one).look for one in seen]
    if wish.as_json:
        print(json.dumps([one.to_json() for one in looks], ensure_ascii=False))
    else:
        width = max(shutil.get_terminal_size().columns, 40)
        shown = [one.output if wish.out else f"{one.output}\n\n{viewer.blocks(one, width)}" for one in looks]
        print("\n\n".join(shown))
    if wish.out is not None:
        for message in [*viewer.save(looks, wish.out), f"wrote {wish.out}"]:
            print(f"saccade: {message}", file=sys.stderr)
    elif not wish.as_json:
        layers = ", ".join(model.maps(wish.inputs[0]))
        print(f"saccade: `--layer` shows another one: {layers}", file=sys.stderr)


def evaluate(model: "MaskedTextModel", wish: EvaluateWish) -> None:
    """Print every metric of the recipe with its interval."""
    refuse(
        model,
        {"--beam": wish.beam, "--search": wish.search, "--confusion": wish.confusion, "--trust": wish.trust},
    )
    print(f"guessing in {wish.what}", file=sys.stderr)
    found = model.evaluate(_texts(wish))
    if wish.as_json:
        print(json.dumps({"run": str(model.path), "data": wish.what, **found.to_json()}, ensure_ascii=False, indent=2))
    else:
        print(f"{model.path} on {wish.what}: {found.tokens:,} hidden tokens in {found.texts:,} texts\n")
        scores = {name: figure.score for name, figure in found.figures.items()}
        rows = [[name, f"{one.score:.2f}", f"{one.low:.2f} … {one.high:.2f}"] for name, one in scores.items()]
        print(table(["metric", "score", "95 % interval"], rows))
    for figure in found.figures.values():
        print(figure.signature, file=sys.stderr)


def compare(models: "list[MaskedTextModel]", wish: CompareWish) -> None:
    """Print scores, and the difference to the first with its confidence."""
    from saccade.run.comparison import compare as compare_models

    refuse(models[0], {"--beam": wish.beam, "--search": wish.search, "--out": wish.out})
    print(f"guessing with {len(models)} models", file=sys.stderr)
    found = compare_models(models, _texts(wish), metric=wish.metric)
    if wish.as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
        return
    print(table_of_scores(found))
    print(found.signature, file=sys.stderr)


def _texts(wish: EvaluateWish | CompareWish) -> str | Path:
    """A file of texts, or the name of a split."""
    from saccade.errors import OptionError

    if len(wish.data) > 1:
        raise OptionError(f"`--data` is given {len(wish.data)} times. Texts of one side are in one file: give it once.")
    return wish.data[0] if wish.data else wish.split


def _lines(number: int, answer: "Answer", wish: PredictWish) -> list[str]:
    if wish.format is Format.jsonl:
        blanks = [[guess._asdict() for guess in guesses] for guesses in answer.blanks]
        row = {"number": number, "source": answer.source, "output": answer.output, "blanks": blanks}
        return [json.dumps(row, ensure_ascii=False)]
    if wish.n_best == 1:
        return [answer.output]
    return [
        f"{number}\t{blank}\t{rank}\t{guess.probability:.4f}\t{guess.text}"
        for blank, guesses in enumerate(answer.blanks, start=1)
        for rank, guess in enumerate(guesses, start=1)
    ]
