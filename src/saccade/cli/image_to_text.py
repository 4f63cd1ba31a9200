"""What the verbs do with runs that read an image and write a text."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from saccade.cli.options import (
    CompareWish,
    EvaluateWish,
    Format,
    LookWish,
    PredictWish,
    refuse,
    search_options,
    without_none,
)
from saccade.cli.tables import scored, table, table_of_scores
from saccade.cli.trust import OVER_TOKENS, liveliness_table, trust_table, with_trust

if TYPE_CHECKING:
    from saccade.metrics import Against, Pointing
    from saccade.run.image_to_text.answers import Answer
    from saccade.run.image_to_text.model import ImageTextModel


_ERASED: Final = (
    "One look of each image: what becomes of the probability of what was written when that\n"
    "which is looked at most is erased, out of the memory or its pixels by a blur or the image's mean colour;\n"
    "and how far the look agrees in rank with what integrated gradients say mattered."
)


def predict(model: "ImageTextModel", files: Iterable[str], wish: PredictWish) -> None:
    """Write a line for each image: its file, and its text."""
    options = search_options(wish.beam, wish.search) | without_none(window=wish.window)
    for number, answers in enumerate(model.answers(files, n_best=wish.n_best, seed=wish.seed, **options), start=1):
        _write(number, answers, wish.format, ranked=wish.n_best > 1)


def look(model: "ImageTextModel", wish: LookWish) -> None:
    """Show where the model looked for each token: as lines, as a page, a picture or JSON."""
    from saccade import viewer

    refuse(
        model,
        {
            "--pieces": wish.pieces,
            "--alternatives": wish.alternatives or None,
            "--layer": wish.layer,
            "--layers": wish.layers,
            "--channel": wish.channel,
        },
    )
    options = search_options(wish.beam, wish.search)
    shown = [model.look(model.example(file) or file, trust=wish.trust, **options) for file in wish.inputs]
    if wish.as_json:
        print(json.dumps([one.to_json() for one in shown], ensure_ascii=False))
    elif wish.out is None:
        print("\n\n".join(with_trust(str(one), one.look.trust, OVER_TOKENS, wished=wish.trust) for one in shown))
    else:
        lines = (
            with_trust(f"{one.look.name}\t{one.label}", one.look.trust, OVER_TOKENS, wished=wish.trust) for one in shown
        )
        print("\n".join(lines))
    if wish.out is not None:
        for message in [*viewer.save([one.look for one in shown], wish.out), f"wrote {wish.out}"]:
            print(f"saccade: {message}", file=sys.stderr)
    elif not wish.as_json:
        print("saccade: `--out page.html`, `map.png` or `map.json` draws each token's map", file=sys.stderr)


def evaluate(model: "ImageTextModel", wish: EvaluateWish) -> None:
    """Print every metric of the recipe with its interval, and whether it looks at the character that it writes."""
    refuse(model, {"--confusion": wish.confusion})
    options = search_options(wish.beam, wish.search)
    print(f"reading {wish.what}", file=sys.stderr)
    found = model.evaluate(_images(wish), **options)
    trust = None
    if wish.trust:
        print("judging looks", file=sys.stderr)
        trust = model.trust(_images(wish), **options)
    if wish.as_json:
        shown = {"run": str(model.path), "data": wish.what, **found.to_json()}
        if wish.trust:
            shown["trust"] = None if trust is None else trust.to_json()
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    print(f"{model.path} on {wish.what}: {len(found.outputs):,} images\n")
    rows = [[name, *scored(figure.score)] for name, figure in found.figures.items()]
    print(table(["metric", "score", "95 % interval"], rows))
    if found.pointing is not None:
        print("\n" + _pointing(found.pointing))
    if found.maps is not None:
        print(f"\n{liveliness_table(found.maps)}")
    if wish.trust:
        print(f"\n{trust_table(trust, _ERASED)}")
    for figure in found.figures.values():
        print(figure.signature, file=sys.stderr)


def compare(models: "list[ImageTextModel]", wish: CompareWish) -> None:
    """Print scores, and the difference to the first with its confidence."""
    from saccade.run.comparison import compare as compare_models

    refuse(models[0], {"--out": wish.out})
    options = search_options(wish.beam, wish.search)
    print(f"reading with {len(models)} models", file=sys.stderr)
    found = compare_models(models, _images(wish), metric=wish.metric, **options)
    if wish.as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
        return
    print(table_of_scores(found))
    print(found.signature, file=sys.stderr)


def _images(wish: EvaluateWish | CompareWish) -> str | Path:
    """A table of images and texts, or the name of a split."""
    from saccade.errors import OptionError

    if len(wish.data) > 1:
        raise OptionError(
            f"`--data` is given {len(wish.data)} times. Images and their texts are in one table: give it once."
        )
    return wish.data[0] if wish.data else wish.split


def _write(number: int, answers: "list[Answer]", format: Format, *, ranked: bool) -> None:
    for rank, answer in enumerate(answers, start=1):
        if format is Format.jsonl:
            row = {
                "number": number,
                "rank": rank,
                "image": answer.name,
                "output": answer.output,
                "score": answer.score,
                "log_prob": answer.log_prob,
                "finished": answer.finished,
            }
            line = json.dumps(row, ensure_ascii=False)
        else:
            place = f"{rank}\t{answer.score:.4f}\t" if ranked else ""
            line = f"{answer.name}\t{place}{answer.output}"
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _pointing(found: "Pointing") -> str:
    head = ["look", "on it", "95 % interval", "random map", "chance"]
    rows = [_against("its highest place", found.game), _against("its mass", found.mass)]
    about = f"Does the look fall on the character being written? {found.images:,} characters, the right text given."
    return f"{about}\n\n{table(head, rows)}"


def _against(name: str, figure: "Against") -> list[str]:
    return [name, *scored(figure.score), f"{figure.random.score:.2f}", f"{figure.chance:.2f}"]
