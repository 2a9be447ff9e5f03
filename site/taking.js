// The third step to a ticket: whether to take the chosen time, or to move a ticket to it. Both may
// be sent again after a lost connection: what was done answers with the same ticket.

import { NoConnection, ask } from "/api.js";
import { momentName } from "/dates.js";
import { details, make } from "/dom.js";
import { serve } from "/forms.js";
import { whomOf } from "/free_times.js";
import { go } from "/page.js";
import { sentence } from "/texts.js";
import { momentInside, ticketAddress, timesAddress } from "/ticket_words.js";

// Refusals after which the chosen time is no longer to be had.
const LOST = {
  slot_taken: (when) => `Время ${when} только что занял другой пациент.`,
  slot_withdrawn: (when) => `На ${when} больше не записывают.`,
  slot_unknown: (when) => `Времени ${when} больше нет.`,
  wrong_district: (when) => `Время ${when} теперь у врача другого участка.`,
};
// Refusals after which the patient has another ticket than this page knows, or none.
const CHANGED = ["ticket_limit_reached", "too_late", "not_found"];
const NO_LONGER = { not_found: "Этого талона уже нет." };
const TAKE = {
  button: "Взять талон",
  done: "Талон взят.",
  again: "Нет связи. Нажмите «Взять талон» ещё раз: второй талон не появится.",
};
const MOVE = {
  button: "Перенести талон",
  done: "Талон перенесён.",
  again: "Нет связи. Нажмите «Перенести талон» ещё раз: второй талон не появится.",
};

// The question; with `moved`, the time is for that ticket. `lost` is called with what to say when
// the time is no longer to be had, `changed` when the ticket is not what it was.
export function questionOf({ member, slots }, slot, moved, { lost, changed }) {
  const { patient_id: patientId } = member;
  const back = timesAddress({ patientId, moveId: moved?.ticket_id });
  return [
    details([
      ...whomOf(member, slots),
      ["Было", moved && momentName(moved.starts_at)],
    ]),
    ...(moved ? [make("p", {}, "Новое время:")] : []),
    make("p", { class: "when" }, momentName(slot.starts_at)),
    formOf(patientId, slot, moved, { lost, changed }),
    make("p", {}, make("a", { class: "button second", "data-step": true, href: back },
      "Выбрать другое время")),
  ];
}

function formOf(patientId, slot, moved, { lost, changed }) {
  const words = moved ? MOVE : TAKE;
  const output = make("output");
  const form = make("form", { method: "post" },
    make("button", { type: "submit" }, words.button), output);
  serve(form, {
    act: () => send(patientId, slot, moved, words),
    refused: (problem) => {
      if (problem instanceof NoConnection) {
        output.textContent = words.again;
      } else if (problem.code in LOST) {
        lost(LOST[problem.code](momentInside(slot.starts_at)));
      } else if (CHANGED.includes(problem.code)) {
        changed(sentence(problem, NO_LONGER));
      }
    },
  });
  return form;
}

async function send(patientId, { slot_id: slotId }, moved, words) {
  const ticket = moved
    ? await ask(`PUT /api/tickets/${encodeURIComponent(moved.ticket_id)}`, { slot_id: slotId })
    : await ask("POST /api/tickets", { patient_id: patientId, slot_id: slotId });
  go(ticketAddress(ticket.ticket_id), words.done);
}
