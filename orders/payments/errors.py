"""What can go wrong with a payment, in words a buyer can act on."""

from django.utils.translation import gettext as _

from livecommerce.errors import DomainError

DECLINES = {
    "insufficient_funds": lambda: _("The account has not enough money. Try another one."),
    "expired_card": lambda: _("The card has expired. Try another one."),
    "incorrect_cvc": lambda: _("The card's security code is wrong. Check it and try again."),
    "incorrect_number": lambda: _("The card number is wrong. Check it and try again."),
    "payment_intent_authentication_failure": lambda: _("The payment was not approved."),
    "authentication_required": lambda: _("The payment was not approved."),
    "payment_method_provider_decline": lambda: _("The payment was refused."),
}


def decline_message(code: str) -> str:
    """Why the payment failed, in the reader's language; an unknown code gets a plain sentence."""
    known = DECLINES.get(code)
    return known() if known else _("The bank refused the payment. Nothing was charged.")


class PaymentError(DomainError):
    """Anything the payment provider refused or could not answer."""


class PaymentDeclined(PaymentError):
    """The bank or wallet said no; the same intent can be paid again."""

    def __init__(self, reason: str) -> None:
        super().__init__("payment_declined", decline_message(reason), status=402, reason=reason)


class PaymentRefused(PaymentError):
    """The provider finds the request itself wrong (unknown id, too large a refund, paid already).

    Asking again with the same facts gives the same answer; `reason` is the provider's code.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(
            "payment_refused",
            _("The payment service did not accept this. Nothing was changed."),
            status=409,
            reason=reason,
        )
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        return f"payment_refused: {self.reason}: {self.detail}"


class ProviderUnavailable(PaymentError):
    """No answer in time. The effect may or may not have happened: repeat with the same key."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "payment_unavailable",
            _("The payment service does not answer. Try again in a moment."),
            status=503,
        )
        self.detail = detail

    def __str__(self) -> str:
        return f"payment_unavailable: {self.detail}"


class IntentMismatch(PaymentError):
    """The provider's amount, currency or reference is not the order's: quarantine, never ship."""

    def __init__(self, intent_id: str, differences: dict[str, tuple[object, object]]) -> None:
        super().__init__(
            "payment_mismatch",
            _("This payment does not belong to this order. We will look into it."),
            status=409,
        )
        self.intent_id = intent_id
        self.differences = differences

    def __str__(self) -> str:
        told = ", ".join(f"{k}: wanted {w!r}, got {g!r}" for k, (w, g) in self.differences.items())
        return f"payment_mismatch: {self.intent_id}: {told}"


class InvalidSignature(PaymentError):
    """A webhook that is forged, too old, signed by another or not an event: answer 400."""

    def __init__(self, detail: str) -> None:
        super().__init__("webhook_signature", _("The signature is not valid."), status=400)
        self.detail = detail
