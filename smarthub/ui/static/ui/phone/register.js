// <link data-module="phone" data-worker="/service-worker.js">: lets the device keep the shell.

const part = document.querySelector('[data-module="phone"]');

function register() {
  // Refused in some private windows; every page works without.
  navigator.serviceWorker.register(part.dataset.worker, { updateViaCache: "none" }).catch(() => {});
}

if (part && "serviceWorker" in navigator) {
  // After the page is there: what the member came for goes first.
  if (document.readyState === "complete") register();
  else window.addEventListener("load", register, { once: true });
}
