// <section data-module="install">: a button where the browser offers to install, and a word
// when it is done. Elsewhere the written steps on the page are all there is.

for (const part of document.querySelectorAll('[data-module="install"]')) {
  const offer = part.querySelector("[data-install-offer]");
  const done = part.querySelector("[data-install-done]");
  const button = offer.querySelector("button");
  let prompt;

  function show(which) {
    part.hidden = !which;
    offer.hidden = which !== offer;
    done.hidden = which !== done;
  }

  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event;
    show(offer);
  });

  button.addEventListener("click", async () => {
    await prompt.prompt();
    const { outcome } = await prompt.userChoice;
    // An offer can be taken once; refused, the written steps remain.
    if (outcome !== "accepted") show(null);
  });

  window.addEventListener("appinstalled", () => show(done));
  if (window.matchMedia("(display-mode: standalone)").matches) show(done);
}
