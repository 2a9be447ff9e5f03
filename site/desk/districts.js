// The districts: all of them in a list, one of them with its doctor, hours and absences, or a new
// one. The address says which.

import { ask } from "/api.js";
import { shortDate, today } from "/dates.js";
import { serveAbsences } from "/desk/absences.js";
import { askForCode, fillIn, serveDistrict } from "/desk/district_form.js";
import { KIND, absenceOn, periodOf } from "/desk/district_words.js";
import { tableOf } from "/desk/table.js";
import { make } from "/dom.js";
import { go, load } from "/page.js";

const COLUMNS = ["Участок", "Код", "Вид", "Врач", "Кабинет", "Отсутствие врача"];

const query = new URLSearchParams(location.search);
const id = query.get("district");
const loading = document.getElementById("loading");
const one = document.getElementById("one");

async function allDistricts() {
  const { districts } = await ask("GET /api/desk/districts");
  return districts.sort((left, right) =>
    left.name.localeCompare(right.name, "ru", { numeric: true }));
}

async function thisDistrict() {
  return (await allDistricts()).find((district) => district.district_id === id);
}

// --------------------------------------------------------------------- all of them

async function showList() {
  const districts = await allDistricts();
  loading.replaceChildren(districts.length
    ? tableOf("Участки", COLUMNS, districts.map(rowOf))
    : make("p", {}, "Участков пока нет."));
}

function rowOf(district) {
  const { name, district_id: code, kind, doctor } = district;
  const href = `/desk/districts.html?district=${encodeURIComponent(code)}`;
  return [
    make("a", { href }, name),
    code,
    KIND[kind],
    doctor?.name ?? "нет постоянного врача",
    doctor?.room ?? "",
    absenceWords(district),
  ];
}

function absenceWords(district) {
  const now = absenceOn(district, today());
  const next = district.absences.find(({ from }) => from > today());
  if (now) {
    return make("strong", {}, `сейчас отсутствует, по ${shortDate(now.to)}`);
  }
  return next ? periodOf(next) : "";
}

// ---------------------------------------------------------------------- one of them

async function showOne() {
  const district = await thisDistrict();
  if (!district) {
    loading.replaceChildren(make("p", { class: "problem" }, "Такого участка нет."));
    return;
  }
  title(district);
  fillIn(district);
  serveDistrict(id, (after) => {
    title(after);
    fillIn(after);
    return "Сохранено.";
  });
  serveAbsences(district, thisDistrict);
  document.getElementById("absence-part").hidden = false;
  loading.replaceChildren();
  one.hidden = false;
}

function showNew() {
  title({ name: "Новый участок" });
  askForCode();
  serveDistrict(null, ({ district_id: code }) => {
    go(`/desk/districts.html?district=${encodeURIComponent(code)}`, "Участок заведён.");
  });
  one.hidden = false;
}

function title({ name }) {
  document.querySelector("h1").textContent = name;
  document.title = `${name} — регистратура`;
}

document.getElementById(id || query.has("new") ? "list-link" : "new-link").hidden = false;
if (query.has("new")) {
  showNew();
} else {
  load(loading, id ? showOne : showList);
}
