"""The routes, as an ASGI application."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse
from starlette.exceptions import HTTPException

from saccade import __version__
from saccade.server.guard import Access, Guard
from saccade.server.limits import Limits
from saccade.server.metrics import Metrics
from saccade.server.page import Page
from saccade.server.problem import Problem
from saccade.server.served import Runs
from saccade.server.shapes import (
    ErrorAnswer,
    HealthAnswer,
    LookAnswer,
    LookRequest,
    ModelsAnswer,
    PredictAnswer,
    PredictRequest,
    TrustAnswer,
)

# What the guard may say to any request.
_ANYWHERE: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ErrorAnswer, "description": says}
    for status, says in {
        400: "The request is not HTTP, or its body is not JSON.",
        401: "The server has a token, and the request has not.",
        408: "The request came too slowly.",
        413: "The request, a text or an image is too large.",
        421: "The server is not asked by its name.",
        500: "The server failed.",
    }.items()
}
_OF_MODELS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ErrorAnswer, "description": says}
    for status, says in {
        404: "There is no such run.",
        415: "The body is not said to be JSON.",
        422: "A member of the body is not what it must be, or an input can't be read.",
        429: "Too many inputs wait; `Retry-After` says for how many seconds to stay away.",
        503: "There was no answer in time, or the server stops.",
    }.items()
}


def make_app(runs: Runs, access: Access, limits: Limits, metrics: Metrics) -> FastAPI:
    """The application that serves runs.

    Args:
        runs: To be served.
        access: Who may ask.
        limits: How much.
        metrics: What is counted.
    """
    app = FastAPI(
        title="Saccade",
        version=__version__,
        summary="Trained models that answer, and show where they looked.",
        # Their pages would ask other machines for scripts.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=_ANYWHERE,
        separate_input_output_schemas=False,
    )
    app.add_middleware(Guard, access=access, limits=limits, metrics=metrics)
    _add_handlers(app)
    _add_routes(app, runs, metrics)
    _name_runs(app, runs.names)
    return app


def _add_routes(app: FastAPI, runs: Runs, metrics: Metrics) -> None:
    page = Page()

    @app.get("/v1/models", summary="The runs that are served")
    async def models() -> ModelsAnswer:
        return ModelsAnswer(models=runs.described())

    @app.post("/v1/predict", summary="Answer texts or images", responses=_OF_MODELS)
    async def predict(request: PredictRequest) -> PredictAnswer:
        results = await runs.named(request.run).predict(request.inputs, request.n_best)
        return PredictAnswer(run=request.run, results=results)

    @app.post("/v1/look", summary="Show where a model looked", responses={**_OF_MODELS, 200: {"model": LookAnswer}})
    async def look(request: LookRequest) -> Response:
        return Response(await runs.named(request.run).look(request.input), media_type="application/json")

    @app.post(
        "/v1/trust",
        summary="Say how far a look can be trusted",
        responses={**_OF_MODELS, 200: {"model": TrustAnswer}},
    )
    async def trust(request: LookRequest) -> Response:
        return Response(await runs.named(request.run).trust(request.input), media_type="application/json")

    @app.get("/healthz", summary="Whether the server is there")
    async def healthz() -> HealthAnswer:
        return HealthAnswer(status="ok", version=__version__)

    @app.get("/metrics", summary="Counts for Prometheus", response_class=PlainTextResponse)
    async def counts() -> PlainTextResponse:
        return PlainTextResponse(metrics.text(runs.waiting), headers={"content-type": "text/plain; version=0.0.4"})

    @app.get("/", include_in_schema=False)
    async def try_it() -> HTMLResponse:
        return HTMLResponse(page.text, headers={"content-security-policy": page.policy})

    @app.get("/favicon.ico", include_in_schema=False)
    async def no_picture() -> Response:
        return Response(status_code=204)


def _add_handlers(app: FastAPI) -> None:
    @app.exception_handler(Problem)
    async def of_problem(_: Request, problem: Problem) -> Response:
        return _told(problem)

    @app.exception_handler(RequestValidationError)
    async def of_body(_: Request, error: RequestValidationError) -> Response:
        return _told(_of_validation(error.errors()[0]))

    @app.exception_handler(HTTPException)
    async def of_http(request: Request, error: HTTPException) -> Response:
        return _told(_of_http(error, request))


def _told(problem: Problem) -> Response:
    return Response(problem.body, problem.status, problem.headers, media_type="application/json")


def _of_validation(detail: Any) -> Problem:
    """The first thing that is wrong with a body."""
    if detail["type"] == "json_invalid":
        said = detail.get("ctx", {}).get("error", detail["msg"])
        return Problem(400, "not_json", f"The body is not JSON: {said}.", "Send an object, as /openapi.json says.")
    field = ""
    for part in detail["loc"][1:]:
        field += f"[{part}]" if isinstance(part, int) else f".{part:.40}"
    where = f"`{field.removeprefix('.')}`" if field else "The body"
    hint = "See /openapi.json for what is allowed."
    if not field and detail["type"] != "missing":
        hint = "Send a JSON object with the header `Content-Type: application/json`; /openapi.json says of what shape."
    return Problem(422, "invalid", f"{where}: {detail['msg']}.", hint)


def _of_http(error: HTTPException, request: Request) -> Problem:
    path, method = f"{request.url.path:.100}", request.method
    if error.status_code == 404:
        return Problem(404, "no_route", f"There is no {path}.", "The page is at /, the interface in /openapi.json.")
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        says = f"{path} does not answer {method:.20}."
        return Problem(405, "wrong_method", says, f"Use {allowed}.", error.headers)
    return Problem(error.status_code, "bad_request", "The body can't be read.", "Send JSON, as /openapi.json says.")


def _name_runs(app: FastAPI, names: Sequence[str]) -> None:
    """Name the runs in the OpenAPI; another name is answered by 404 all the same."""
    described = app.openapi()
    for shape in ("PredictRequest", "LookRequest"):
        described["components"]["schemas"][shape]["properties"]["run"]["enum"] = list(names)
