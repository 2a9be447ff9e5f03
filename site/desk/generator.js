// Fills days of the district's form with appointments one after another.

import { readTime, timesBetween } from "/desk/times.js";
import { mark } from "/forms.js";
import { count } from "/texts.js";

const SHORTEST = 5; // Minutes of one appointment; a day has at most 100 of them.
const LONGEST = 240;

const part = document.getElementById("generator");
const [days, first, end, minutes] = part.querySelectorAll("select, input");
const told = document.getElementById("generated");

// Serve the part of the form that does this.
export function serveGenerator() {
  document.getElementById("generate").addEventListener("click", generate);
  part.addEventListener("keydown", (event) => {
    // In a field of this part, Enter is meant for it and not for the whole form.
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      generate();
    }
  });
}

function generate() {
  unmark();
  const [begins, ends] = [readTime(first.value), readTime(end.value)];
  const long = Number(minutes.value);
  [[first, begins], [end, ends]].filter(([, time]) => !time).forEach(([field]) => {
    mark(field, "Напишите время так: 09:00.");
  });
  if (!(long >= SHORTEST && long <= LONGEST && Number.isInteger(long))) {
    mark(minutes, `Напишите целое число от ${SHORTEST} до ${LONGEST}.`);
  }
  const times = isMarked() ? [] : timesBetween(begins, ends, long);
  if (!times.length && !isMarked()) {
    mark(end, "До этого времени не помещается ни один приём.");
  }
  if (isMarked()) {
    part.querySelector("[aria-invalid]").focus();
    return;
  }
  fill(times);
}

function fill(times) {
  days.value.split(" ").forEach((day) => {
    document.getElementById(day).value = times.join(", ");
  });
  const appointments = count(times.length, "приём", "приёма", "приёмов");
  told.textContent =
    `Заполнено: ${appointments} в день, последний в ${times[times.length - 1]}. ` +
    "Проверьте и сохраните.";
}

function isMarked() {
  return Boolean(part.querySelector("[aria-invalid]"));
}

function unmark() {
  told.textContent = "";
  [first, end, minutes].forEach((field) => {
    field.removeAttribute("aria-invalid");
    document.getElementById(`${field.id}-advice`).textContent = "";
  });
}
