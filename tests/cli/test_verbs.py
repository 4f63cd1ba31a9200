"""The verbs as a user types them: data on stdout, progress on stderr."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Saccade, refused


def test_help_names_every_verb_and_imports_no_torch() -> None:
    code = (
        "import sys; from saccade.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "print('heavy:', *sorted({'torch', 'numpy', 'datasets', 'rich'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for verb in ("train", "predict", "evaluate", "compare", "sweep", "look", "align", "list", "doctor"):
        assert f"\n  {verb} " in result.stdout
    assert result.stdout.splitlines()[-1].strip() == "heavy:"


def test_a_missing_set_is_told_without_torch() -> None:
    code = (
        "import os, sys; os.environ.pop('SACCADE_DATA', None); from saccade.cli import main\n"
        "print(main(['train', 'multi30k-en-de']), 'torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["2", "False"]
    assert result.stderr.count("\n") == 1


def test_version(saccade: Saccade) -> None:
    from saccade import __version__

    assert saccade("--version")[:2] == (0, f"saccade {__version__}\n")


def test_train_writes_a_run_and_names_it(saccade: Saccade, tiny_recipe: Path, tmp_path: Path) -> None:
    ended = saccade("train", tiny_recipe, "--out", tmp_path / "run")
    assert ended[:2] == (0, f"{tmp_path / 'run'}\n")
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"recipe.yaml", "tokenizer.json", "model.safetensors", "metrics.jsonl", "environment.json"} <= names
    assert "35 pairs" in ended.err
    assert saccade("train", tiny_recipe, "--out", tmp_path / "run", "--resume").code == 0


def test_predict_keeps_the_order_of_arguments_files_and_pipes(saccade: Saccade, tiny_run: Path, tmp_path: Path) -> None:
    texts = ["cab b", "a", "", "bca", "abc abc abc"]
    text = "".join(f"{line}\n" for line in texts)
    (tmp_path / "in.txt").write_text(text, encoding="utf-8")
    by_arguments = saccade("predict", tiny_run, *texts).out
    assert by_arguments.count("\n") == len(texts)
    assert saccade("predict", tiny_run, given=text.encode()).out == by_arguments
    assert saccade("predict", tiny_run, "--file", tmp_path / "in.txt").out == by_arguments


def test_predict_writes_json_lines_with_scores(saccade: Saccade, tiny_run: Path) -> None:
    ended = saccade("predict", tiny_run, "abc", "b", "--n-best", "3", "--beam", "3", "--format", "jsonl")
    rows = [json.loads(line) for line in ended.out.splitlines()]
    assert [(row["number"], row["rank"]) for row in rows] == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)]
    assert rows[0]["source"] == "abc"
    assert all(row["log_prob"] <= 0 for row in rows)


def test_predict_writes_ranks_as_tsv(saccade: Saccade, tiny_run: Path) -> None:
    lines = saccade("predict", tiny_run, "abc", "--n-best", "2").out.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["1", "1"], ["1", "2"]]


def test_sampling_is_the_same_with_the_same_seed(saccade: Saccade, tiny_run: Path) -> None:
    wish = ["predict", tiny_run, "abc", "ab", "--search", "kind=sample", "--n-best", "3"]
    first = saccade(*wish, "--seed", "7").out
    assert saccade(*wish, "--seed", "7").out == first
    assert saccade(*wish, "--seed", "8").out != first


def test_evaluate_prints_figures_with_intervals(saccade: Saccade, tiny_run: Path) -> None:
    ended = saccade("evaluate", tiny_run)
    assert ended.code == 0
    assert "95 % interval" in ended.out
    assert "exact|case:mixed" in ended.err
    figure = r" +\d\.\d\d"
    head = r"over \d maps:\n\nmap +entropy +movement +between inputs +monotonic\n"
    assert re.search(rf"{head}the model's{figure * 4}\nconstant ", ended.out)
    # Four updates don't teach where to look.
    assert "dead: almost the same map at every step" in ended.out


def test_evaluate_as_json_on_own_pairs(saccade: Saccade, tiny_run: Path, tmp_path: Path) -> None:
    (tmp_path / "own.tsv").write_text("ab\tba\nabc\tcba\n", encoding="utf-8")
    found = json.loads(saccade("evaluate", tiny_run, "--data", tmp_path / "own.tsv", "--json").out)
    assert found["sentences"] == 2
    assert found["maps"]["movement"] < 0.05
    assert found["maps"]["verdict"].startswith("dead")
    assert set(found["figures"]) == {"exact", "cer"}
    assert [bucket["label"] for bucket in found["figures"]["cer"]["by_length"]] == ["2", "3"]


def test_evaluate_takes_two_aligned_files(saccade: Saccade, tiny_run: Path, tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text("ab\nabc\n", encoding="utf-8")
    (tmp_path / "t.txt").write_text("ba\ncba\n", encoding="utf-8")
    ended = saccade("evaluate", tiny_run, "--data", tmp_path / "s.txt", "--data", tmp_path / "t.txt", "--json")
    assert json.loads(ended.out)["sentences"] == 2


def test_compare_prints_a_table_and_draws(saccade: Saccade, tiny_run: Path, tmp_path: Path) -> None:
    page, picture = tmp_path / "c.html", tmp_path / "c.png"
    ended = saccade("compare", tiny_run, tiny_run, "--metric", "cer", "--out", page, "--out", picture)
    assert ended.code == 0
    assert "+0.00 … +0.00" in ended.out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_compare_as_json(saccade: Saccade, tiny_run: Path) -> None:
    found = json.loads(saccade("compare", tiny_run, tiny_run, "--json").out)
    assert found["metric"] == "exact"
    assert found["runs"][1]["to_first"]["difference"] == 0.0


def test_look_in_the_terminal_and_in_files(saccade: Saccade, tiny_run: Path, tmp_path: Path) -> None:
    shown = saccade("look", tiny_run, "cab b").out
    assert shown.startswith("cab b\n")
    assert set("░▒▓█") & set(shown)
    for name, start in (("page.html", b"<!doctype html>"), ("map.png", b"\x89PNG"), ("map.json", b'{"format"')):
        assert saccade("look", tiny_run, "cab b", "--out", tmp_path / name).code == 0
        assert (tmp_path / name).read_bytes().startswith(start)


def test_look_as_json_has_alternatives_and_pieces(saccade: Saccade, tiny_run: Path) -> None:
    [look] = json.loads(saccade("look", tiny_run, "cab b", "--alternatives", "2", "--pieces", "--json").out)
    assert len(look["alternatives"]) == 2
    assert [axis["name"] for axis in look["map"]["axes"]] == ["target", "source"]
    assert all("groups" not in axis for axis in look["map"]["axes"])
    for row in look["map"]["weights"]:
        assert sum(row) == pytest.approx(1.0, abs=1e-5)


def test_list_names_what_the_tables_hold(saccade: Saccade) -> None:
    found = json.loads(saccade("list", "--json").out)
    assert "dates" in found["recipes"]
    assert {"additive", "dot", "general", "concat", "cosine"} <= set(found["scores"])
    assert set(found["cells"]) == {"rnn", "gru", "lstm"}
    assert saccade("list", "recipes").out.startswith("recipes\n")
    assert "scores" not in saccade("list", "recipes").out


def test_doctor_says_what_there_is(saccade: Saccade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SACCADE_DATA", raising=False)
    found = json.loads(saccade("doctor", "--json").out)
    assert found["packages"]["torch"].startswith("2.")
    assert "not there" in found["data"]["sets"]["multi30k"]
    assert "to be had from https://github.com/multi30k/dataset" in found["data"]["sets"]["multi30k"]
    assert found["data"]["sets"]["clutter"] == "made as wanted"
    assert "precision" in saccade("doctor").out


def test_a_reader_that_had_enough_is_left_without_a_word(tiny_run: Path, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("abc\n" * 3000, encoding="utf-8")
    command = [sys.executable, "-m", "saccade", "predict", str(tiny_run), "--file", str(tmp_path / "in.txt")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (1, b"")


def test_ctrl_c_saves_and_says_how_to_resume(tiny_recipe: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    changes = [f"--set=training.{change}" for change in ("max_updates=100000", "validate_every_updates=5")]
    command = [sys.executable, "-m", "saccade", "train", str(tiny_recipe), "--out", str(run), *changes]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        for line in process.stderr:
            if "validation" in line:
                break
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
    assert process.returncode == 130
    assert "--resume" in said
    assert "Traceback" not in said
    assert [path for path in (run / "checkpoints").iterdir() if (path / "state.json").exists()]


def test_runs_answer_together(saccade: Saccade, tiny_run: Path) -> None:
    alone = saccade("predict", tiny_run, "cab b", "abc").out
    assert saccade("predict", tiny_run, "--with", tiny_run, "cab b", "abc").out == alone
    found = json.loads(saccade("evaluate", tiny_run, "--with", tiny_run, "--json").out)
    assert found["figures"] == json.loads(saccade("evaluate", tiny_run, "--json").out)["figures"]


def test_words_are_linked_and_links_are_judged(saccade: Saccade, tiny_run: Path, tmp_path: Path) -> None:
    data, gold = tmp_path / "pairs.tsv", tmp_path / "gold.txt"
    data.write_text("ab b ca\tb ac\nc\tc a b\n", encoding="utf-8")
    found = saccade("align", tiny_run, "--data", data)
    assert found.code == 0
    assert [len(line.split()) for line in found.out.splitlines()] == [2, 3]
    assert json.loads(saccade("align", tiny_run, "--data", data, "--json").out) == [
        sorted([int(place) for place in link.split("-")] for link in line.split()) for line in found.out.splitlines()
    ]
    gold.write_text(found.out, encoding="utf-8")
    judged = saccade("align", tiny_run, "--data", data, "--gold", gold, "--score", "--reverse", tiny_run).out
    assert re.search(r"\nforward +highest +0\.00 ", judged)
    assert "grow-diag-final-and" in judged
    assert re.search(r"\ndiagonal, no model +place +\d", judged)
    scores = json.loads(saccade("align", tiny_run, "--data", data, "--gold", gold, "--score", "--json").out)
    assert scores["scores"][0]["error"]["score"] == 0.0


def test_links_are_judged_by_known_ones_only(saccade: Saccade, tiny_run: Path) -> None:
    assert "has none. Give them by `--gold`" in refused(saccade("align", tiny_run, "--score"))
    assert "add `--score`, or leave it out" in refused(saccade("align", tiny_run, "--gold", "links.txt"))
    assert "it needs `--reverse`, and no `--score`" in refused(saccade("align", tiny_run, "--how", "union"))


def test_looks_are_judged(saccade: Saccade, tiny_run: Path) -> None:
    shown = saccade("evaluate", tiny_run, "--trust").out
    assert "Can the looks be trusted? One look of each text" in shown
    for row in ("comprehensiveness, memory", "deletion area, unknown token", "agreement with integrated gradients"):
        assert re.search(rf"\n{row} +(higher|lower) ", shown)
    found = json.loads(saccade("evaluate", tiny_run, "--trust", "--json").out)["trust"]
    assert set(found["erased"]) == {"memory", "unknown token"}
    assert "judged one model at a time" in refused(saccade("evaluate", tiny_run, "--with", tiny_run, "--trust"))


def test_sweep_trains_every_combination_and_prints_one_table(
    saccade: Saccade, tiny_recipe: Path, tmp_path: Path
) -> None:
    out = tmp_path / "sweep"
    over = ("--over", "model.attention.score=additive,general", "--over", "model.output=vocabulary")
    command = ("sweep", tiny_recipe, "--out", out, "--minutes", "1", "--set", "training.max_updates=1", *over)
    ended = saccade(*command, "--beam", "1", "--table", tmp_path / "t.md")
    assert ended.code == 0, ended.err
    assert {path.name for path in out.iterdir()} == {"additive-vocabulary", "general-vocabulary", "sweep.json"}
    assert "[2/2] general-vocabulary: ended by updates after 1 updates" in ended.err
    head, *rows = ended.out.splitlines()[:3]
    assert head.split()[:4] == ["run", "exact", "low", "high"]
    assert [row.split()[0] for row in rows] == ["additive-vocabulary", "general-vocabulary"]
    assert (tmp_path / "t.md").read_text(encoding="utf-8").startswith("| run | exact | low | high | 1 |")
    again = saccade(*command, "--json", "--metric", "cer")
    assert "[1/2] additive-vocabulary: is finished" in again.err
    found = json.loads(again.out)
    assert [run["run"] for run in found["runs"]] == ["additive-vocabulary", "general-vocabulary"]
    assert found["metric"] == "cer"
    assert found["runs"][0]["agreement"] == 1.0


def test_the_look_at_one_text_is_judged_if_wished(saccade: Saccade, tiny_run: Path) -> None:
    shown = saccade("look", tiny_run, "cab b", "--trust").out
    assert "Intervals are over\nthe tokens of the answer" in shown
    assert re.search(r"\ninsertion area, memory +higher ", shown)
    [look] = json.loads(saccade("look", tiny_run, "cab b", "--trust", "--json").out)
    assert set(look["trust"]["erased"]["memory"]["curves"]) == {"own", "random", "uniform", "permuted"}
    assert "trust" not in json.loads(saccade("look", tiny_run, "cab b", "--json").out)[0]
    assert "judged one model at a time" in refused(saccade("look", tiny_run, "cab b", "--with", tiny_run, "--trust"))


def test_every_layer_is_looked_at_if_wished(saccade: Saccade, tiny_run: Path, tmp_path: Path) -> None:
    [look] = json.loads(saccade("look", tiny_run, "cab b", "--layers", "--json").out)
    assert [seen["layer"] for seen in look["layers"]] == ["decoder.attention"]
    saccade("look", tiny_run, "cab b", "--layers", "--out", tmp_path / "look.html")
    assert '"kind":"heads"' in (tmp_path / "look.html").read_text(encoding="utf-8")


def test_a_pair_of_the_recipes_data_is_looked_at_by_its_number(saccade: Saccade, tiny_run: Path) -> None:
    [look] = json.loads(saccade("look", tiny_run, "validation:2", "--json").out)
    assert look["source"] == "ab"
    assert "is no pair of" in refused(saccade("look", tiny_run, "validation:8"))
