// How districts, and the doctor's days, are told at the desk.

import { shortDate } from "/dates.js";

export const KIND = { adult: "Взрослый", child: "Детский" };

// «с 07.12.2026 по 11.12.2026», «07.12.2026».
export function periodOf({ from, to }) {
  return from === to ? shortDate(from) : `с ${shortDate(from)} по ${shortDate(to)}`;
}

// The absence that covers a day; undefined if there is none.
export function absenceOn({ absences }, day) {
  return absences.find(({ from, to }) => from <= day && day <= to);
}
