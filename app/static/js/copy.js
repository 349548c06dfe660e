// Copies the text of another element. The button is hidden in the page and shown here: without JavaScript it does nothing.
async function write(source) {
  const text = source.value ?? source.textContent.trim();
  // navigator.clipboard exists over https and on localhost only.
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // refused by the browser: select instead
    }
  }
  if (source.select) source.select();
  else window.getSelection().selectAllChildren(source);
  return document.execCommand("copy");
}

export function init(root = document) {
  for (const button of root.querySelectorAll("button[data-copy][hidden]")) {
    const source = document.querySelector(button.dataset.copy);
    if (!source) continue;
    const note = button.parentElement.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      note.textContent = "";
      const copied = await write(source);
      note.textContent = copied ? button.dataset.done : button.dataset.failed;
    });
  }
}

init();
