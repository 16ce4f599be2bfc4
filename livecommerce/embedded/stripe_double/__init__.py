"""A stateful stand-in for Stripe, so that the shop can be bought from without a network.

It is a server of its own that speaks enough of Stripe's HTTP API (version `wire.API_VERSION`)
for the official library, keeps its state over restarts, shows hosted payment pages, and sends
signed, retried webhooks. `docs/payments.md` says what it does and does not.

From the request down:

- `app` the ASGI application, `api` its routes; `wire` and `problems` the shapes on the wire
- `payment_intents`, `refunds`, `transfers`, … one module for each kind of object
- `idempotency`, `listing`, `expansion` what all of them share
- `webhooks` the queue of events to be delivered, and the chaos that tests ask for
- `pages` what a buyer sees; `store` what outlives a restart
"""
