// Passkeys: form[data-module="passkey"] makes or uses one, [data-passkey-form] holds a button for a
// form that stands elsewhere, and [data-module="passkey-offer"] is shown only where there can be one. Without this script, or where a browser has none, the forms beside
// them do the same with a password or a code.

// A passkey belongs to a name; an address of numbers has none.
const hasName = !/^[\d.]+$|^\[/.test(location.hostname);
const available = hasName && window.isSecureContext && "credentials" in navigator && "PublicKeyCredential" in window;

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

function toText(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function withBytes(listed) {
  return (listed ?? []).map((each) => ({ ...each, id: toBytes(each.id) }));
}

async function use(options) {
  const given = options.publicKey;
  return navigator.credentials.get({
    publicKey: { ...given, challenge: toBytes(given.challenge), allowCredentials: withBytes(given.allowCredentials) },
  });
}

async function make(options) {
  const given = options.publicKey;
  return navigator.credentials.create({
    publicKey: {
      ...given,
      challenge: toBytes(given.challenge),
      user: { ...given.user, id: toBytes(given.user.id) },
      excludeCredentials: withBytes(given.excludeCredentials),
      // The passkey alone signs in, so it must be kept by the device and ask who holds it.
      authenticatorSelection: { ...given.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" },
    },
  });
}

function asJson(credential) {
  const answer = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) {
      answer[part] = toText(credential.response[part]);
    }
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: answer,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment,
  });
}

async function optionsOf(form) {
  const inPage = document.getElementById(form.dataset.options ?? "");
  if (inPage) {
    return JSON.parse(inPage.textContent);
  }
  const answer = await fetch(form.action, { headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" } });
  return answer.json();
}

async function run(form, said) {
  said.textContent = "";
  try {
    const told = await optionsOf(form);
    const credential = told.creation_options ? await make(told.creation_options) : await use(told.request_options);
    form.elements.credential.value = asJson(credential);
    if (form.elements.remember) {
      form.elements.remember.value = document.getElementById("id_remember").checked ? "on" : "";
    }
    form.submit();
  } catch {
    said.textContent = form.dataset.failed;
  }
}

for (const form of document.querySelectorAll('form[data-module="passkey"]')) {
  form.hidden = !available;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form, form.querySelector("[role=status]"));
  });
}
for (const part of document.querySelectorAll("[data-passkey-form]")) {
  part.hidden = !available;
  const form = document.getElementById(part.dataset.passkeyForm);
  const said = part.querySelector("[role=status]");
  part.querySelector("button").addEventListener("click", () => run(form, said));
}
for (const offer of document.querySelectorAll('[data-module="passkey-offer"]')) {
  offer.hidden = !available;
}
for (const note of document.querySelectorAll("[data-no-passkey]")) {
  note.hidden = available;
}
