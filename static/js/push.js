// <push-switch data-key data-subscribe data-unsubscribe data-worker>: whether this browser is told by web
// push. It says itself what it cannot do: without a service worker, without https, after a "no".

import { postForm } from "./room/post.js";

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.codePointAt(0));
};
const encode = (buffer) =>
  btoa(String.fromCodePoint(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const same = (a, b) => a && b && encode(a) === encode(b);

class PushSwitch extends HTMLElement {
  async connectedCallback() {
    this.addEventListener("click", (event) => {
      const wanted = event.target.closest("[data-do]")?.dataset.do;
      if (wanted) this.#run(wanted === "on" ? () => this.#subscribe() : () => this.#unsubscribe());
    });
    if (!("serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis)) {
      return this.#show("none");
    }
    this.#run(() => this.#look());
  }

  async #run(act) {
    this.#problem(false);
    this.toggleAttribute("aria-busy", true);
    try {
      this.#show(await act());
    } catch {
      this.#problem(true);
      this.#show(Notification.permission === "denied" ? "denied" : "off");
    }
    this.removeAttribute("aria-busy");
  }

  /** on, off or denied, as the browser and the shop know it. */
  async #look() {
    if (Notification.permission === "denied") return "denied";
    const registration = await navigator.serviceWorker.getRegistration(this.dataset.scope);
    const subscription = await registration?.pushManager.getSubscription();
    if (!subscription) return "off";
    if (!same(subscription.options.applicationServerKey, bytes(this.dataset.key))) return "off"; // another key
    await this.#tell(subscription); // whoever is signed in here now
    return "on";
  }

  async #subscribe() {
    if ((await Notification.requestPermission()) !== "granted") {
      return Notification.permission === "denied" ? "denied" : "off";
    }
    const registration = await navigator.serviceWorker.register(this.dataset.worker, { scope: this.dataset.scope });
    await this.#active(registration);
    const key = bytes(this.dataset.key);
    const old = await registration.pushManager.getSubscription();
    if (old && !same(old.options.applicationServerKey, key)) await old.unsubscribe();
    const options = { userVisibleOnly: true, applicationServerKey: key };
    await this.#tell(await registration.pushManager.subscribe(options));
    return "on";
  }

  async #unsubscribe() {
    const registration = await navigator.serviceWorker.getRegistration(this.dataset.scope);
    const subscription = await registration?.pushManager.getSubscription();
    if (subscription) {
      await postForm(this.dataset.unsubscribe, { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
    return "off";
  }

  async #tell(subscription) {
    const { ok, told } = await postForm(this.dataset.subscribe, {
      endpoint: subscription.endpoint,
      p256dh: encode(subscription.getKey("p256dh")),
      auth: encode(subscription.getKey("auth")),
    });
    if (!ok) throw new Error(told.message ?? "");
  }

  #active(registration) {
    if (registration.active) return Promise.resolve();
    const worker = registration.installing ?? registration.waiting;
    return new Promise((resolve) => {
      worker.addEventListener("statechange", () => worker.state === "activated" && resolve());
    });
  }

  #show(state) {
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  }

  #problem(isThere) {
    this.querySelector("[data-problem]").hidden = !isThere;
  }
}

customElements.define("push-switch", PushSwitch);
