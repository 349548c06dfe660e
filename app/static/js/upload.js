// Forms with files (form[data-upload]): drop, list, check and remove before sending, and see the progress.
// The files live in the input itself, so that the form can always be sent by the browser alone.
const sizes = [["gigabyte", 1024 ** 3], ["megabyte", 1024 ** 2], ["kilobyte", 1024], ["byte", 1]];

function sizeText(bytes) {
  const [unit, scale] = sizes.find(([, least]) => bytes >= least) ?? sizes.at(-1);
  const options = { style: "unit", unit, maximumFractionDigits: bytes < 1024 ** 2 ? 0 : 1 };
  return new Intl.NumberFormat(document.documentElement.lang, options).format(bytes / scale);
}

function problemOf(file, zone) {
  const extension = file.name.split(".").pop().toLowerCase();
  if (!zone.dataset.extensions.split(",").includes(extension)) return zone.dataset.textType;
  if (file.size > Number(zone.dataset.maxBytes)) return zone.dataset.textLarge;
  if (file.size === 0) return zone.dataset.textEmpty;
  return "";
}

const sameFile = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;

function enhanceZone(zone) {
  const input = zone.querySelector("input[type=file]");
  const list = zone.querySelector("[data-file-list]");
  const problems = zone.querySelector("[data-file-problems]");
  let files = [];

  const keep = (next) => {
    files = next;
    const carrier = new DataTransfer();
    for (const file of files) carrier.items.add(file);
    input.files = carrier.files;
    list.replaceChildren(...files.map(row));
    list.hidden = files.length === 0;
  };

  const row = (file) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const remove = document.createElement("button");
    name.textContent = `${file.name} · ${sizeText(file.size)}`;
    remove.type = "button";
    remove.className = "btn btn-outline-secondary btn-small";
    remove.textContent = zone.dataset.textRemove;
    remove.setAttribute("aria-label", `${zone.dataset.textRemove}: ${file.name}`);
    remove.addEventListener("click", () => {
      keep(files.filter((other) => other !== file));
      input.focus();
    });
    item.append(name, remove);
    return item;
  };

  const add = (added) => {
    const good = added.filter((file) => !problemOf(file, zone));
    const bad = added.filter((file) => problemOf(file, zone));
    problems.textContent = bad.map((file) => `${file.name}: ${problemOf(file, zone)}`).join(" ");
    problems.hidden = bad.length === 0;
    const fresh = good.filter((file) => !files.some((other) => sameFile(file, other)));
    keep(input.multiple ? [...files, ...fresh] : (fresh.length ? fresh.slice(-1) : files));
  };

  for (const part of zone.querySelectorAll("[data-enhanced]")) part.hidden = false;
  input.addEventListener("change", () => add([...input.files]));
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    add([...event.dataTransfer.files]);
  });
}

// Puts a page that XMLHttpRequest has fetched in the place of the present one. Asking the server for it again
// would lose its messages: they are told once.
async function show(html, address) {
  const page = new DOMParser().parseFromString(html, "text/html");
  if (address) {
    history.pushState(null, "", address);
    window.addEventListener("popstate", () => location.reload(), { once: true });
  }
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.replaceWith(document.adoptNode(page.body));
  window.scrollTo(0, 0);
  const modules = [...page.querySelectorAll("script[type=module][src]")].map((script) => script.getAttribute("src"));
  for (const source of modules) {
    const module = await import(new URL(source, location.href).href);
    module.init?.();
  }
  (document.querySelector("#error-summary") ?? document.querySelector("#content"))?.focus();
}

// A form that comes back lists the files that have come; those that were refused are shown where they were chosen.
function giveBack(chosen) {
  const has = (name, file) =>
    document.querySelector(`input[name=waiting][data-file="${CSS.escape(`${name}:${file.size}`)}"]`);
  for (const [name, files] of chosen) {
    const input = document.querySelector(`form[data-upload] input[type=file][name="${CSS.escape(name)}"]`);
    const missing = files.filter((file) => !has(name, file));
    if (!input || !missing.length) continue;
    const carrier = new DataTransfer();
    for (const file of missing) carrier.items.add(file);
    input.files = carrier.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function send(form, submitter) {
  const zone = form.querySelector("[data-dropzone]");
  const progress = zone.querySelector("[data-progress]");
  const problems = zone.querySelector("[data-file-problems]");
  const bar = progress.querySelector("progress");
  const output = progress.querySelector("output");
  const buttons = [...form.querySelectorAll("button[type=submit]:not(:disabled)")];
  const body = new FormData(form, submitter);
  const chosen = [...form.querySelectorAll("input[type=file]")].map((input) => [input.name, [...input.files]]);
  const request = new XMLHttpRequest();

  const fail = () => {
    for (const button of buttons) button.disabled = false;
    progress.hidden = true;
    problems.textContent = zone.dataset.textFailed;
    problems.hidden = false;
  };

  for (const button of buttons) button.disabled = true;
  problems.hidden = true;
  progress.hidden = false;
  output.textContent = zone.dataset.textSending;
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (event.loaded / event.total) * 100;
    output.textContent = `${Math.round(bar.value)} %`;
  });
  request.addEventListener("error", fail);
  request.addEventListener("abort", fail);
  request.addEventListener("load", () => {
    if (!(request.getResponseHeader("Content-Type") ?? "").startsWith("text/html")) fail();
    else if (request.status < 400) show(request.responseText, request.responseURL);
    else show(request.responseText, null).then(() => giveBack(chosen));
  });
  // Not form.action or form.method: a control of that name would stand in for the address.
  request.open("POST", submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href);
  request.setRequestHeader("Accept", "text/html");
  request.send(body);
}

export function init(root = document) {
  for (const form of root.querySelectorAll("form[data-upload]:not([data-enhanced])")) {
    form.dataset.enhanced = "";
    for (const zone of form.querySelectorAll("[data-dropzone]")) enhanceZone(zone);
    form.addEventListener("submit", (event) => {
      // Without files there is nothing to watch: the browser sends the form itself.
      if (![...form.querySelectorAll("input[type=file]")].some((input) => input.files.length)) return;
      event.preventDefault();
      send(form, event.submitter);
    });
  }
}

init();
