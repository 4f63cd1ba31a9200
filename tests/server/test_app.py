"""The routes, with a tiny run of each task: answers, and every error in its one shape."""

import base64
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from tests.server.conftest import LIMITS, Ask, asker, error_of, flat, picture

from saccade.maps import ImageLook, LabelLook, Look
from saccade.run.tasks import load
from saccade.server.app import make_app
from saccade.server.guard import HEADERS, ROUTES, Access
from saccade.server.metrics import Metrics
from saccade.server.served import Runs, Served

INPUTS = {"letters": "abc", "labels": "a cat", "blanks": "a <mask> sat", "pictures": picture(), "strips": picture()}
LOOKS = {"letters": Look, "labels": LabelLook, "blanks": Look, "pictures": ImageLook, "strips": ImageLook}


def predict(ask: Ask, run: str, *inputs: str, **more: Any) -> httpx.Response:
    return ask("POST", "/v1/predict", json={"run": run, "inputs": inputs, **more})


def look(ask: Ask, run: str, input: str) -> httpx.Response:
    return ask("POST", "/v1/look", json={"run": run, "input": input})


def judge(ask: Ask, run: str, input: str) -> httpx.Response:
    return ask("POST", "/v1/trust", json={"run": run, "input": input})


def test_the_runs_are_described(ask: Ask) -> None:
    models = {model["name"]: model for model in ask("GET", "/v1/models").json()["models"]}
    assert {name: (model["task"], model["reads"]) for name, model in models.items()} == {
        "letters": ("text-to-text", "text"),
        "labels": ("text-to-label", "text"),
        "pictures": ("image-to-label", "image"),
        "strips": ("image-to-text", "image"),
        "blanks": ("masked-text", "text"),
    }
    assert models["letters"]["n_best"] > 1
    assert {name for name, model in models.items() if not model["judged"]} == {"blanks"}
    assert models["letters"]["characters"] == LIMITS.characters


@pytest.mark.parametrize("run", INPUTS)
def test_each_task_answers(ask: Ask, run: str) -> None:
    said = predict(ask, run, INPUTS[run], INPUTS[run]).json()
    assert said["run"] == run
    first, second = said["results"]
    assert first["output"] == second["output"] == first["answers"][0]["output"]
    assert 0 <= first["answers"][0]["probability"] <= 1


def test_answers_are_those_of_the_model(ask: Ask, served_paths: Any) -> None:
    texts = ["abc", "", "cab b"]
    said = predict(ask, "letters", *texts, n_best=3).json()["results"]
    found: Any = load(served_paths["letters"])
    for result, answers in zip(said, found.answers(texts, n_best=3), strict=True):
        assert [one["output"] for one in result["answers"]] == [answer.output for answer in answers]
        assert [one["score"] for one in result["answers"]] == pytest.approx([answer.score for answer in answers])
    [result] = predict(ask, "blanks", "a <mask> <mask>", n_best=2).json()["results"]
    assert [len(guesses) for guesses in result["blanks"]] == [2, 2]
    assert predict(ask, "letters", "abZ").json()["results"][0]["unknown"] == ["Z"]
    assert predict(ask, "labels", "").json()["results"] == [
        {"output": "", "answers": [], "blanks": None, "unknown": None}
    ]


@pytest.mark.parametrize("run", ["letters", "labels", "strips"])
def test_looks_are_those_of_the_viewer(ask: Ask, run: str) -> None:
    said = look(ask, run, INPUTS[run]).json()
    seen = LOOKS[run].from_json(said["look"])
    assert said["output"] == (seen.output if isinstance(seen, Look) else seen.label)
    assert said["block"]["kind"] in {"alignment", "label", "strip"}


@pytest.mark.parametrize(("run", "erased"), {"letters": "memory", "labels": "memory", "strips": "blur"}.items())
def test_looks_are_judged(ask: Ask, run: str, erased: str) -> None:
    said = judge(ask, run, INPUTS[run]).json()
    [found] = [one for way, one in said["trust"]["erased"].items() if way.endswith(erased)]
    assert found["figures"]["deletion area"]["controls"].keys() == {"random", "uniform", "permuted"}
    assert said["block"]["kind"] == "trust"


def test_of_one_token_there_is_nothing_to_judge(ask: Ask) -> None:
    assert judge(ask, "labels", "cat").json() == {"run": "labels", "trust": None, "block": None}


def test_what_cannot_be_judged_is_said(ask: Ask) -> None:
    assert error_of(judge(ask, "blanks", INPUTS["blanks"])) == (422, "no_trust")
    assert error_of(judge(ask, "letters", " ")) == (422, "unfit_input")


@pytest.mark.parametrize("run", ["letters", "labels", "strips"])
def test_the_work_of_judging_is_bounded(served_paths: Any, run: str) -> None:
    metrics, limits = Metrics(), replace(LIMITS, weights=7)
    runs = Runs([Served(run, load(served_paths[run]), limits, metrics)])
    ask = asker(make_app(runs, Access({"localhost"}), limits, metrics))
    assert error_of(judge(ask, run, INPUTS[run])) == (413, "look_too_large")
    runs.stop()


def test_a_text_is_never_the_name_of_something(ask: Ask, served: Any) -> None:
    """`test:1` is an example of the data on the command line; here it is six characters."""
    said = look(ask, "labels", "test:1").json()
    assert said["look"]["text"] == "test:1"
    assert said["look"]["truth"] is None


@pytest.mark.parametrize("named", ["test:1", "/etc/hostname", "file:///etc/hostname", "data:image/png;base64,AAAA"])
@pytest.mark.parametrize("run", ["pictures", "strips"])
def test_an_image_is_never_the_name_of_something(ask: Ask, run: str, named: str) -> None:
    assert error_of(predict(ask, run, named)) == (422, "not_base64")
    assert error_of(predict(ask, run, base64.b64encode(named.encode()).decode())) == (422, "unfit_input")


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"{", (400, "not_json")),
        (b"\xff", (400, "bad_request")),
        (b"[" * 50_000, (400, "bad_request")),
        (b"", (422, "invalid")),
        (b"[]", (422, "invalid")),
        (b'{"run": "letters"}', (422, "invalid")),
        (b'{"run": "letters", "inputs": []}', (422, "invalid")),
        (b'{"run": "letters", "inputs": [1]}', (422, "invalid")),
        (b'{"run": "letters", "inputs": ["a"], "n_best": "2"}', (422, "invalid")),
        (b'{"run": "letters", "inputs": ["a"], "n_best": NaN}', (422, "invalid")),
        (b'{"run": "letters", "inputs": ["a"], "n_best": 17}', (422, "invalid")),
        (b'{"run": "letters", "inputs": ["a"], "more": 1}', (422, "invalid")),
        (b'{"run": "letters", "inputs": ["a"], "\\ud800": 1}', (422, "invalid")),
        (b'{"run": "letters", "inputs": ["\\ud800"]}', (422, "invalid")),
        (json.dumps({"run": "letters", "inputs": ["a"] * 65}).encode(), (422, "invalid")),
        (b'{"run": "../letters", "inputs": ["a"]}', (404, "no_run")),
        (json.dumps({"run": "letters", "inputs": ["a", "b" * 98]}).encode(), (413, "text_too_long")),
        (json.dumps({"run": "pictures", "inputs": ["A" * 27_000]}).encode(), (413, "image_too_large")),
        (json.dumps({"run": "pictures", "inputs": [flat(1, 10_001)]}).encode(), (413, "too_many_pixels")),
        (json.dumps({"run": "pictures", "inputs": [picture()[:80]]}).encode(), (422, "unfit_input")),
        (json.dumps({"run": "blanks", "inputs": ["a <mask> sat", "a cat"]}).encode(), (422, "unfit_input")),
        (b" " * 80_001, (413, "body_too_large")),
    ],
)
def test_what_is_wrong_with_a_body_is_said(ask: Ask, body: bytes, wanted: tuple[int, str]) -> None:
    answer = ask("POST", "/v1/predict", content=body, headers={"Content-Type": "application/json"})
    assert error_of(answer) == wanted


def test_a_message_names_the_field(ask: Ask) -> None:
    assert "`inputs[1]`" in predict(ask, "blanks", "a <mask> sat", "a cat").json()["error"]["message"]
    assert "`inputs[1]`" in predict(ask, "letters", "a", "b" * 98).json()["error"]["message"]
    assert "`inputs[0]`" in ask("POST", "/v1/predict", json={"run": "x", "inputs": [1]}).json()["error"]["message"]


def test_what_cannot_be_seen_is_said(ask: Ask) -> None:
    assert error_of(look(ask, "letters", " ")) == (422, "unfit_input")
    assert error_of(look(ask, "nobody", "a")) == (404, "no_run")


def test_routes_and_methods_that_are_not_there(ask: Ask) -> None:
    assert error_of(ask("GET", "/v2")) == (404, "no_route")
    assert error_of(ask("GET", "/../../etc/passwd")) == (404, "no_route")
    answer = ask("DELETE", "/v1/look")
    assert error_of(answer) == (405, "wrong_method")
    assert answer.headers["allow"] == "POST"


def test_json_must_be_said_to_be_json(ask: Ask) -> None:
    """Otherwise a page of somebody else could send it without asking first."""
    body = json.dumps({"run": "letters", "inputs": ["a"]})
    for headers in ({"Content-Type": "text/plain"}, {}):
        assert error_of(ask("POST", "/v1/predict", content=body, headers=headers)) == (415, "not_json")
    json_too = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert ask("POST", "/v1/predict", content=body, headers=json_too).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:1@evil.example", ""])
def test_another_host_is_refused(ask: Ask, host: str) -> None:
    assert error_of(ask("GET", "/", headers={"Host": host})) == (421, "wrong_host")


def test_a_token_is_asked_for(served_paths: Any) -> None:
    metrics = Metrics()
    runs = Runs([Served("letters", load(served_paths["letters"]), LIMITS, metrics)])
    ask = asker(make_app(runs, Access({"localhost"}, "s3cret-s3cret-s3cret"), LIMITS, metrics))
    assert error_of(ask("GET", "/v1/models")) == (401, "no_token")
    for bad in ("Bearer s3cret", "Basic s3cret-s3cret-s3cret", "s3cret-s3cret-s3cret", "Bearer é"):
        assert error_of(ask("GET", "/metrics", headers={"Authorization": bad.encode()})) == (401, "no_token")
    assert error_of(ask("GET", "/v1/models?token=s3cret-s3cret-s3cret")) == (401, "no_token")
    assert ask("GET", "/v1/models", headers={"Authorization": "Bearer s3cret-s3cret-s3cret"}).status_code == 200
    assert ask("GET", "/healthz").json()["status"] == "ok"
    assert "s3cret" not in ask("GET", "/").text
    runs.stop()


def test_every_answer_has_the_headers(ask: Ask) -> None:
    for path in ("/v1/models", "/nope", "/metrics", "/openapi.json"):
        answer = ask("GET", path)
        assert HEADERS.items() <= dict(answer.headers).items()
        assert "access-control-allow-origin" not in answer.headers


def test_the_page_allows_only_its_own(ask: Ask) -> None:
    answer = ask("GET", "/")
    rules = answer.headers["content-security-policy"]
    assert rules.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in rules
    for rule in ("connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"):
        assert rule in rules


def test_the_openapi_names_the_runs(ask: Ask) -> None:
    described = ask("GET", "/openapi.json").json()
    for shape in ("PredictRequest", "LookRequest"):
        named = described["components"]["schemas"][shape]["properties"]["run"]["enum"]
        assert named == ["letters", "labels", "pictures", "strips", "blanks"]
    assert set(described["paths"]) == {"/v1/models", "/v1/predict", "/v1/look", "/v1/trust", "/healthz", "/metrics"}


def test_every_route_is_counted_by_its_name(ask: Ask) -> None:
    assert set(ask("GET", "/openapi.json").json()["paths"]) <= set(ROUTES)


def test_what_happened_is_counted(ask: Ask) -> None:
    predict(ask, "letters", "a")
    ask("GET", "/made/up")
    text = ask("GET", "/metrics").text
    for line in (
        'saccade_requests_total{route="/v1/predict",status="200"} ',
        'saccade_requests_total{route="other",status="404"} ',
        'saccade_request_seconds_bucket{route="/v1/predict",le="+Inf"} ',
        'saccade_batch_size_count{run="letters"} ',
        'saccade_queue_length{run="letters"} 0',
    ):
        assert f"\n{line}" in text
    assert "/made/up" not in text
