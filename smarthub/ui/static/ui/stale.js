// <div data-module="stale" data-minutes="5" hidden>: when the member comes back to a page left
// alone for longer than that, it says of when its figures are and offers to fetch them again.

for (const banner of document.querySelectorAll('[data-module="stale"]')) {
  const limit = Number(banner.dataset.minutes) * 60_000;
  let leftAt = null;

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      leftAt = Date.now();
    } else if (leftAt !== null && Date.now() - leftAt > limit) {
      banner.hidden = false;
      const heard = document.getElementById("announcement");
      if (heard) heard.textContent = banner.querySelector("p").textContent.trim();
    }
  });
}
