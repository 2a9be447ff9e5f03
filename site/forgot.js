// Asks for a link that sets a new password. The portal answers alike whether the address has an
// account or not.

import { ask } from "/api.js";
import { focusOn } from "/dom.js";
import { serve } from "/forms.js";

const heading = document.querySelector("h1");
const form = document.getElementById("forgot");
const sent = document.getElementById("sent");

function show(isSent) {
  form.hidden = isSent;
  sent.hidden = !isSent;
  heading.textContent = isSent ? "Проверьте почту" : "Забыли пароль?";
  document.title = `${heading.textContent} — личный кабинет пациента`;
}

serve(form, {
  act: async ({ email }) => {
    await ask("POST /api/password-resets", { email });
    document.getElementById("address").textContent = email;
    show(true);
    focusOn(heading);
  },
  words: {
    invalid_request: "Проверьте адрес.",
    too_many_requests:
      "Нельзя просить письмо так часто. Попробуйте ещё раз {wait}, а пока проверьте почту.",
  },
});
document.getElementById("again").addEventListener("click", () => {
  show(false);
  form.elements.email.focus();
});
