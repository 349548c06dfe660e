// The menus of the header are <details> and work alone; this closes them as people expect menus to close.
const menus = () => document.querySelectorAll("details.menu[open], details.nav-narrow[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const inner = [...menus()].pop();
  if (!inner) return;
  inner.open = false;
  inner.querySelector("summary").focus();
});
