// What came of the lines of a register: how many were taken over, and which were not and why.

import { today } from "/dates.js";
import { tableOf } from "/desk/table.js";
import { details, make } from "/dom.js";
import { saveFile } from "/save_file.js";
import { LINE_REFUSALS } from "/texts.js";

const MOST_SHOWN = 100; // The saved list has them all.
const BYTE_ORDER_MARK = "\ufeff"; // By it spreadsheets know UTF-8.

// Tell about {created, updated, unchanged, rejected, grown, freed}; the last three are lines of the
// file, {number, text}, a rejected one with its code.
export function reportOf({ created, updated, unchanged, rejected, grown, freed }) {
  const counts = details([
    ["Добавлено", String(created)],
    ["Изменено", String(updated)],
    ["Без изменений", String(unchanged)],
    ["Не принято", String(rejected.length)],
  ]);
  return [counts, ...freedPart(freed), ...grownPart(grown), ...rejectedPart(rejected)];
}

function rejectedPart(rejected) {
  if (!rejected.length) {
    return [];
  }
  const save = make("button", { type: "button" }, "Скачать непринятые строки");
  save.addEventListener("click", () => {
    saveFile(`neprinyatye-stroki-${today()}.csv`, "text/csv", rejectedList(rejected));
  });
  const more = rejected.length - MOST_SHOWN;
  return [
    make("h3", {}, "Непринятые строки"),
    make("p", {}, "Исправьте их и загрузите файл ещё раз."),
    make("p", {}, save),
    tableOf("Непринятые строки", ["Строка файла", "Почему не принята"],
      rejected.slice(0, MOST_SHOWN).map(({ number, code }) => [String(number), reasonOf(code)])),
    more > 0 ? make("p", {}, `Показаны первые ${MOST_SHOWN}. В файле, который можно скачать, все.`)
      : null,
  ].filter(Boolean);
}

// The rejected lines as a file that spreadsheets read.
function rejectedList(rejected) {
  const rows = rejected.map(({ number, text, code }) =>
    [String(number), code, reasonOf(code), text]);
  const cells = [["Номер строки", "Код", "Почему не принята", "Строка"], ...rows];
  return BYTE_ORDER_MARK + cells.map((row) => `${row.map(cellOf).join(";")}\r\n`).join("");
}

// A spreadsheet would calculate what begins like a formula; with an apostrophe it is a text.
function cellOf(text) {
  const shown = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return `"${shown.split('"').join('""')}"`;
}

function reasonOf(code) {
  return LINE_REFUSALS[code] ?? "Строка не принята. Сверьте её с описанием столбцов.";
}

function freedPart(freed) {
  return freed.length ? [
    make("h3", {}, "Отменённые талоны"),
    make("p", {}, "Эти пациенты перешли на другой участок, их талон к прежнему врачу отменён. " +
      "У кого есть личный кабинет, тем уйдёт письмо; остальным позвоните."),
    numbersOf(freed),
  ] : [];
}

function grownPart(grown) {
  return grown.length ? [
    make("h3", {}, "Взрослые на детском участке"),
    make("p", {}, "Укажите им взрослый участок. Все такие пациенты: ",
      make("a", { href: "/desk/grown.html" }, "кто вырос из детского участка"), "."),
    numbersOf(grown),
  ] : [];
}

function numbersOf(lines) {
  const numbers = lines.slice(0, MOST_SHOWN).map(({ number }) => number).join(", ");
  const more = lines.length - MOST_SHOWN;
  return make("p", {}, `Строки файла: ${numbers}${more > 0 ? ` и ещё ${more}` : ""}.`);
}
