"""What the OpenAPI promises, held against what the routes do by schemathesis."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

# The model's thread may draw numbers while a strategy is at work, which hypothesis takes for the strategy's.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)
load_all_checks()
# A string is what the OpenAPI asks for, but not every string is an image.
LEFT_OUT = [CHECKS.get_one("positive_data_acceptance")]
POST = [("POST", "/v1/predict"), ("POST", "/v1/look"), ("POST", "/v1/trust")]
ROUTES = [*POST, ("GET", "/v1/models"), ("GET", "/healthz"), ("GET", "/metrics")]


def keep(app: Any, method: str, path: str, mode: GenerationMode, examples: int) -> None:
    """Ask as the OpenAPI says, or says not, and hold the answers against it."""
    described = schemathesis.openapi.from_asgi("/openapi.json", app, headers={"Host": "localhost"})

    @given(case=described[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def kept(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Host": "localhost"})
        case.validate_response(answer, excluded_checks=LEFT_OUT)
        if answer.status_code >= 400:
            assert set(answer.json()["error"]) == {"code", "message", "hint"}

    kept()


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_the_openapi_is_kept(served: Any, method: str, path: str) -> None:
    keep(served, method, path, GenerationMode.POSITIVE, 3)


@pytest.mark.parametrize(("method", "path"), POST)
def test_what_the_openapi_forbids_is_refused(served: Any, method: str, path: str) -> None:
    keep(served, method, path, GenerationMode.NEGATIVE, 7)


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), POST)
def test_a_thousand_requests_break_nothing(served: Any, method: str, path: str, mode: GenerationMode) -> None:
    keep(served, method, path, mode, 250)
