// Completes @names in a comment from the people that the form lists. Without it the names are typed, or ticked.
const BEFORE = /(^|[^\p{L}\p{N}_@.-])@([\p{L}\p{N}_.-]*)$/u;

function enhance(form) {
  const area = form.querySelector("textarea");
  const people = [...form.querySelectorAll("[data-login]")].map((label) => ({
    login: label.dataset.login,
    words: label.textContent.replace(/\s+/g, " ").trim(),
  }));
  const frame = document.createElement("div");
  frame.className = "names";
  const list = document.createElement("ul");
  list.id = `${area.id}-names`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.textNames);
  list.hidden = true;
  frame.append(list);
  area.after(frame);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);

  const chosen = () => list.querySelector("[aria-selected=true]");
  const choose = (item) => {
    chosen()?.setAttribute("aria-selected", "false");
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    area.setAttribute("aria-activedescendant", item.id);
  };
  const close = () => {
    list.hidden = true;
    area.removeAttribute("aria-activedescendant");
  };
  const begun = () => BEFORE.exec(area.value.slice(0, area.selectionStart));

  const take = (login) => {
    const start = area.selectionStart - begun()[2].length;
    area.setRangeText(`${login} `, start, area.selectionStart, "end");
    close();
    area.focus();
  };
  const show = () => {
    const found = area.selectionStart === area.selectionEnd && begun();
    const wanted = found ? found[2].toLowerCase() : "";
    const fitting = found ? people.filter((one) => one.words.toLowerCase().includes(wanted)).slice(0, 8) : [];
    if (!fitting.length || fitting.some((one) => one.login === wanted)) return close();
    list.replaceChildren(
      ...fitting.map((one, index) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.textContent = one.words;
        item.dataset.take = one.login;
        return item;
      }),
    );
    list.hidden = false;
    choose(list.firstElementChild);
  };

  area.addEventListener("input", show);
  area.addEventListener("blur", close);
  // Before the field loses the focus.
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-take]");
    if (!item) return;
    event.preventDefault();
    take(item.dataset.take);
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const now = chosen();
    if (event.key === "ArrowDown") choose(now.nextElementSibling ?? list.firstElementChild);
    else if (event.key === "ArrowUp") choose(now.previousElementSibling ?? list.lastElementChild);
    else if (event.key === "Enter") take(now.dataset.take);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}

for (const form of document.querySelectorAll("form[data-mentions]")) enhance(form);
