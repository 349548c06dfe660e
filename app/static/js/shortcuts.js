// Keys of every page: / leads to the search, j and k along the lines of a list; Enter opens a line as any link.
import { letter, reserved, step } from "./keyboard.js";

const lines = () => [...document.querySelectorAll("[data-lines] tbody th[scope=row] a:first-of-type, ul[data-lines] > li > p:first-child a:first-of-type")];

// One that is shown: the box of the header is hidden on a narrow screen.
const box = () => [...document.querySelectorAll("[data-search]")].find((each) => each.offsetParent !== null);

document.addEventListener("keydown", (event) => {
  if (reserved(event)) return;
  if (event.key === "/") {
    const found = box() ?? document.querySelector(".search-narrow");
    if (!found) return;
    event.preventDefault();
    found.focus();
    found.select?.();
  } else if (letter(event) === "j" || letter(event) === "k") {
    step(lines(), letter(event) === "j" ? 1 : -1);
  }
});
