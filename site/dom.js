// Elements of a page, made by scripts. Text is always text: nothing that was typed becomes markup.

// Make an element: make("a", { href: "/family.html" }, "Семья"). An attribute that is null or false
// is left out; children are elements or texts, and null is no child.
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(attribute, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// A list of terms and what they are: details([["Врач", "…"], …]); a null is left out.
export function details(pairs) {
  const told = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return make("dl", {}, told.map(([term, value]) =>
    make("div", {}, make("dt", {}, term), make("dd", {}, value))));
}

// Tell whether a click is to be followed here, and not in a new tab or window.
export function isPlainClick({ altKey, button, ctrlKey, metaKey, shiftKey }) {
  return button === 0 && !(altKey || ctrlKey || metaKey || shiftKey);
}

// Put the reader where something new stands; a screen reader begins to read there.
export function focusOn(element) {
  if (!element.matches("a[href], button, input, select, textarea")) {
    element.setAttribute("tabindex", "-1");
  }
  element.focus();
}
