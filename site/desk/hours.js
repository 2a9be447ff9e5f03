// Times at which appointments begin, as clerks type them: «9:00, 9.20 10-00».

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

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
  const twoDigits = (number) => String(number).padStart(2, "0");
  return `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}
