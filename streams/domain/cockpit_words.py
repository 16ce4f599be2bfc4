"""What the cockpit says: about the worst figure, and about the picture that goes out.

`{name}` (a product), `{n}`, `{yuan}` and the picture's `{kbps}`, `{lost}`, `{width}`, `{height}`,
`{rtt}` are filled in by the page and by static/js/elements/cock-pit.js, health-words.js.
"""

from django.utils.translation import gettext_lazy as _

ADVICE = {
    "sold_out": _(
        "“{name}” is being explained and there is none left. Thank everybody and go on to the"
        " next product."
    ),
    "unpinned": _(
        "No product is pinned, so nobody can buy what you are showing. Press a number to pin it."
    ),
    "unpaid": _(
        "{n} orders over ¥{yuan} wait for payment. Say that the goods are kept for 15 minutes at"
        " most, and where to pay: My orders."
    ),
    "leaving": _(
        "{n} people have left since the fullest moment. Change the pace: the next product, a song,"
        " or a question to the room."
    ),
    "few_open": _(
        "Only {n} of 100 people look at a product. Say its price and why it is half, hold it to"
        " the camera, and point at the card."
    ),
    "few_buy": _(
        "{n} people opened “{name}” and hardly anybody bought. Say what carriage costs, when it is"
        " sent, and answer the doubt you read in the chat."
    ),
    "quiet": _("Nobody has written for {n} minutes. Ask the room something, and read names out."),
}
NO_ADVICE = _("Nothing stands out. Go on like this.")

HEALTH = {
    "none": _("No picture goes out."),
    "good": _("The picture is fine."),
    "lossy": _(
        "{lost} % of the packets get lost: viewers see blocks. Go nearer to the Wi-Fi, or use a"
        " cable or the telephone's network."
    ),
    "slow": _(
        "The upload is too slow ({kbps} kbit/s): the picture will stutter. Close other programs"
        " that send, go nearer to the Wi-Fi, or use a cable."
    ),
    "cpu": _(
        "This computer cannot keep up, so the picture was made smaller. Close other programs and"
        " tabs, and plug in the charger."
    ),
    "small": _(
        "Only {width}×{height} goes out: labels will be hard to read. Wait a moment; if it stays,"
        " check the upload."
    ),
    "far": _("The line answers slowly ({rtt} ms). It may break off: a cable is better than Wi-Fi."),
}
FIGURES_LINE = _("{kbps} kbit/s · {width}×{height} · {lost} % lost")
