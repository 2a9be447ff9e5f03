"""What the desk and the schedules do over and over while it is timed, in the scene of the deeds."""

from bench.deeds import HOLDER, Deed, Scene
from shared import keys
from tests.stack.desk import Clerk


def desk_deeds(scene: Scene, clerk: Clerk) -> list[Deed]:
    """Return what a clerk does with the holder's day and row, and what the schedules do.

    The search is by name, as it asks an index; the reminders are due where tomorrow is the first
    day with slots.
    """
    desk = scene.browser(clerk)
    by_name = {"last_name": HOLDER.last_name, "birth_date": str(HOLDER.birth_date)}
    search, day = "POST /api/desk/patients/search", scene.ticket.place.day
    grown = "GET /api/desk/patients/grown-children"
    session, reminded = keys.session(clerk.session), keys.patient(scene.expected.patient_id)
    shown = session, *scene.held
    return [
        desk.ask("list a day", "list_day", f"GET /api/desk/days/{day}", None, *shown),
        desk.ask("find a patient by name", "search_patients", search, by_name, *shown),
        desk.ask("list the grown children", "list_grown_children", grown, None, session),
        Deed("call for the reminders", "send_reminders", {}, [reminded]),
        Deed("warn of due profiles", "chase_confirmations", {}),
    ]
