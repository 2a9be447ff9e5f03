// Signs a patient in, and leads back to where the session ended.

import { ask } from "/api.js";
import { serve } from "/forms.js";
import { enter, skipSignIn } from "/page.js";

skipSignIn();

serve(document.getElementById("sign-in"), {
  act: async (typed) => {
    await ask("POST /api/sessions", typed);
    enter();
  },
  words: {
    // No address or password that opens an account looks like this one.
    invalid_request: "Адрес или пароль не подошли. Проверьте их и введите ещё раз.",
  },
  fields: { sign_in_failed: ["password"] },
});
