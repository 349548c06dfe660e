// The days of a month by the arrow keys. Without this every day is a link of its own, and Enter opens it either way.
const wide = window.matchMedia("(min-width: 64rem)");
const DAY = 24 * 3600 * 1000;
const text = (time) => new Date(time).toISOString().slice(0, 10);

// The same day of another month, or its last day where that month is shorter.
function inMonth(time, step) {
  const day = new Date(time);
  const first = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + step, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return first.getTime() + (Math.min(day.getUTCDate(), last) - 1) * DAY;
}

function moved(key, time) {
  const weekday = (new Date(time).getUTCDay() + 6) % 7;
  switch (key) {
    case "ArrowLeft": return time - DAY;
    case "ArrowRight": return time + DAY;
    case "ArrowUp": return time - 7 * DAY;
    case "ArrowDown": return time + 7 * DAY;
    case "Home": return time - weekday * DAY;
    case "End": return time + (6 - weekday) * DAY;
    case "PageUp": return inMonth(time, -1);
    case "PageDown": return inMonth(time, 1);
    default: return null;
  }
}

function enhance(table) {
  const links = new Map([...table.querySelectorAll("[data-day]")].map((link) => [link.dataset.day, link]));
  const month = new URL(table.dataset.address, location.href).searchParams.get("month");
  // The browser itself goes to the day that the address ends with.
  const asked = location.hash.replace("#day-", "");
  const first = [...links.keys()].find((day) => day.startsWith(month));
  let current = links.has(asked) ? asked : links.has(table.dataset.today) ? table.dataset.today : first;

  // One stop for Tab; below that width the days are a list, where each is one.
  const rove = () => {
    for (const [day, link] of links) {
      if (wide.matches && day !== current) link.tabIndex = -1;
      else link.removeAttribute("tabindex");
    }
  };

  const open = (day) => {
    const address = new URL(table.dataset.address, location.href);
    address.searchParams.set("month", day.slice(0, 7));
    address.hash = `day-${day}`;
    location.assign(address);
  };

  table.addEventListener("keydown", (event) => {
    const link = event.target.closest("[data-day]");
    if (!link || !wide.matches || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const time = moved(event.key, Date.parse(link.dataset.day));
    if (time === null) return;
    event.preventDefault();
    const day = text(time);
    const other = event.key.startsWith("Page") && day.slice(0, 7) !== month;
    if (other || !links.has(day)) {
      open(day);
      return;
    }
    current = day;
    rove();
    links.get(day).focus();
  });

  table.addEventListener("focusin", (event) => {
    const link = event.target.closest("[data-day]");
    if (!link) return;
    current = link.dataset.day;
    rove();
  });

  wide.addEventListener("change", rove);
  rove();
}

export function init(root = document) {
  for (const table of root.querySelectorAll("table[data-month]:not([data-enhanced])")) {
    table.dataset.enhanced = "";
    enhance(table);
  }
}

init();
