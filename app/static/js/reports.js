// Reports that are under way: their bars move, and the list is fetched anew when one of them is ready.
// Without a script the page comes again every few seconds.
const PAUSE = 1000;
const LONGEST = 5000;

async function look(section) {
  const answer = await fetch(section.dataset.reports, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  const now = new Map((await answer.json()).map((report) => [report.id, report]));
  let changed = false;
  for (const bar of section.querySelectorAll("[data-report]")) {
    const report = now.get(Number(bar.dataset.report));
    if (!report || (report.state === "making") !== bar.hasAttribute("data-making")) changed = true;
    else if (report.of) {
      bar.max = report.of;
      bar.value = report.done;
    }
  }
  return changed;
}

async function renew(section) {
  const answer = await fetch(window.location.href);
  if (!answer.ok || answer.redirected) return section;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-reports]");
  if (!fresh) return section;
  section.replaceWith(fresh);
  const said = fresh.querySelector("[data-reports-said]");
  // Said a moment after it is there: a program that reads the screen notices changes alone.
  setTimeout(() => (said.textContent = said.dataset.reportsSaid), 100);
  return fresh;
}

async function watch() {
  let section = document.querySelector("[data-reports]");
  let pause = PAUSE;
  while (section.querySelector("[data-report]")) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      if (await look(section)) section = await renew(section);
      pause = PAUSE;
    } catch {
      // The server is away, or the session is over: less and less often.
      pause = Math.min(pause * 2, LONGEST);
    }
  }
}

watch();
