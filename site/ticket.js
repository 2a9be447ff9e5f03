// Shows one ticket: to print, to take into a calendar, to move, to give back.

import { ask } from "/api.js";
import { CLINIC } from "/clinic.js";
import { dayName, dayOf, timeOf } from "/dates.js";
import { details, focusOn, isPlainClick, make } from "/dom.js";
import { serve } from "/forms.js";
import { go, load, say } from "/page.js";
import { sentence } from "/texts.js";
import {
  patientName, phoneLink, statusOf, ticketAddress, timesAddress,
} from "/ticket_words.js";

const ENDED = ["too_late", "not_found"];
const NO_LONGER = { not_found: "Этого талона уже нет." };

const place = document.getElementById("ticket");
const heading = document.querySelector("h1");

async function show() {
  const id = new URLSearchParams(location.search).get("id");
  const [{ family }, { upcoming, past }] = await Promise.all(
    [ask("GET /api/account"), ask("GET /api/tickets")]);
  const isWanted = (ticket) => ticket.ticket_id === id;
  const ticket = upcoming.find(isWanted) ?? past.find(isWanted);
  place.replaceChildren(...(ticket ? partsOf(ticket, family, upcoming.includes(ticket))
    : missing()));
}

function partsOf(ticket, family, isUpcoming) {
  const paper = paperOf(ticket, patientName(family, ticket.patient_id), isUpcoming);
  if (!isUpcoming) {
    return [paper, toTickets("Взять новый талон", { patientId: ticket.patient_id })];
  }
  const isAsked = new URLSearchParams(location.search).get("step") === "cancel";
  return [paper, ...(isAsked ? questionOf(ticket) : deedsOf(ticket))];
}

function missing() {
  return [
    make("p", {}, "Такого талона в Вашем личном кабинете нет. Возможно, адрес набран с ошибкой " +
      "или родственник больше не в составе семьи."),
    toTickets("Все талоны", {}),
  ];
}

function toTickets(text, step) {
  return make("p", { class: "screen" },
    make("a", { class: "button second", href: timesAddress(step) }, text));
}

function paperOf(ticket, name, isUpcoming) {
  const { starts_at: startsAt } = ticket;
  const day = dayOf(startsAt);
  return make("article", { class: "card paper" },
    make("p", { class: "when" },
      make("time", { datetime: startsAt },
        make("span", {}, `${dayName(day)} ${day.slice(0, 4)} г.`), ", ",
        make("span", { class: "hour" }, timeOf(startsAt)))),
    details([
      ["Кому", name],
      ["Врач", ticket.doctor_name],
      ["Кабинет", ticket.room],
      ["Поликлиника", CLINIC.name],
      ["Регистратура", phoneLink()],
      ["Состояние", statusOf(ticket, isUpcoming)],
    ]));
}

function deedsOf(ticket) {
  const { ticket_id: moveId, patient_id: patientId } = ticket;
  const print = make("button", { type: "button" }, "Напечатать");
  print.addEventListener("click", () => window.print());
  const calendar = `/api/tickets/${encodeURIComponent(moveId)}/calendar`;
  const cancel = make("a", { class: "button danger", href: ticketAddress(moveId, "cancel") },
    "Отменить");
  cancel.addEventListener("click", onStep);
  return [
    make("div", { class: "buttons screen" },
      print,
      make("a", { class: "button second", href: calendar, download: true },
        "Добавить в календарь")),
    make("div", { class: "buttons screen" },
      make("a", { class: "button second", href: timesAddress({ patientId, moveId }) }, "Перенести"),
      cancel),
  ];
}

// Whether to give the ticket back.
function questionOf(ticket) {
  const { ticket_id: id } = ticket;
  const form = make("form", { method: "post" },
    make("button", { type: "submit", class: "danger" }, "Да, отменить талон"), make("output"));
  serve(form, {
    act: async () => {
      await ask(`DELETE /api/tickets/${encodeURIComponent(id)}`);
      go("/tickets.html", "Талон отменён.");
    },
    refused: ({ code }) => ENDED.includes(code) && showEnded(id, code),
  });
  const stay = make("a", { class: "button second", href: ticketAddress(id) }, "Оставить талон");
  stay.addEventListener("click", onStep);
  return [make("section", { class: "screen" },
    make("h2", {}, "Отменить талон?"),
    make("p", {}, "Это время сможет взять другой пациент. Вернуть талон будет нельзя, но можно " +
      "взять новый, если останется свободное время."),
    form, stay)];
}

// The ticket is not what this page thought: show it as it is, and say why nothing was done.
async function showEnded(id, code) {
  history.replaceState(null, "", ticketAddress(id));
  place.replaceChildren();
  await load(place, show);
  say(sentence({ code }, NO_LONGER), true);
}

// Ask, or ask no more, without loading the page again.
function onStep(event) {
  if (isPlainClick(event)) {
    event.preventDefault();
    history.pushState(null, "", event.currentTarget.href);
    turn();
  }
}

async function turn() {
  say("");
  await load(place, show);
  focusOn(place.querySelector("h2") ?? heading);
}

window.addEventListener("popstate", turn);
load(place, show);
