// On a patient's card: documents that were sent, and one that is uploaded and sent now (R11).

import { dayOf, shortDate, timeOf } from "/dates.js";
import { field, opened } from "/desk/fields.js";
import { carryOut } from "/desk/stale.js";
import { tableOf } from "/desk/table.js";
import { Delivery, sendDocument } from "/desk/upload.js";
import { make } from "/dom.js";
import { serve } from "/forms.js";
import { DOCUMENT_KIND, DOCUMENT_STATUS, REFUSALS, sentence } from "/texts.js";

const COLUMNS = ["Документ", "Состояние", "Файл", "Загружен"];
const CALLED_FOR = "Документ отправляется. Чтобы узнать, ушло ли письмо, обновите карточку.";
const WAITS = "Файл загружен и ждёт: после этого нажмите «Отправить ещё раз».";
const HELD = {
  not_found: "Пациента больше нет в списке прикреплённых.",
  address_unreachable: `${REFUSALS.address_unreachable} ${WAITS}`,
  consent_missing: `${REFUSALS.consent_missing} ${WAITS}`,
  profile_not_confirmed: `${REFUSALS.profile_not_confirmed} ${WAITS}`,
};
const UNSENT = ["promised", "stored"]; // A promised file may have come without our knowing.

// Make the section of the documents.
export function documentsOf(whole) {
  const { documents } = whole.patient;
  return make("section", {},
    make("h4", {}, "Документы"),
    documents.length
      ? tableOf(`Документы: ${whole.name}`, COLUMNS, documents.map((one) => rowOf(one, whole)))
      : make("p", {}, "Нет."),
    opened("Отправить документ", whole.name, formOf(whole)));
}

function rowOf(one, whole) {
  const { file_name: fileName, kind, offered_at: offered, refusal, sent_at: sent, status } = one;
  const when = sent ? ` ${momentOf(sent)}` : "";
  const isHeld = refusal && status !== "sent";
  return [
    DOCUMENT_KIND[kind],
    [
      `${DOCUMENT_STATUS[status]}${when}`,
      isHeld ? make("p", { class: "problem" }, sentence({ code: refusal })) : null,
      UNSENT.includes(status) ? sendingOf(one, whole) : null,
    ],
    fileName,
    momentOf(offered),
  ];
}

function momentOf(moment) {
  return `${shortDate(dayOf(moment))} ${timeOf(moment)}`;
}

function sendingOf({ document_id: id, file_name: fileName }, { refresh }) {
  const form = make("form", { method: "post" },
    make("button", {
      type: "submit", class: "second", "aria-label": `Отправить ещё раз: ${fileName}`,
    }, "Отправить ещё раз"),
    make("output"));
  serve(form, {
    act: async () => {
      await sendDocument(id, 1);
      await refresh(CALLED_FOR);
    },
  });
  return form;
}

function formOf({ patient, refresh }) {
  const id = patient.patient_id;
  const accept = "application/pdf,.pdf";
  const file = make("input", {
    id: `file-${id}`, name: "file_name", type: "file", accept, required: true,
  });
  const progress = make("progress", { max: "1", hidden: true, "aria-label": "Ход загрузки" });
  const form = make("form", { method: "post" },
    field("Что отправить", kindChoice(`kind-${id}`)),
    field("Файл", file, "PDF, не больше 10 МБ."),
    make("button", { type: "submit" }, "Отправить документ"),
    progress,
    make("output"));
  let delivery = null;
  const act = async ({ kind }) => {
    const [chosen] = file.files;
    delivery = delivery && delivery.isOf(kind, chosen) ? delivery : new Delivery(id, kind, chosen);
    await carryOut(() => deliver(delivery, progress), () => CALLED_FOR, HELD, refresh);
  };
  serve(form, { act });
  return form;
}

function kindChoice(id) {
  return make("select", { id, name: "kind", required: true },
    Object.entries(DOCUMENT_KIND).map(([kind, name]) => make("option", { value: kind }, name)));
}

async function deliver(delivery, progress) {
  progress.hidden = false;
  progress.value = 0;
  try {
    await delivery.deliver((part) => {
      progress.value = part;
    });
  } finally {
    progress.hidden = true;
  }
}
