// Times at which appointments begin, as clerks type them: «9:00, 9.20 10-00»; and the moments that
// a day and a time are by the clinic's clock.

import { CLINIC } from "/clinic.js";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

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
const TIME = /^(\d{1,2})(?:[:.-]?(\d{2}))?$/;

// Read a list of times: {times, unread} with each time once, in order, such as "09:20", and the
// first word that is no time, or null.
export function readTimes(text) {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const times = words.map(readTime);
  const at = times.indexOf(null);
  return { times: [...new Set(times)].sort(), unread: at < 0 ? null : words[at] };
}

// Read one time: «9.20» is "09:20"; null where there is no such time.
export function readTime(text) {
  const [, hours, minutes = "00"] = TIME.exec(text.trim()) ?? [];
  const isTime = hours !== undefined && Number(hours) < 24 && Number(minutes) < 60;
  return isTime ? `${hours.padStart(2, "0")}:${minutes}` : null;
}

// List the appointments of so many minutes each that fit between two times.
export function timesBetween(first, end, minutes) {
  const times = [];
  for (let at = minutesOf(first); at + minutes <= minutesOf(end); at += minutes) {
    times.push(timeAt(at));
  }
  return times;
}

function minutesOf(time) {
  const [hours, minutes] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

function timeAt(minutes) {
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}

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
