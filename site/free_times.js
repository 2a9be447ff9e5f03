// The second step to a ticket: the free times of the district's doctor, day by day (R7); where
// there are none, why, and what to do instead (R9, R10).

import { dayName, dayOf, momentName, timeOf } from "/dates.js";
import { details, make } from "/dom.js";
import { fullName } from "/texts.js";
import { phoneLink, ticketAddress, timesAddress } from "/ticket_words.js";

const WHY_NONE = {
  not_attached:
    "Этого пациента нет в списке прикреплённых к нашей поликлинике, поэтому взять талон нельзя.",
  no_permanent_doctor:
    "На этом участке сейчас нет постоянного врача. Талон можно получить только в регистратуре.",
  doctor_absent:
    "Врач сейчас не принимает. Талон можно получить только в регистратуре.",
};
const NOTHING_FREE = "Свободных талонов сейчас нет.";
const REFERRAL = "К врачам-специалистам направляет участковый врач.";

// Who needs the ticket, and whom it is to.
export function whomOf(member, slots) {
  return [
    ["Кому", fullName(member)],
    ["Врач", slots.doctor_name],
    ["Кабинет", slots.room],
  ];
}

// The times to choose from; with `moved`, in place of that ticket's.
export function timesOf({ member, slots }, moved = null) {
  const days = slots.days.filter((day) => day.slots.some((slot) => slot.free));
  const step = { patientId: member.patient_id, moveId: moved?.ticket_id };
  return [
    details(whomOf(member, slots)),
    moved ? moveOf(moved) : anotherMember(),
    ...(days.length ? slots.days.map((day) => dayPart(day, step)) : [noneOf(slots)]),
    ...(days.length ? otherwise(slots) : []),
    make("p", { class: "faint" }, REFERRAL),
  ];
}

// The ticket that a member has already: there is one at most, so no times are offered.
export function heldOf({ member }) {
  const { patient_id: patientId, ticket } = member;
  return [
    make("article", { class: "card" },
      make("p", { class: "when" }, momentName(ticket.starts_at)),
      details(whomOf(member, ticket))),
    make("p", { class: "buttons" },
      make("a", { class: "button", href: ticketAddress(ticket.ticket_id) }, "Открыть талон"),
      make("a", {
        class: "button second", "data-step": true,
        href: timesAddress({ patientId, moveId: ticket.ticket_id }),
      }, "Перенести"),
      make("a", { class: "button danger", href: ticketAddress(ticket.ticket_id, "cancel") },
        "Отменить")),
    anotherMember(),
    make("p", { class: "faint" }, REFERRAL),
  ];
}

// What is shown instead of somebody who is no member of the family any more.
export function nobodyOf() {
  return [
    make("p", {}, "Этого человека в Вашем личном кабинете нет."),
    anotherMember(),
  ];
}

function anotherMember() {
  return make("p", {},
    make("a", { "data-step": true, href: timesAddress({}) }, "Выбрать другого пациента"));
}

function moveOf(ticket) {
  return make("div", { class: "notice" },
    make("p", {}, `Сейчас талон на это время: ${momentName(ticket.starts_at)}. Оно останется за ` +
      "пациентом, пока Вы не возьмёте новое."),
    make("p", {}, make("a", { href: ticketAddress(ticket.ticket_id) }, "Оставить как есть")));
}

function dayPart({ date, slots }, step) {
  const free = slots.filter((slot) => slot.free);
  return make("section", {},
    make("h2", { class: "day" }, dayName(date)),
    free.length
      ? make("ul", { class: "times", role: "list" }, free.map((slot) => timeLink(slot, step)))
      : make("p", { class: "faint" }, "Все талоны на этот день взяты."));
}

function timeLink({ slot_id: slotId, starts_at: startsAt }, step) {
  return make("li", {}, make("a", {
    class: "button", "data-step": true, "data-slot": slotId,
    href: timesAddress({ ...step, slotId }),
    "aria-label": `${timeOf(startsAt)}, ${dayName(dayOf(startsAt))}`,
  }, timeOf(startsAt)));
}

function noneOf(slots) {
  const { reason, next_release_at: nextAt } = slots;
  return make("section", { class: "card" },
    make("p", {}, WHY_NONE[reason] ?? NOTHING_FREE),
    nextAt ? make("p", {}, `Новые талоны появятся: ${momentName(nextAt)}.`) : null,
    make("p", {}, nextAt ? "Если ждать нельзя, позвоните в регистратуру: "
      : "Позвоните в регистратуру: ", phoneLink(slots.registry_phone), "."));
}

function otherwise({ next_release_at: nextAt, registry_phone: phone }) {
  return [
    make("h2", {}, "Если время не подходит"),
    nextAt ? make("p", {}, `Новые талоны появятся: ${momentName(nextAt)}.`) : null,
    make("p", {}, "Позвоните в регистратуру: ", phoneLink(phone), "."),
  ].filter(Boolean);
}
