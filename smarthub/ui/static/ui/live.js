// <div data-module="live" data-address="/part/" data-seconds="60" data-version="…">: asks the server
// for this part again, and shows it if it changed. Nothing is asked while nobody looks; whoever
// comes back is shown the newest at once. Nothing is kept on the device.
//
// The answer is the part itself. Its `data-version` says whether anything but the time changed;
// if so it takes the old one's place, and its `data-says` is read out. An answer that is no longer
// live says that the work it followed is over: the whole page is loaded anew, for what came of it
// stands around the part. With `data-now` the page came without what the part shows, and it is asked
// for at once.

const SLOWEST = 8; // times the interval, when the server does not answer

function watch(part) {
  const interval = Number(part.dataset.seconds) * 1000;
  let patience = 1;
  let timer = null;
  let askedAt = Date.now();
  let asking = false;

  function wait() {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, interval * patience);
  }

  async function ask() {
    if (asking) return;
    asking = true;
    askedAt = Date.now();
    const answer = await fetch(part.dataset.address, {
      cache: "no-store",
      redirect: "manual",
      headers: { "X-Requested-With": "live" },
    }).catch(() => null);
    asking = false;
    delete part.dataset.now;
    if (answer?.type === "opaqueredirect") return end(); // signed out
    if (answer?.ok) show(await answer.text());
    patience = answer?.ok ? 1 : Math.min(patience * 2, SLOWEST);
    wait();
  }

  function show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.querySelector('[data-module="live"]');
    if (!fresh && page.querySelector("[data-version]")) return location.reload();
    if (!fresh) return;
    if (fresh.dataset.version === part.dataset.version) {
      const [time, freshTime] = [part, fresh].map((each) => each.querySelector("[data-as-of]"));
      if (time && freshTime) time.textContent = freshTime.textContent;
      return;
    }
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    part.dataset.version = fresh.dataset.version;
    part.replaceChildren(...fresh.childNodes);
    if (focused) focusAgain(focused);
    // A part with nothing to say leaves what another one said: both may answer at once.
    const heard = document.getElementById("announcement");
    if (heard && fresh.dataset.says) heard.textContent = fresh.dataset.says;
  }

  function focusAgain(focused) {
    const links = [...part.querySelectorAll("a, button, summary")];
    const same = links.find((link) => link.getAttribute("href") === focused.getAttribute("href"));
    (same ?? document.getElementById("main")).focus({ preventScroll: true });
  }

  function end() {
    for (const banner of document.querySelectorAll('[data-module="stale"]')) banner.hidden = false;
    document.removeEventListener("visibilitychange", onLook);
  }

  function onLook() {
    if (document.visibilityState === "hidden") clearTimeout(timer);
    else if (Date.now() - askedAt >= interval) ask();
    else wait();
  }

  document.addEventListener("visibilitychange", onLook);
  window.addEventListener("online", () => ask());
  if ("now" in part.dataset) ask();
  else wait();
}

for (const part of document.querySelectorAll('[data-module="live"]')) watch(part);
