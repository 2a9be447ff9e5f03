"""PUT /api/desk/patients: the desk takes the attachment register over."""

from aws_lambda_powertools.event_handler import Response

from shared import clock
from shared.api import create_app, entry_point, ok
from shared.card_views import ImportedView
from shared.desk_api import actor
from shared.errors import SessionRequired
from shared.outcomes import outcomes
from shared.register import LARGEST_FILE, MEDIA_TYPE, read_sheet
from shared.settings import settings
from shared.table import districts, register, sessions

app = create_app()
OUTCOMES = outcomes(200, refusals=(SessionRequired,), takes=MEDIA_TYPE)


@app.put("/api/desk/patients", openapi_extensions=OUTCOMES)
def import_patients() -> Response[ImportedView]:
    """Take over every good line of a file, and say which lines are not and why."""
    who, now = actor(app), clock.now()
    sessions.require(who.session, now)
    known = {district.district_id: district for district in districts.all_districts()}
    sheet = read_sheet(app.current_event.body or "", known, settings().day_of(now))
    taken = register.take_over(who, sheet.lines, now)
    return ok(ImportedView.of(taken, sheet.rejected))


lambda_handler = entry_point(app, MEDIA_TYPE, LARGEST_FILE)
