// <div data-module="password">: a button shows what was typed and hides it again.

for (const part of document.querySelectorAll('[data-module="password"]')) {
  const input = part.querySelector("input");
  const button = part.querySelector("button");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? button.dataset.show : button.dataset.hide;
    button.setAttribute("aria-pressed", String(!shown));
  });
}
