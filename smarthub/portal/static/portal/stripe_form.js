// <form data-module="stripe-form">: Stripe's element takes the card or bank account in frames of
// its own, and confirms it with Stripe. Its script is loaded by the page, from Stripe alone.

const form = document.querySelector('[data-module="stripe-form"]');
const data = JSON.parse(document.getElementById("stripe-form-data").textContent);

if (form && window.Stripe) {
  const stripe = window.Stripe(data.publicKey, { locale: data.language });
  const elements = stripe.elements({ clientSecret: data.clientSecret });
  const button = form.querySelector("button");
  const error = form.querySelector("[data-error]");

  const element = elements.create("payment");
  element.mount(form.querySelector("[data-element]"));
  element.on("ready", () => {
    button.disabled = false;
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    const answer = await stripe.confirmSetup({
      elements,
      confirmParams: { return_url: data.returnTo },
    });
    // Only a failure comes back here; a success has left the page.
    error.textContent = answer.error.message;
    error.hidden = false;
    button.disabled = false;
  });
}
