// <card-form>: Stripe's own card fields in our page. Card numbers never pass through us.
class CardForm extends HTMLElement {
  async connectedCallback() {
    const form = this.querySelector("form");
    const Stripe = await this.#library();
    if (!Stripe) return this.#say(this.dataset.failed);
    const stripe = Stripe(this.dataset.key);
    const elements = stripe.elements({ clientSecret: this.dataset.secret });
    elements.create("payment").mount(this.querySelector("[data-fields]"));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button");
      button.disabled = true;
      const { error } = await stripe.confirmPayment({
        elements,
        confirmParams: { return_url: this.dataset.return },
      });
      button.disabled = false;
      if (error) this.#say(error.message);
    });
  }

  #library() {
    if (window.Stripe) return Promise.resolve(window.Stripe);
    return new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = "https://js.stripe.com/v3/";
      script.onload = () => resolve(window.Stripe);
      script.onerror = () => resolve(null);
      document.head.append(script);
    });
  }

  #say(text) {
    const place = this.querySelector("[data-error]");
    place.textContent = text;
    place.hidden = false;
  }
}

customElements.define("card-form", CardForm);
