// Signs a clerk of the registry in, and leads back to where the session ended.

import { ask } from "/api.js";
import { serve } from "/forms.js";
import { enter, skipSignIn } from "/page.js";

const FAILED =
  "Логин, пароль или код не подошли. Проверьте их и введите новый код: каждый действует один раз.";

const form = document.getElementById("sign-in");

skipSignIn();

serve(form, {
  act: async (typed) => {
    await ask("POST /api/desk/sessions", { ...typed, code: typed.code.replace(/\s/g, "") });
    enter();
  },
  // No login, password or code that opens a session looks like one that is invalid.
  words: { sign_in_failed: FAILED, invalid_request: FAILED },
  fields: { sign_in_failed: ["code"] },
  refused: ({ code }) => {
    if (code === "sign_in_failed") {
      form.elements.code.value = "";
    }
  },
});
