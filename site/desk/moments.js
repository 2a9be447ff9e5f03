// Moments that are typed as a day and a time of the clinic's clock.

import { CLINIC } from "/clinic.js";

const MINUTE = 60000; // Milliseconds.
const CLOCK = new Intl.DateTimeFormat("en-CA", {
  timeZone: CLINIC.timeZone,
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
});

// "2026-11-30" and "09:20" are "2026-11-30T09:20:00+03:00", whatever the clerk's computer says.
export function momentOf(day, time) {
  const typed = Date.parse(`${day}T${time}:00Z`);
  // Where the clocks are changed that day, only the second look is taken at the moment itself.
  const offset = offsetAt(typed - offsetAt(typed) * MINUTE);
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${day}T${time}:00${offset < 0 ? "-" : "+"}${twoDigits(hours)}:${twoDigits(minutes)}`;
}

// Tell whether a moment is still to come.
export function isToCome(moment) {
  return Date.parse(moment) > Date.now();
}

// By how many minutes the clinic's clock is ahead of UTC at a moment.
function offsetAt(moment) {
  const parts = CLOCK.formatToParts(moment).map(({ type, value }) => [type, Number(value)]);
  const { year, month, day, hour, minute } = Object.fromEntries(parts);
  return (Date.UTC(year, month - 1, day, hour, minute) - moment) / MINUTE;
}

function twoDigits(number) {
  return String(number).padStart(2, "0");
}
