// Saves what a page holds as a file of the person's own; nothing is sent anywhere.

import { make } from "/dom.js";

const LONG_ENOUGH = 60000; // Milliseconds in which a slow browser has surely begun to save.

// Save a text under a name; `type` is its media type.
export function saveFile(name, type, text) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  const link = make("a", { href, download: name, hidden: true });
  document.body.append(link); // Older browsers follow only a link that stands in the page.
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), LONG_ENOUGH);
}
