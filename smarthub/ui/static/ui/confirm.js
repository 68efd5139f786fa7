// <a href="/the/confirm/page/" data-module="confirm" data-dialog="its-id">: asks in a dialog what
// the page behind the link asks. Without a script, or without that dialog, the link just leads there.

for (const link of document.querySelectorAll('[data-module="confirm"]')) {
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog?.showModal) continue;

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.showModal();
  });
  // "Keep it as it is" is a link for those without a dialog; in one, it closes it.
  dialog.querySelector("[data-cancel]").addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => link.focus());
}
