// The review queue by keyboard, beside the keys of every list: what the keys do has its button, and they press it.
// They act on the line that holds the focus, and on nothing while there is none.
import { letter, reserved } from "./keyboard.js";

const ROWS = "[data-review] tbody tr";
const PLACE = "vekha.review.place";
const help = document.querySelector("dialog[data-review-keys]");
const rows = () => [...document.querySelectorAll(ROWS)];
const here = () => document.activeElement?.closest(ROWS) ?? null;

function go(row) {
  row?.querySelector("th a").focus();
  row?.scrollIntoView({ block: "nearest" });
}

const box = (row) => row.querySelector("[data-bulk-item]");
// What is chosen is meant as a whole, when the line is among it.
const bar = (row) => (box(row)?.checked ? row.closest("form").querySelector(".bulk-bar") : null);

const DEEDS = {
  o: (row) => row.querySelector("th a").click(),
  x: (row) => box(row)?.click(),
  a: (row) => {
    sessionStorage.setItem(PLACE, String(rows().indexOf(row)));
    (bar(row)?.querySelector("[value=accept]") ?? row.querySelector("[value$=':accept']")).click();
  },
  r: (row) => {
    const form = (bar(row) ?? row).querySelector("details.return-form");
    form.open = true;
    form.querySelector("textarea").focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (help.open) return;
  if (event.key === "Escape") leave(event);
  if (reserved(event)) return;
  const row = here();
  const deed = event.repeat ? null : DEEDS[letter(event)];
  if (event.key === "?") help.showModal();
  else if (row && deed) deed(row);
  else return;
  event.preventDefault();
});

// Out of a reason that is being typed, which stays there, back to its line.
function leave(event) {
  const form = event.target.closest(`${ROWS} details.return-form`);
  if (!form) return;
  form.open = false;
  go(form.closest(ROWS));
}

const opener = document.querySelector("[data-review-help]");
opener.hidden = false;
opener.addEventListener("click", () => help.showModal());
help.querySelector("[data-close]").addEventListener("click", () => help.close());

// After a decision the next one in its place.
const place = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
if (place !== null) go(rows()[Math.min(Number(place), rows().length - 1)]);
