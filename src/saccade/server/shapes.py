"""What goes in and comes out as JSON, exactly enough for the OpenAPI."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from saccade.server.limits import INPUTS, N_BEST


class Shape(BaseModel):
    """JSON of a known shape, with no other members, and no text taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True)


def whole(text: str) -> str:
    """Refuse half of a character (a lone surrogate), which JSON can say, but no text can hold.

    Raises:
        ValueError: There is one.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("it has half of a character (a lone surrogate)")
    return text


Text = Annotated[str, AfterValidator(whole)]
RunName = Annotated[Text, Field(description="The name of a run, one of `/v1/models`.", max_length=1_000)]
Input = Annotated[Text, Field(description="A text; or, for a run that reads images, an image's file in base64.")]


class PredictRequest(Shape):
    """Inputs to be answered."""

    run: RunName
    inputs: Annotated[list[Input], Field(min_length=1, max_length=INPUTS)]
    n_best: Annotated[int, Field(ge=1, le=N_BEST, description="How many answers to each, as `/v1/models` allows.")] = 1


class LookRequest(Shape):
    """One input to be looked at, or whose look is to be judged."""

    run: RunName
    input: Input


class Answer(Shape):
    """One answer to an input.

    Attributes:
        output: A text, or a label.
        score: What the answers are ranked by.
        probability: As the model says.
    """

    output: str
    score: float
    probability: Annotated[float, Field(ge=0, le=1)]


class Result(Shape):
    """What a model made of one input.

    Attributes:
        output: The best answer; empty where there is none.
        answers: Best first.
        blanks: Of a masked text: for each blank its guesses, best first.
        unknown: What of a text the model never saw.
    """

    output: str
    answers: list[Answer]
    blanks: list[list[Answer]] | None = None
    unknown: list[str] | None = None


class PredictAnswer(Shape):
    """A result for each input, in their order."""

    run: str
    results: list[Result]


class LookAnswer(Shape):
    """Where a model looked: as `saccade look --json` says it, and as the page draws it."""

    run: str
    output: str
    look: dict[str, Any]
    block: dict[str, Any]


class TrustAnswer(Shape):
    """How far a look can be trusted: as `saccade look --trust --json` says it, and as the page draws it.

    Attributes:
        trust: None where there is nothing to judge: one token alone, or gates that don't lie over the image.
    """

    run: str
    trust: dict[str, Any] | None
    block: dict[str, Any] | None


class ModelAnswer(Shape):
    """A run that is served.

    Attributes:
        name: As requests name it.
        reads: What its inputs are.
        looks: Whether there is anything to see.
        judged: Whether it can be said how far to trust that.
        n_best: Most answers to one input.
        characters: Most of a text.
        image_bytes: Most of an image's file.
        pixels: Most of an image.
    """

    name: str
    task: str
    reads: Literal["text", "image"]
    looks: bool
    judged: bool
    n_best: int
    characters: int
    image_bytes: int
    pixels: int


class ModelsAnswer(Shape):
    """The runs that are served."""

    models: list[ModelAnswer]


class HealthAnswer(Shape):
    """The server is there."""

    status: Literal["ok"]
    version: str


class Error(Shape):
    """What is wrong.

    Attributes:
        code: A word for programs, which stays the same.
        message: For people.
        hint: What to do about it.
    """

    code: str
    message: str
    hint: str


class ErrorAnswer(Shape):
    """What every request gets that has no other answer."""

    error: Error
