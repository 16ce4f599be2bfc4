// <stripe-card>: Stripe's Payment Element in our page. Card numbers go from Stripe's own frame to
// Stripe; neither this script nor our server sees them.
//
// Attributes: client-secret, publishable-key, return-url (where Stripe sends the buyer on), locale
// (Stripe's code: zh, en), and the words paying, unavailable, unexpected.
// Content, rendered by the page: <form>, in it data-slot="fields" (a place that is emptied when the
// fields are there), data-slot="error" hidden, <button data-slot="pay" disabled>,
// <button type="button" data-slot="retry" hidden>.
// Event: stripe-card-state {state: loading|ready|paying|unavailable}, also in data-state.
//
// Stripe's script is loaded only for a real publishable key, from Stripe's own address: they allow
// no copy, and the content security policy names that address only when such a key is set.

// The release that speaks the API version pinned in orders/payments/stripe.py.
const SCRIPT = "https://js.stripe.com/endive/stripe.js";
const LOAD_MS = 20_000;
const REAL_KEY = /^pk_(test|live)_\w{8,}$/;
const INTENT_SECRET = /^pi_\w+_secret_\w+$/;
const FOR_PEOPLE = new Set(["card_error", "validation_error"]); // Stripe wrote these for the buyer
const OVER = new Set(["succeeded", "processing"]);

let library = null; // one for the page, whatever number of forms

function loadStripe() {
  library ??= fetchStripe().catch((error) => {
    library = null; // the next try loads it anew
    throw error;
  });
  return library;
}

function fetchStripe() {
  if (window.Stripe) return Promise.resolve(window.Stripe);
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = () => {
      script.remove();
      reject(new Error("Stripe.js could not be loaded"));
    };
    const timer = setTimeout(fail, LOAD_MS);
    script.addEventListener("error", fail);
    script.addEventListener("load", () => {
      clearTimeout(timer);
      if (window.Stripe) resolve(window.Stripe);
      else fail();
    });
    script.src = SCRIPT;
    document.head.append(script);
  });
}

export class StripeCard extends HTMLElement {
  #run = 0; // each start has a number; answers to an older one are ignored
  #stripe = null;
  #elements = null;
  #payment = null;
  #listeners = null;
  #payLabel = "";

  connectedCallback() {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    const form = this.querySelector("form");
    this.#payLabel ||= this.#slot("pay").textContent;
    form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.#slot("retry").addEventListener("click", () => this.#start(), { signal });
    // The browser's "back" may show the page as it was left: in the middle of paying.
    addEventListener("pageshow", (event) => event.persisted && this.#freshen(), { signal });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => this.#dress(), { signal });
    const theme = new MutationObserver(() => this.#dress());
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    signal.addEventListener("abort", () => theme.disconnect());
    this.#start();
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    this.#stop();
  }

  get state() {
    return this.dataset.state;
  }

  async #start() {
    this.#stop();
    const run = ++this.#run;
    this.#show("loading");
    const key = this.getAttribute("publishable-key") ?? "";
    const clientSecret = this.getAttribute("client-secret") ?? "";
    if (!REAL_KEY.test(key) || !INTENT_SECRET.test(clientSecret)) {
      this.#show("unavailable");
      return;
    }
    try {
      const Stripe = await loadStripe();
      if (run !== this.#run) return;
      const locale = this.getAttribute("locale") || "auto";
      this.#stripe = Stripe(key, { locale });
      this.#elements = this.#stripe.elements({ clientSecret, locale, appearance: appearance() });
      // The intent may be paid by wallets, too; who comes here chose the card.
      this.#payment = this.#elements.create("payment", {
        layout: "tabs",
        paymentMethodOrder: ["card"],
      });
      this.#payment.on("ready", () => run === this.#run && this.#show("ready"));
      this.#payment.on("loaderror", () => run === this.#run && this.#show("unavailable"));
      this.#slot("fields").replaceChildren();
      this.#payment.mount(this.#slot("fields"));
    } catch {
      if (run === this.#run) this.#show("unavailable");
    }
  }

  #stop() {
    this.#run += 1;
    this.#payment?.destroy();
    this.#stripe = this.#elements = this.#payment = null;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.state !== "ready") return;
    const run = this.#run;
    const returnUrl = this.getAttribute("return-url");
    this.#show("paying");
    let error = null;
    try {
      // Stripe sends the browser to the return address itself and answers only what went wrong.
      ({ error } = await this.#stripe.confirmPayment({
        elements: this.#elements,
        confirmParams: { return_url: returnUrl },
      }));
    } catch {
      error = { type: "api_connection_error" };
    }
    if (run !== this.#run) return;
    if (!error || OVER.has(error.payment_intent?.status)) {
      location.assign(returnUrl); // paid already, in another tab for instance: the shop asks Stripe
      return;
    }
    const said = FOR_PEOPLE.has(error.type) && error.message;
    this.#show("ready", said || this.getAttribute("unexpected"));
  }

  #freshen() {
    if (this.state === "paying") this.#show("ready");
  }

  #dress() {
    this.#elements?.update({ appearance: appearance() });
  }

  #show(state, error = "") {
    const said = state === "unavailable" ? this.getAttribute("unavailable") : error;
    this.dataset.state = state;
    const isBusy = state === "loading" || state === "paying";
    this.querySelector("form").setAttribute("aria-busy", String(isBusy));
    const pay = this.#slot("pay");
    pay.disabled = state !== "ready";
    pay.textContent = state === "paying" ? this.getAttribute("paying") : this.#payLabel;
    pay.hidden = state === "unavailable";
    this.#slot("fields").hidden = state === "unavailable";
    this.#slot("retry").hidden = state !== "unavailable";
    this.#slot("error").textContent = said ?? "";
    this.#slot("error").hidden = !said;
    this.dispatchEvent(new CustomEvent("stripe-card-state", { bubbles: true, detail: { state } }));
  }

  #slot(name) {
    return this.querySelector(`[data-slot="${name}"]`);
  }
}

/** Our colours and type inside Stripe's frame, which no style sheet of ours reaches. */
function appearance() {
  const root = getComputedStyle(document.documentElement);
  const token = (name) => root.getPropertyValue(name).trim();
  return {
    theme: root.colorScheme.includes("dark") ? "night" : "stripe",
    variables: {
      colorPrimary: token("--action"),
      colorBackground: token("--surface"),
      colorText: token("--ink"),
      colorTextSecondary: token("--ink-soft"),
      colorDanger: token("--vermilion"),
      borderRadius: token("--radius-8"),
      fontFamily: getComputedStyle(document.body).fontFamily,
    },
  };
}

customElements.define("stripe-card", StripeCard);
