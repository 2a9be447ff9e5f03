// On a patient's card: the upcoming ticket, and a ticket that the desk gives, also beyond the cap.

import { Refused } from "/api.js";
import { momentName, timeOf, today } from "/dates.js";
import { field, opened } from "/desk/fields.js";
import { carryOut } from "/desk/stale.js";
import { isToCome, momentOf, readTime } from "/desk/times.js";
import { askHere } from "/desk/whereabouts.js";
import { details, make } from "/dom.js";
import { serve } from "/forms.js";
import { load } from "/page.js";
import { secondStep } from "/second_step.js";
import { SIGN_IN_BESIDE } from "/texts.js";

const REFUSED = {
  not_attached: ["time", "Участка пациента больше нет. Исправьте участок в списке прикреплённых."],
  policy_expired: ["day", "В этот день полис уже не действует. Выберите день раньше."],
  slot_taken: ["time", "На это время у врача уже есть талон. Выберите другое."],
  slot_withdrawn: ["time", "Это время прошло, или врача в этот день нет. Выберите другое."],
};
const WRITE_TIME = "Напишите время так: 09:20.";
const NOT_STANDING = ["cancelled", "withdrawn"];
const GIVEN_MEANWHILE = {
  not_found: "Пациента больше нет в списке прикреплённых.",
  ticket_limit_reached: "У пациента уже есть талон. Чтобы выдать другой, сначала отмените его.",
};
const GONE = {
  not_found: "Этого талона уже нет.",
  too_late: "Этот талон уже нельзя отменить: его время наступило.",
};

// Make the section of the ticket.
export function ticketOf(whole) {
  const { attached, ticket } = whole.patient;
  return make("section", {},
    make("h4", {}, "Талон"),
    ticket ? [ticketDetails(ticket), removalOf(ticket, whole)] : make("p", {}, "Нет."),
    !ticket && attached ? givingOf(whole) : null);
}

function ticketDetails({ doctor_name: doctor, room, starts_at: startsAt }) {
  const href = `/desk/day.html?date=${startsAt.slice(0, 10)}`;
  return details([
    ["Когда", make("a", { href }, momentName(startsAt))],
    ["Врач", doctor],
    ["Кабинет", room],
  ]);
}

function removalOf(ticket, { name, refresh }) {
  const path = `/api/desk/tickets/${encodeURIComponent(ticket.ticket_id)}`;
  return secondStep({
    name: "Отменить талон",
    whom: name,
    told: ["Время освободится. Пациенту с личным кабинетом придёт письмо."],
    button: "Отменить",
    act: () => carryOut(() => askHere(`DELETE ${path}`),
      () => `Талон отменён: ${momentName(ticket.starts_at)}.`, GONE, refresh),
  });
}

// Give a time of the patient's district; the times of the chosen day are shown as a help.
function givingOf(whole) {
  const id = whole.patient.patient_id;
  const day = make("input", { id: `day-${id}`, name: "day", type: "date", required: true });
  // Not of the type "time", which asks for morning or afternoon where the browser is English.
  const time = make("input", {
    id: `time-${id}`, name: "time", required: true, maxlength: "5", autocomplete: "off",
  });
  const times = make("div", {});
  const showTimes = () => {
    times.replaceChildren(); // Nobody is to choose a time of another day.
    return day.value && load(
      times, () => fillTimes(times, day, time, whole), { session_required: SIGN_IN_BESIDE });
  };
  day.value = today();
  day.addEventListener("change", showTimes);
  const step = opened("Выдать талон", whole.name, formOf(day, times, time, showTimes, whole));
  step.addEventListener("toggle", showTimes, { once: true });
  return step;
}

function formOf(day, times, time, showTimes, whole) {
  const form = make("form", { method: "post" },
    field("День", day),
    times,
    field("Время", time, "Например, 09:20. Можно выдать и на другое время: сверх нормы."),
    make("button", { type: "submit" }, "Выдать талон"),
    make("output"));
  serve(form, {
    act: (typed) => give(typed, whole),
    fields: REFUSED,
    refused: ({ code }) => code in REFUSED && showTimes(),
  });
  return form;
}

async function give({ day, time }, { patient, refresh }) {
  const at = readTime(time);
  if (at === null) {
    throw new Refused("invalid_request", { errors: [{ pointer: "/time", detail: WRITE_TIME }] });
  }
  const wanted = { patient_id: patient.patient_id, starts_at: momentOf(day, at) };
  await carryOut(() => askHere("POST /api/desk/tickets", wanted),
    () => `Талон выдан: ${momentName(wanted.starts_at)}.`, GIVEN_MEANWHILE, refresh);
}

async function fillTimes(place, day, time, { patient }) {
  const asked = day.value;
  const { districts } = await askHere(`GET /api/desk/days/${asked}`);
  const own = districts.find((one) => one.district_id === patient.district_id);
  if (asked !== day.value) {
    return; // Another day was chosen meanwhile, and comes in its turn.
  }
  if (!own) {
    place.replaceChildren(make("p", {}, "Участка этого пациента больше нет."));
    return;
  }
  const free = own.free.filter(isToCome).map(timeOf);
  const standing = own.tickets.filter(({ status }) => !NOT_STANDING.includes(status));
  const taken = standing.map((one) => timeOf(one.starts_at));
  place.replaceChildren(
    own.absent ? make("p", { class: "problem" }, "Врача в этот день нет.") : "",
    make("p", {}, free.length ? "Свободно онлайн:" : "Свободного времени онлайн нет."),
    make("ul", { class: "times", role: "list" },
      free.map((one) => make("li", {}, choiceOf(one, time)))),
    taken.length ? make("p", {}, `Занято: ${taken.join(", ")}.`) : "");
}

// A button that types a time.
function choiceOf(text, time) {
  const button = make("button", { type: "button", class: "second" }, text);
  button.addEventListener("click", () => {
    time.value = text;
    time.focus();
  });
  return button;
}
