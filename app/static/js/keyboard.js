// What keys of one letter have in common. Nothing happens by loading this: a page's own module asks it.

// Whether the key is meant for something else: a field that is typed in, a menu, a shortcut of the browser,
// or a person who has switched such keys off (WCAG 2.1.4).
export function reserved(event) {
  if (document.documentElement.dataset.keys === "off" || event.defaultPrevented) return true;
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return true;
  return event.target.closest("input, textarea, select, [contenteditable]") !== null;
}

// The Latin letter of a key, "" for none: of the key's place where the layout is another one, as the Russian is.
export function letter(event) {
  const typed = event.key.toLowerCase();
  if (event.shiftKey || typed.length !== 1) return "";
  if (/[a-z]/.test(typed)) return typed;
  return /\p{L}/u.test(typed) ? (/^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase() ?? "") : "";
}

// Moves the focus along elements: from the one that holds it now, or in at the end where one comes from.
export function step(items, by) {
  if (!items.length) return;
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(Math.max(at + by, 0), items.length - 1);
  items[next].focus();
  items[next].scrollIntoView({ block: "nearest" });
}
