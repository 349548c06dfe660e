// Lists with boxes: "select all" and how many are selected. Sending needs no JavaScript.
function enhance(form) {
  const all = form.querySelector("[data-bulk-all]");
  const count = form.querySelector("[data-bulk-count]");
  const boxes = () => [...form.querySelectorAll("[data-bulk-item]:not(:disabled)")];

  const show = () => {
    const items = boxes();
    const chosen = items.filter((box) => box.checked).length;
    count.textContent = chosen ? `${count.dataset.text} ${chosen}` : "";
    all.checked = chosen > 0 && chosen === items.length;
    all.indeterminate = chosen > 0 && chosen < items.length;
  };

  form.querySelector("[data-bulk-all-label]").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    show();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-bulk-item]")) show();
  });
  // Browsers put the boxes back as they were when one returns to the page.
  window.addEventListener("pageshow", show);
  show();
}

export function init(root = document) {
  for (const form of root.querySelectorAll("form[data-bulk]:not([data-enhanced])")) {
    form.dataset.enhanced = "";
    enhance(form);
  }
}

init();
