// Days and times as people write them. The portal tells moments with the clinic's own offset, such
// as 2026-11-30T09:20:00+03:00, so that what stands there is what the clinic's clock shows.

import { CLINIC } from "/clinic.js";

const DAY = formatter({ weekday: "long", day: "numeric", month: "long" });
const DATE = formatter({ day: "numeric", month: "long", year: "numeric" });
const TYPED = /^(\d{1,2})[.\s/-]+(\d{1,2})[.\s/-]+(\d{4})$|^(\d{2})(\d{2})(\d{4})$/;
const WRITTEN = /^(\d{4})-(\d{2})-(\d{2})$/; // As browsers fill a birth date in.

function formatter(parts) {
  return new Intl.DateTimeFormat("ru", { ...parts, timeZone: "UTC" });
}

// "2026-11-30" is «понедельник, 30 ноября».
export function dayName(day) {
  return DAY.format(noonOf(day));
}

// "2026-11-30" is «30 ноября 2026 г.».
export function dateName(day) {
  return DATE.format(noonOf(day));
}

// "1948-03-27" is «27.03.1948».
export function shortDate(day) {
  return day.split("-").reverse().join(".");
}

// The day of a moment: "2026-11-30".
export function dayOf(moment) {
  return moment.slice(0, 10);
}

// The time of a moment: "09:20".
export function timeOf(moment) {
  return moment.slice(11, 16);
}

// «понедельник, 30 ноября, 09:20».
export function momentName(moment) {
  return `${dayName(dayOf(moment))}, ${timeOf(moment)}`;
}

// Today at the clinic: "2026-11-30".
export function today() {
  return new Intl.DateTimeFormat("en-CA", { timeZone: CLINIC.timeZone }).format(new Date());
}

// What was typed as a day, such as «27.03.1948» or «27031948», is "1948-03-27"; null where there is
// no such day.
export function readDay(text) {
  const typed = TYPED.exec(text.trim());
  const parts = typed ? typed.slice(1).filter(Boolean).reverse()
    : WRITTEN.exec(text.trim())?.slice(1);
  if (!parts) {
    return null;
  }
  const written = parts.map((part) => part.padStart(2, "0")).join("-");
  const moment = noonOf(written);
  const isThere = !Number.isNaN(moment.valueOf()) && moment.toISOString().startsWith(written);
  return isThere ? written : null;
}

function noonOf(day) {
  return new Date(`${day}T12:00:00Z`);
}
