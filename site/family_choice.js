// The first step to a ticket: who needs one (R7). Below it, the tickets the family has and had.

import { dateName, dayOf, momentName, timeOf } from "/dates.js";
import { make } from "/dom.js";
import { fullName } from "/texts.js";
import { patientName, statusOf, ticketAddress, timesAddress } from "/ticket_words.js";

const SHOWN_PAST = 5; // The others are folded away.

// The members to choose from, and the tickets.
export function choiceOf({ family }, { upcoming, past }) {
  return [
    make("h2", { id: "who" }, "Выберите, кому нужен талон"),
    make("ul", { class: "plain", role: "list", "aria-labelledby": "who" }, family.map(memberOf)),
    make("p", {}, "Нет нужного человека? Добавьте его на странице ",
      make("a", { href: "/family.html" }, "«Семья»"), "."),
    make("h2", {}, "Взятые талоны"),
    upcoming.length
      ? make("ul", { class: "plain", role: "list" }, upcoming.map((one) => upcomingOf(one, family)))
      : make("p", {}, "Сейчас взятых талонов нет."),
    ...pastOf(past, family),
  ];
}

function memberOf(member) {
  const { patient_id: patientId, ticket } = member;
  const href = timesAddress({ patientId });
  const link = make("a", { class: "choice-link", "data-step": true, href },
    make("strong", {}, fullName(member)), " ", make("span", {}, placeOf(member)));
  const taken = ticket && make("p", {}, "Талон взят: ",
    make("a", { href: ticketAddress(ticket.ticket_id) }, momentName(ticket.starts_at)));
  return make("li", {}, link, taken);
}

function placeOf({ attached, district }) {
  if (!attached) {
    return "Прикрепление не найдено";
  }
  const doctor = district?.doctor_name ? `врач ${district.doctor_name}` : "постоянного врача нет";
  return district ? `${district.name}, ${doctor}` : "";
}

function upcomingOf(ticket, family) {
  return make("li", { class: "row" },
    make("a", { href: ticketAddress(ticket.ticket_id) }, momentName(ticket.starts_at)),
    make("span", {}, patientName(family, ticket.patient_id)));
}

function pastOf(past, family) {
  if (!past.length) {
    return [];
  }
  const rows = past.map((ticket) => make("li", { class: "row" },
    make("a", { href: ticketAddress(ticket.ticket_id) },
      `${dateName(dayOf(ticket.starts_at))}, ${timeOf(ticket.starts_at)}`),
    make("span", {}, patientName(family, ticket.patient_id)),
    make("span", { class: "faint" }, statusOf(ticket, false))));
  const folded = rows.slice(SHOWN_PAST);
  return [
    make("h2", {}, "Прошлые талоны"),
    make("ul", { class: "plain", role: "list" }, rows.slice(0, SHOWN_PAST)),
    folded.length ? make("details", {}, make("summary", {}, "Более ранние талоны"),
      make("ul", { class: "plain", role: "list" }, folded)) : null,
  ].filter(Boolean);
}
