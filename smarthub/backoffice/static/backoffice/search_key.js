// <form data-module="search-key">: the key "/" puts the cursor into its search field, from
// anywhere on the page where nothing is being typed.

const form = document.querySelector('form[data-module="search-key"]');
const field = form?.querySelector('input[type="search"]');
const typing = "input, textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  if (!field || event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest?.(typing)) return;
  event.preventDefault();
  field.focus();
  field.select();
});
