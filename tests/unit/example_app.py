"""A small HTTP function made the way all of them are, with each thing that can happen to one."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from shared.api import (
    accepted,
    attachment,
    create_app,
    created,
    entry_point,
    no_content,
    no_session_cookie,
    ok,
    session,
    session_cookie,
)
from shared.errors import SlotTaken
from shared.forms import PersonForm
from tests.unit.builders import ACCOUNT_ID

SECRET = "s" * 43
FILE = "BEGIN:VCALENDAR\r\nSUMMARY:Поликлиника № 1\r\nEND:VCALENDAR\r\n"

app = create_app()


class Named(BaseModel):
    """What the routes below answer."""

    name: str


@app.post("/api/people")
def add_person(form: PersonForm) -> Response[Named]:
    return created(Named(name=form.last_name), session_cookie(ACCOUNT_ID, SECRET))


@app.get("/api/session")
def show_session() -> Response[Named]:
    key = session(app)
    return ok(Named(name=f"{key.account_id}/{key.digest}"))


@app.delete("/api/session")
def end_session() -> Response[None]:
    return no_content(no_session_cookie())


@app.get("/api/file")
def take_file() -> Response[str]:
    return attachment(FILE, "text/calendar; charset=utf-8", "ticket.ics")


@app.post("/api/requests")
def ask() -> Response[Named]:
    return accepted(Named(name="Иванова"))


@app.post("/api/refusals")
def refuse() -> Response[None]:
    raise SlotTaken


@app.post("/api/failures")
def fail() -> Response[None]:
    body = app.current_event.json_body
    raise RuntimeError(body) from ValueError(body)


@app.get("/api/broken-promises")
def break_promise() -> Response[Named]:
    wrong: Any = {"nom": "Иванова"}
    return ok(wrong)


_handler = entry_point(app)


def call(event: dict[str, Any]) -> dict[str, Any]:
    """Answer a request the way Lambda has it answered."""
    return _handler(event, LambdaContext())
