// <form data-module="once">: a second click sends nothing. The form's own id makes a second
// sending harmless anyway; this only spares the member the doubt.

for (const form of document.querySelectorAll('form[data-module="once"]')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button[type=submit]")) {
      // After the browser has read the button's value for this sending.
      setTimeout(() => {
        button.disabled = true;
        if (button.dataset.busy) button.textContent = button.dataset.busy;
      }, 0);
    }
  });
}

// Back from the next page: the browser may show this one as it was left, buttons greyed out.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
