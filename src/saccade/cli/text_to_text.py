"""What the verbs do with runs that read a text and write a text."""

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

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
from saccade.cli.tables import table, table_of_scores
from saccade.cli.trust import OVER_TOKENS, liveliness_table, trust_table, with_trust

if TYPE_CHECKING:
    from saccade.run.text_to_text.answers import Answer
    from saccade.run.text_to_text.comparison import Comparison
    from saccade.run.text_to_text.evaluation import Evaluation
    from saccade.run.text_to_text.model import TextModel


_ERASED: Final = (
    "One look of each text: what becomes of the probability of what was written when\n"
    "that which is looked at most is erased, out of the memory or by the unknown token; and how far\n"
    "the look agrees in rank with other ways to say what mattered."
)


def predict(model: "TextModel", texts: Iterable[str], wish: PredictWish) -> None:
    """Write an output a line; what the model never saw is said."""
    options = search_options(wish.beam, wish.search) | without_none(window=wish.window)
    strange = 0
    for number, answers in enumerate(model.answers(texts, n_best=wish.n_best, seed=wish.seed, **options), start=1):
        strange += bool(answers[0].unknown)
        if answers[0].unknown and strange == 1:
            shown = " ".join(answers[0].unknown[:5])
            print(f"saccade: text {number} has what the model never saw: {shown}", file=sys.stderr)
        _write(number, answers, wish.format, ranked=wish.n_best > 1)
    if strange > 1:
        print(f"saccade: {strange:,} texts have what the model never saw", file=sys.stderr)


def look(model: "TextModel", wish: LookWish) -> None:
    """Show where the model looked for each word of its answers: in the terminal, as a page, a picture or JSON."""
    from saccade import viewer

    refuse(model, {"--layer": wish.layer, "--channel": wish.channel})
    options = search_options(wish.beam, wish.search)
    options |= {"alternatives": wish.alternatives, "trust": wish.trust, "layers": wish.layers}
    seen = [model.look(model.example(text) or text, **options) for text in wish.inputs]
    looks = [(one.pieces() if wish.pieces else one).look for one in seen]
    if wish.as_json:
        print(json.dumps([one.to_json() for one in looks], ensure_ascii=False))
    else:
        width = max(shutil.get_terminal_size().columns, 40)
        shown = [
            one.output if wish.out else f"{one.source}\n{one.output}\n\n{viewer.blocks(one, width)}" for one in looks
        ]
        judged = [
            with_trust(one, look.trust, OVER_TOKENS, wished=wish.trust) for one, look in zip(shown, looks, strict=True)
        ]
        print("\n\n".join(judged))
    if wish.out is not None:
        for message in [*viewer.save(looks, wish.out), f"wrote {wish.out}"]:
            print(f"saccade: {message}", file=sys.stderr)
    elif not wish.as_json:
        print("saccade: `--out page.html`, `map.png` or `map.json` keeps it", file=sys.stderr)


def evaluate(model: "TextModel", wish: EvaluateWish) -> None:
    """Print every metric of the recipe, with intervals, and by length of the source."""
    refuse(model, {"--confusion": wish.confusion})
    options = search_options(wish.beam, wish.search)
    print(f"answering {wish.what}", file=sys.stderr)
    pairs = pairs_of(model, wish.data, wish.split)
    found = model.evaluate(pairs, **options)
    trust = None
    if wish.trust:
        print("judging looks", file=sys.stderr)
        trust = model.trust(pairs if isinstance(pairs, str) else pairs.source, **options)
    if wish.as_json:
        shown = {"run": str(model.path), "data": wish.what, **found.to_json()}
        if wish.trust:
            shown["trust"] = None if trust is None else trust.to_json()
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    print(f"{model.path} on {wish.what}: {len(found.outputs):,} pairs\n")
    scores = {name: figure.score for name, figure in found.figures.items()}
    rows = [[name, f"{one.score:.2f}", f"{one.low:.2f} … {one.high:.2f}"] for name, one in scores.items()]
    print(table(["metric", "score", "95 % interval"], rows))
    print(f"\nBy length of the source, in {found.unit}:\n")
    print(_by_length(found))
    if found.maps is not None:
        print(f"\n{liveliness_table(found.maps)}")
    if wish.trust:
        print(f"\n{trust_table(trust, _ERASED)}")
    for figure in found.figures.values():
        print(figure.signature, file=sys.stderr)


def compare(models: "list[TextModel]", wish: CompareWish) -> None:
    """Print scores, the difference to the first with its confidence, and by source length; draw the latter."""
    from saccade.run.comparison import compare as compare_models

    options = search_options(wish.beam, wish.search)
    print(f"answering with {len(models)} models", file=sys.stderr)
    found = compare_models(models, pairs_of(models[0], wish.data, wish.split), metric=wish.metric, **options)
    if wish.as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
    else:
        _print_comparison(found)
    for file in wish.out:
        for message in [*found.draw(file), f"wrote {file}"]:
            print(f"saccade: {message}", file=sys.stderr)


def pairs_of(model: "TextModel", data: Iterable[Path], split: str) -> Any:
    """Pairs from one file or two, whose columns are called as in the model's recipe, or the name of a split."""
    from saccade.errors import OptionError
    from saccade.recipes.text_to_text.build import read_files

    files = list(data)
    if not files:
        return split
    if len(files) > 2:
        raise OptionError(f"`--data` is given {len(files)} times. Give it once (TSV, JSONL, Parquet) or twice (lines).")
    return read_files(model.recipe, files)


def _write(number: int, answers: "list[Answer]", format: Format, *, ranked: bool) -> None:
    for rank, answer in enumerate(answers, start=1):
        if format is Format.jsonl:
            row = {
                "number": number,
                "rank": rank,
                "source": answer.source,
                "output": answer.output,
                "score": answer.score,
                "log_prob": answer.log_prob,
                "finished": answer.finished,
            }
            line = json.dumps(row, ensure_ascii=False)
        else:
            line = f"{number}\t{rank}\t{answer.score:.4f}\t{answer.output}" if ranked else answer.output
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _by_length(found: "Evaluation") -> str:
    rows = [
        [same[0].label, f"{same[0].sentences:,}", *(f"{bucket.score:.2f}" for bucket in same)]
        for same in zip(*found.by_length.values(), strict=True)
    ]
    return table([found.unit, "pairs", *found.by_length], rows)


def _print_comparison(found: "Comparison") -> None:
    print(table_of_scores(found.held))
    print(f"\n{found.held.metric} by length of the source, in {found.length_unit}:\n")
    lengths = [
        [same[0].label, f"{same[0].sentences:,}", *(f"{bucket.score:.2f}" for bucket in same)]
        for same in zip(*found.by_length, strict=True)
    ]
    print(table([found.length_unit, "pairs", *found.held.names], lengths))
    print(found.held.signature, file=sys.stderr)
