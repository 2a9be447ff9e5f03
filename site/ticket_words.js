// How a ticket is named and addressed, and whom it is for.

import { CLINIC } from "/clinic.js";
import { momentName } from "/dates.js";
import { make } from "/dom.js";
import { TICKET_PAST, TICKET_STATUS, fullName } from "/texts.js";

// Where a ticket is shown; with `step`, "cancel", where one is asked whether to give it back.
export function ticketAddress(ticketId, step = "") {
  const query = new URLSearchParams({ id: ticketId });
  if (step) {
    query.set("step", step);
  }
  return `/ticket.html?${query}`;
}

// Where a time is chosen for a patient; with `moveId`, another one for that ticket; with `slotId`
// one is asked whether to take it.
export function timesAddress({ patientId, moveId, slotId }) {
  const query = new URLSearchParams();
  const steps = [["patient", patientId], ["move", moveId], ["slot", slotId]];
  steps.filter(([, id]) => id).forEach(([name, id]) => query.set(name, id));
  return patientId ? `/tickets.html?${query}` : "/tickets.html";
}

// Say how it stands with a ticket; what became of one whose time has come may not be noted yet.
export function statusOf({ status }, isUpcoming) {
  return status === "booked" && !isUpcoming ? TICKET_PAST : TICKET_STATUS[status];
}

// The name of the patient among the members of the family.
export function patientName(family, patientId) {
  return fullName(family.find((member) => member.patient_id === patientId) ?? {});
}

// «09:20 (понедельник, 30 ноября)», as it stands in a sentence.
export function momentInside(moment) {
  const [weekday, day, time] = momentName(moment).split(", ");
  return `${time} (${weekday}, ${day})`;
}

// The registry's number, to be called with one tap.
export function phoneLink(phone = CLINIC.registryPhone) {
  return make("a", { href: `tel:${phone.replace(/[^+\d]/g, "")}` }, phone);
}
