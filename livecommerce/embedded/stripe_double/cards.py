"""Stripe's test cards: what each number does, and the token that stands for it."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Decline:
    code: str
    decline_code: str
    message: str


DECLINES = {
    name: Decline(code, name, message)
    for name, code, message in (
        ("generic_decline", "card_declined", "Your card was declined."),
        ("insufficient_funds", "card_declined", "Your card has insufficient funds."),
        ("lost_card", "card_declined", "Your card was declined."),
        ("stolen_card", "card_declined", "Your card was declined."),
        ("expired_card", "expired_card", "Your card has expired."),
        ("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
        (
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class DemoCard:
    """`decline` comes after the authentication where there is one; `refund` is how one ends."""

    number: str
    token: str
    brand: str = "visa"
    decline: str = ""
    authenticates: bool = False
    dispute: str = ""
    refund: str = ""


CARDS = {
    card.number: card
    for card in (
        DemoCard("4242424242424242", "pm_card_visa"),
        DemoCard("5555555555554444", "pm_card_mastercard", brand="mastercard"),
        DemoCard("6200000000000005", "pm_card_unionpay", brand="unionpay"),
        DemoCard("4000000000000077", "pm_card_bypassPending"),
        DemoCard("4000000000000002", "pm_card_visa_chargeDeclined", decline="generic_decline"),
        DemoCard(
            "4000000000009995",
            "pm_card_visa_chargeDeclinedInsufficientFunds",
            decline="insufficient_funds",
        ),
        DemoCard("4000000000009987", "pm_card_visa_chargeDeclinedLostCard", decline="lost_card"),
        DemoCard(
            "4000000000009979", "pm_card_visa_chargeDeclinedStolenCard", decline="stolen_card"
        ),
        DemoCard("4000000000000069", "pm_card_chargeDeclinedExpiredCard", decline="expired_card"),
        DemoCard("4000000000000127", "pm_card_chargeDeclinedIncorrectCvc", decline="incorrect_cvc"),
        DemoCard(
            "4000000000000119",
            "pm_card_chargeDeclinedProcessingError",
            decline="processing_error",
        ),
        DemoCard("4000002760003184", "pm_card_authenticationRequired", authenticates=True),
        DemoCard("4000002500003155", "pm_card_authenticationRequiredOnSetup", authenticates=True),
        DemoCard("4000000000003220", "pm_card_threeDSecure2Required", authenticates=True),
        DemoCard(
            "4000008400001629",
            "pm_card_threeDSecureRequiredChargeDeclined",
            authenticates=True,
            decline="generic_decline",
        ),
        DemoCard("4000000000000259", "pm_card_createDispute", dispute="fraudulent"),
        DemoCard(
            "4000000000002685",
            "pm_card_createDisputeProductNotReceived",
            dispute="product_not_received",
        ),
        DemoCard("4000000000007726", "pm_card_pendingRefund", refund="pending"),
        DemoCard("4000000000005126", "pm_card_refundFail", refund="fails"),
    )
}
TOKENS = {card.token: card for card in CARDS.values()}


def passes_luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def fault_of(*, number: str, month: int, year: int, cvc: str) -> tuple[str, str] | None:
    """Stripe's code and field for what is wrong with a card's details, if anything is."""
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19):
        return "invalid_number", "number"
    if not passes_luhn(number):
        return "incorrect_number", "number"
    today = datetime.now(UTC)
    if not 1 <= month <= 12:
        return "invalid_expiry_month", "exp_month"
    if (year, month) < (today.year, today.month) or year > today.year + 50:
        return "invalid_expiry_year", "exp_year"
    if cvc and not (cvc.isascii() and cvc.isdigit() and len(cvc) in (3, 4)):
        return "invalid_cvc", "cvc"
    return None
