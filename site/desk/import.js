// Takes over the attachment register: the file is sent in parts, each of which may be sent again.
// What breaks off goes on from where it was, as long as the page stays open.

import { Refused, send } from "/api.js";
import { reportOf } from "/desk/import_report.js";
import { COLUMNS, bodyOf, partsOf, sheetOf } from "/desk/register_file.js";
import { serve } from "/forms.js";
import { remain } from "/page.js";
import { saveFile } from "/save_file.js";
import { count } from "/texts.js";

const EXAMPLE = "9956410885000014,,Образцова,Первая,Тестовна,1985-03-14,a1,2027-12-31";
const BYTE_ORDER_MARK = "\ufeff"; // By it spreadsheets know UTF-8.
const ALWAYS_REFUSED = ["invalid_request", "malformed_request", "too_large"];

const form = document.getElementById("import");
const file = document.getElementById("file");
const button = form.querySelector("button");
const output = form.querySelector("output");
const shown = document.getElementById("course");
const text = document.getElementById("course-text");
const bar = document.getElementById("course-bar");
const report = document.getElementById("report");
let course = null; // The file that is on its way, until all of it has arrived.

async function takeOver() {
  file.disabled = true;
  try {
    course = course ?? begin(await chosenSheet());
    window.addEventListener("beforeunload", stay);
    show(course);
    while (course.next < course.parts.length) {
      await sendNext(course);
      show(course);
    }
  } finally {
    file.disabled = false;
  }
  const { rejected } = course;
  forget();
  return rejected.length ? "Готово. Не все строки приняты: они перечислены ниже."
    : "Готово. Все строки приняты.";
}

async function chosenSheet() {
  const [chosen] = file.files;
  const sheet = chosen ? await sheetOf(chosen) : null;
  if (!sheet) {
    const detail = chosen ? "Это не список в виде CSV: в первой строке нет названий столбцов. " +
      "Таблицу Excel сохраните как CSV и выберите снова." : "Выберите файл.";
    throw new Refused("invalid_request", { errors: [{ pointer: "/file", detail }] });
  }
  return sheet;
}

function begin(sheet) {
  return {
    sheet, parts: partsOf(sheet), next: 0, sent: 0,
    created: 0, updated: 0, unchanged: 0, rejected: [], grown: [], freed: [],
  };
}

async function sendNext(sending) {
  const part = sending.parts[sending.next];
  const told = await send("/api/desk/patients", {
    method: "PUT",
    headers: { "Content-Type": "text/csv" },
    body: bodyOf(sending.sheet, part),
  });
  // The portal counts the lines of what it was sent; the clerk, those of the file.
  const lineOf = ({ line }) => part[line - 2];
  for (const verdict of ["created", "updated", "unchanged"]) {
    sending[verdict] += told[verdict];
  }
  sending.rejected.push(...told.rejected.map((one) => ({ ...lineOf(one), code: one.code })));
  sending.grown.push(...told.grown_children.map(lineOf));
  sending.freed.push(...told.freed_tickets.map(lineOf));
  sending.sent += part.length;
  sending.next += 1;
}

function show(sending) {
  const { length } = sending.sheet.lines;
  text.textContent = `Обработано ${sending.sent} из ${count(length, "строки", "строк", "строк")}.`;
  bar.max = Math.max(length, 1);
  bar.value = length ? sending.sent : 1;
  report.replaceChildren(...reportOf(sending));
  shown.hidden = false;
}

// What was refused for good is begun anew; anything else can go on.
function stop(problem) {
  if (!course) {
    return;
  }
  if (problem instanceof Refused && ALWAYS_REFUSED.includes(problem.code)) {
    shown.hidden = !course.sent;
    forget();
    return;
  }
  button.textContent = "Продолжить";
  if (problem.code !== "session_required") {
    output.append(" Нажмите «Продолжить»: загрузка пойдёт с этого места.");
  }
}

function forget() {
  window.removeEventListener("beforeunload", stay);
  course = null;
  button.textContent = "Загрузить";
}

function stay(event) {
  event.preventDefault();
  event.returnValue = ""; // Older browsers ask the person only if it is set.
  setTimeout(remain); // It runs once the question has been answered.
}

file.addEventListener("change", () => {
  forget();
  shown.hidden = true;
  output.textContent = "";
});
document.getElementById("template").addEventListener("click", () => {
  saveFile("prikreplennye.csv", "text/csv", `${BYTE_ORDER_MARK}${COLUMNS.join(";")}\r\n`);
});
document.querySelector("pre").textContent = `${COLUMNS.join(",")}\n${EXAMPLE}`;
serve(form, {
  act: takeOver,
  words: {
    invalid_request: "Файл не принят.",
    too_large: "В файле есть строка, которая слишком длинна. Проверьте его и загрузите снова.",
    try_again: "Сейчас не получилось. Подождите немного.",
  },
  refused: stop,
});
