"""What the pages say, in both languages of the shop: (Chinese, English)."""

WORDS: dict[str, tuple[str, str]] = {
    "demo": (
        "这是演示付款页，不会动用任何真实资金。请勿填写真实的银行卡信息。",
        "This is a demonstration: no money moves. Never enter the details of a real card.",
    ),
    "pay_title": ("付款（演示）", "Payment (demonstration)"),
    "amount": ("应付金额", "To pay"),
    "for": ("订单", "Order"),
    "approve": ("同意付款", "Approve the payment"),
    "refuse": ("拒绝付款", "Refuse the payment"),
    "back": ("返回商城", "Back to the shop"),
    "back_unpaid": ("暂不付款，返回商城", "Back to the shop without paying"),
    "alipay_title": ("支付宝（演示）", "Alipay (demonstration)"),
    "alipay_lead": (
        "真实环境中，这里是支付宝的收银台。请选择结果：",
        "In real life this is Alipay's cashier page. Choose how it ends:",
    ),
    "bank_title": ("银行验证（演示）", "Your bank's check (demonstration)"),
    "bank_lead": (
        "发卡行要求持卡人本人确认这笔付款（3-D Secure）。请选择结果：",
        "The bank wants its card holder to confirm the payment (3-D Secure). Choose how it ends:",
    ),
    "wechat_title": ("微信支付（演示）", "WeChat Pay (demonstration)"),
    "wechat_lead": (
        "真实环境中，这里是手机微信里的付款页。请选择结果：",
        "In real life this is the payment page inside WeChat on a phone. Choose how it ends:",
    ),
    "scan_lead": (
        "用手机扫描二维码，或点击下面的按钮模拟扫码。",
        "Scan the code with a phone, or press the button to pretend that you did.",
    ),
    "scan_alt": ("付款二维码", "Payment QR code"),
    "scan_button": ("模拟扫码", "Pretend to scan"),
    "scan_after": (
        "付款后请回到商城页面，订单会自动更新。",
        "After paying, return to the shop's page: the order follows by itself.",
    ),
    "card_title": ("银行卡付款（演示）", "Card payment (demonstration)"),
    "card_number": ("卡号", "Card number"),
    "card_expiry": ("有效期（月/年）", "Expiry (month/year)"),
    "card_cvc": ("安全码（CVC）", "Security code (CVC)"),
    "card_pay": ("付款", "Pay"),
    "card_tests": ("测试卡：点击即可填入", "Test cards: press one to fill it in"),
    "card_succeeds": ("付款成功", "succeeds"),
    "card_declined": ("被银行拒绝", "is declined by the bank"),
    "card_no_money": ("余额不足", "has not enough money"),
    "card_asks": ("需要银行验证（3-D Secure）", "asks the bank first (3-D Secure)"),
    "card_disputed": ("付款成功，随后产生争议", "succeeds, and is disputed afterwards"),
    "onboard_title": ("开通收款账户（演示）", "Open a payout account (demonstration)"),
    "onboard_lead": (
        "真实环境中，这里由 Stripe 核实身份并登记银行账户。演示时点击按钮即可完成。",
        "In real life Stripe checks who you are here and asks for a bank account. In the"
        " demonstration one button does it.",
    ),
    "onboard_account": ("账户", "Account"),
    "onboard_done": ("完成开通", "Finish"),
    "missing_title": ("找不到这笔付款", "No such payment"),
    "missing_text": (
        "链接可能不完整。请回到商城，从“我的订单”重新付款。",
        "The link may be incomplete. Go back to the shop and pay again from My orders.",
    ),
    "paid_title": ("付款成功", "Paid"),
    "paid_text": ("可以关闭本页，回到商城。", "You can close this page and go back to the shop."),
    "refused_title": ("付款未完成", "Not paid"),
    "refused_text": (
        "没有扣款。请回到商城，可以重新付款。",
        "Nothing was charged. Go back to the shop to pay again.",
    ),
    "cancelled_title": ("这笔付款已取消", "This payment was cancelled"),
    "cancelled_text": (
        "没有扣款。订单可能已超过保留时间，请回到商城重新下单。",
        "Nothing was charged. The order may have run out of time: go back and order again.",
    ),
    "open_title": ("等待付款", "Waiting to be paid"),
    "open_text": ("请完成付款，再回到商城。", "Finish the payment, then go back to the shop."),
}

FAULTS: dict[str, tuple[str, str]] = {
    "generic_decline": (
        "这张卡被银行拒绝，没有扣款。请换一张卡。",
        "The bank declined this card; nothing was charged. Try another.",
    ),
    "insufficient_funds": (
        "余额不足，没有扣款。请换一张卡。",
        "The card has not enough money; nothing was charged. Try another.",
    ),
    "expired_card": (
        "卡已过期，请换一张卡。",
        "The card has expired. Try another.",
    ),
    "incorrect_cvc": (
        "安全码不正确。",
        "The security code is not right.",
    ),
    "invalid_cvc": (
        "请填写卡背面的三位或四位安全码。",
        "Give the three or four digits from the back of the card.",
    ),
    "incorrect_number": (
        "卡号不正确，请核对。",
        "The card number is not right: check it.",
    ),
    "invalid_number": (
        "卡号不正确，请核对。",
        "The card number is not right: check it.",
    ),
    "invalid_expiry_month": (
        "有效期请按“月/年”填写，如 12/30。",
        "Give the expiry as month/year, such as 12/30.",
    ),
    "invalid_expiry_year": (
        "卡已过期，或年份有误。",
        "The card has expired, or the year is not right.",
    ),
    "": (
        "付款没有成功，没有扣款。请重试或换一张卡。",
        "The payment did not succeed; nothing was charged. Try again or use another card.",
    ),
}
"""Stripe's codes in words; the empty one is for any other."""


def say(word: str, lang: str) -> str:
    return WORDS[word][0 if lang == "zh" else 1]


def say_fault(code: str, lang: str) -> str:
    return FAULTS.get(code, FAULTS[""])[0 if lang == "zh" else 1]
