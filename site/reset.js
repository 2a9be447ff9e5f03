// Sets a new password in the place of a forgotten one.

import { ask } from "/api.js";
import { serveLink } from "/link.js";
import { leave } from "/page.js";

serveLink(document.getElementById("reset"), {
  act: async (token, { password }) => {
    await ask("PUT /api/password-resets", { token, password });
    // The sign-in takes this page's place, so that no used link stays in the history.
    history.replaceState(null, "", "/index.html");
    leave(
      "Пароль изменён. Личный кабинет закрыт на всех устройствах, где он был открыт: войдите с " +
        "новым паролем.");
  },
  words: { invalid_request: "Этот пароль не подойдёт. Придумайте другой." },
});
