// A day's tickets as tables: who is expected at which doctor's, who came, and what is still free.

import { ask } from "/api.js";
import { dayName, shortDate, timeOf, today } from "/dates.js";
import { carryOut, unlessStale } from "/desk/stale.js";
import { tableOf } from "/desk/table.js";
import { isToCome } from "/desk/times.js";
import { cardLink } from "/desk/whereabouts.js";
import { make } from "/dom.js";
import { serve } from "/forms.js";
import { secondStep } from "/second_step.js";
import { DESK_TICKET_STATUS, fullName } from "/texts.js";

const COLUMNS = ["Время", "Пациент", "Дата рождения", "Полис", "Состояние"];
const STANDING = ["booked", "arrived", "no_show"]; // Statuses of tickets that can still change.
const OUTCOMES = { arrived: "Пришёл", no_show: "Не пришёл" };
const STALE = {
  not_found: "Этого талона уже нет. Список обновлён.",
  too_late: "Этот талон уже нельзя изменить: он отменён или его время наступило. Список обновлён.",
};

// Make what is shown of a day. `refresh` shows the day anew, and says a sentence.
export function tablesOf(day, districts, refresh) {
  if (!districts.length) {
    return [make("p", {}, "Участков ещё нет. ", make("a", { href: "/desk/districts.html" },
      "Заведите первый участок."))];
  }
  const whole = { day, refresh, title: `${dayName(day)} ${day.slice(0, 4)} г.` };
  return [
    make("h2", { class: "screen" }, whole.title),
    ...districts.map((district) => sectionOf(district, whole)),
  ];
}

function sectionOf(district, whole) {
  const { doctor_name: doctor, name, room, tickets } = district;
  const free = district.free.filter(isToCome);
  const deeds = make("th", { scope: "col", class: "screen" }, "Действия");
  // A doctor needs no empty sheet.
  return make("section", { class: tickets.length ? "district sheet" : "district screen" },
    make("h3", {}, name),
    make("p", { class: "on-paper" }, whole.title),
    make("p", {}, doctor ? `${doctor}, кабинет ${room}` : "Постоянного врача нет."),
    district.absent ? make("p", { class: "problem" }, "Врача в этот день нет.") : null,
    tickets.length
      ? tableOf(name, [...COLUMNS, deeds], tickets.map((ticket) => rowOf(ticket, whole)))
      : make("p", {}, "Талонов нет."),
    free.length
      ? make("p", { class: "screen" }, `Свободно: ${free.map(timeOf).join(", ")}`)
      : null);
}

function rowOf(ticket, whole) {
  const { beyond_cap: isBeyondCap, patient, starts_at: startsAt } = ticket;
  const last4 = patient.policy_last4;
  const status = make("td", {});
  return make("tr", {},
    make("td", {}, timeOf(startsAt), isBeyondCap ? make("div", {}, "сверх нормы") : null),
    make("th", { scope: "row" }, patient.last_name ? cardLink(patient) : fullName(patient)),
    make("td", {}, patient.birth_date ? shortDate(patient.birth_date) : ""),
    make("td", {}, last4 ? `…${last4}` : ""),
    status,
    make("td", { class: "screen" }, outcomesOf(ticket, whole, status), removalOf(ticket, whole)));
}

// Buttons for what became of the ticket; the row tells it in its `status`, and keeps the focus.
function outcomesOf(ticket, whole, status) {
  status.textContent = DESK_TICKET_STATUS[ticket.status];
  if (!STANDING.includes(ticket.status) || whole.day > today()) {
    return null;
  }
  const buttons = Object.keys(OUTCOMES).map((outcome) => make("button", {
    type: "submit",
    value: outcome,
    "aria-label": `${OUTCOMES[outcome]}: ${nameOf(ticket)}`,
  }, OUTCOMES[outcome]));
  const form = make("form", { method: "post", class: "deeds" }, buttons, make("output"));
  const note = (noted) => {
    status.textContent = DESK_TICKET_STATUS[noted];
    buttons.forEach((button) => {
      button.className = button.value === noted ? "chosen" : "second";
      button.setAttribute("aria-pressed", String(button.value === noted));
    });
  };
  note(ticket.status);
  serveOutcomes(form, buttons, ticket, whole, note);
  return form;
}

function serveOutcomes(form, buttons, ticket, { refresh }, note) {
  let chosen = null; // Older browsers do not tell a form which of its buttons was pressed.
  buttons.forEach((button) => button.addEventListener("click", () => {
    chosen = button.value;
  }));
  const noteOutcome = async () => {
    const path = `/api/desk/tickets/${encodeURIComponent(ticket.ticket_id)}/outcome`;
    note((await ask(`POST ${path}`, { outcome: chosen })).status);
  };
  serve(form, {
    act: async () => {
      const isDone = await unlessStale(noteOutcome, STALE, (text) => refresh(text, true));
      return isDone ? "Отмечено." : "";
    },
  });
}

function removalOf(ticket, { refresh }) {
  if (!STANDING.includes(ticket.status) || !isToCome(ticket.starts_at)) {
    return null;
  }
  const name = nameOf(ticket);
  const path = `/api/desk/tickets/${encodeURIComponent(ticket.ticket_id)}`;
  return secondStep({
    name: "Отменить талон",
    whom: name,
    told: ["Время освободится. Пациенту с личным кабинетом придёт письмо."],
    button: "Отменить",
    act: () => carryOut(() => ask(`DELETE ${path}`),
      () => `Талон отменён: ${name}.`, STALE, refresh),
  });
}

function nameOf({ patient, starts_at: startsAt }) {
  return `${fullName(patient)}, ${timeOf(startsAt)}`;
}
