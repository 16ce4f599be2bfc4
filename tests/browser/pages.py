"""The public pages that are opened in a real browser, and the world they show.

A colleague adds a page by one line in PAGES. `path` may use the names of `World` in braces;
`who` is an attribute of `World` (a User), or None for a visitor.
"""

from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from livecommerce.accounts.models import User
from livecommerce.notifications.models import Notification
from orders.domain.checkout import place_order
from orders.models import BasketLine
from products.domain.offers import current_offer
from products.models import Product
from streams.domain import (
    chat,
    moderation_sanctions,
    pins,
    polls,
    questions,
    rehearsals,
    script_check,
)
from streams.domain.assistants import name_assistant
from streams.domain.flash_sales import start_flash_sale
from streams.domain.rehearsal_draws import take_part
from streams.domain.run_of_show import next_segment
from streams.domain.run_of_show_plan import Plan, add_segments
from streams.domain.run_of_show_templates import save_template
from streams.models import Broadcast, Draw, WordList
from tests.browser.farm import make_desk
from tests.browser.money import make_money
from tests.browser.money_back import make_requests
from tests.browser.offices import make_offices
from tests.browser.sheets import make_sheets
from tests.browser.voices import make_voices
from tests.factories import (
    PASSWORD,
    make_address,
    make_coupon,
    make_deal,
    make_official,
    make_prefecture,
    make_product,
    make_specialty,
    make_user,
)
from tests.streams.draws import enter, finish, make_draw, open_now
from tests.streams.flash import make_flash_sale
from tests.streams.recorded import make_ready
from tests.streams.shows import add_item, make_show


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    who: str | None = None
    status: int = 200


PAGES = (
    Page("home", "/"),
    Page("schedule", "/schedule/"),
    Page("prefecture", "/p/{prefecture}/"),
    Page("product", "/products/{sku}/"),
    Page("receipt", "/deals/{deal}/receipt/"),
    Page("search", "/search/?q=核桃"),
    Page("search-nothing", "/search/?q=zzzz"),
    Page("festival", "/festival/"),
    Page("officials", "/officials/"),
    Page("official", "/officials/{official}/"),
    Page("apply", "/officials/apply/", who="viewer"),
    Page("room-live", "/rooms/{live}/"),
    Page("room-live-signed-in", "/rooms/{live}/", who="viewer"),
    Page("moderation", "/rooms/{live}/moderation/", who="host"),
    Page("moderation-line", "/rooms/{live}/moderation/lines/{line_held}/", who="host"),
    Page("sanction", "/moderation/{sanction}/", who="newcomer"),
    Page("room-before", "/rooms/{planned}/"),
    Page("room-after", "/rooms/{ended}/"),
    Page("room-replay", "/rooms/{replay}/"),
    Page("replays", "/replays/"),
    Page("replay-manage", "/host/{replay}/replay/", who="host"),
    Page("host-home", "/host/", who="host"),
    Page("host-plan", "/host/new/", who="host"),
    Page("console", "/host/{live}/", who="host"),
    Page("run", "/host/{live}/run/", who="host"),
    Page("run-segment", "/host/{live}/run/{segment}/", who="host"),
    Page("run-empty", "/host/{replay}/run/", who="host"),
    Page("cockpit", "/host/{live}/cockpit/", who="host"),
    Page("assistants", "/host/{live}/assistants/", who="host"),
    Page("console-of-an-assistant", "/host/{live}/", who="helper"),
    Page("rehearse", "/host/{to_rehearse}/rehearsal/", who="host"),
    Page("console-rehearsal", "/host/{rehearsal}/", who="host"),
    Page("room-rehearsal", "/rooms/{rehearsal}/", who="host"),
    Page("practise", "/rooms/{rehearsal}/practise/{sku}/", who="host"),
    Page("flash-plan", "/host/{live}/flash/new/", who="host"),
    Page("draw-plan", "/host/{live}/draws/new/", who="host"),
    Page("poll-ask", "/host/{live}/polls/new/", who="host"),
    Page("draw-open", "/draws/{draw_open}/", who="viewer"),
    Page("draw-drawn", "/draws/{draw_drawn}/"),
    Page("draw-claim", "/draws/{draw_drawn}/claim/", who="viewer"),
    Page("draw-practice", "/draws/{draw_practice}/", who="host"),
    Page("draw-prizes", "/host/{live}/draws/{draw_drawn}/prizes/", who="host"),
    Page("orders-empty", "/orders/", who="newcomer"),
    Page("orders", "/orders/", who="viewer"),
    Page("order", "/orders/{order}/", who="viewer"),
    Page("buy", "/buy/{sku}/", who="viewer"),
    Page("buy-without-address", "/buy/{sku}/", who="newcomer"),
    Page("buy-signed-out", "/buy/{sku}/"),
    Page("basket", "/basket/", who="viewer"),
    Page("basket-empty", "/basket/", who="newcomer"),
    Page("order-in-parts", "/orders/{parts}/", who="viewer"),
    Page("order-arrived", "/orders/{arrived}/", who="viewer"),
    Page("review", "/orders/{arrived}/lines/{line}/review/", who="viewer"),
    Page("product-reviews", "/products/{sku}/reviews/"),
    Page("producer", "/producer/{producer}/", who="farmer"),
    Page("producer-by-product", "/producer/{producer}/?by=product", who="farmer"),
    Page("producer-order", "/producer/{producer}/orders/{to_send}/", who="farmer"),
    Page("producer-order-in-parts", "/producer/{producer}/orders/{parts}/", who="farmer"),
    Page("producer-slips", "/producer/{producer}/slips/", who="farmer"),
    Page("producer-sheets", "/producer/{producer}/sheets/", who="farmer"),
    Page("producer-sheet", "/producer/{producer}/sheets/{sheet}/", who="farmer"),
    Page("producer-sent", "/producer/{producer}/sent/", who="farmer"),
    Page("producer-reviews", "/producer/{producer}/reviews/", who="farmer"),
    Page("order-money-back", "/orders/{arrived}/", who="viewer"),
    Page("refund-ask", "/orders/{arrived}/refund/", who="viewer"),
    Page("refund-nothing-to-ask", "/orders/{order}/refund/", who="viewer"),
    Page("refund", "/orders/{arrived}/refunds/{refund}/", who="viewer"),
    Page("refund-return", "/orders/{arrived}/refunds/{returned}/", who="viewer"),
    Page("refund-inbox", "/producer/refunds/", who="farmer"),
    Page("refund-decide", "/producer/refunds/{refund}/", who="farmer"),
    Page("producer-money", "/producer/money/{producer}/", who="farmer"),
    Page("show-money", "/host/{live}/money/", who="host"),
    Page("inbox", "/inbox/", who="viewer"),
    Page("notification-choices", "/inbox/choices/", who="viewer"),
    Page("unsubscribe-mail", "/inbox/unsubscribe/{way_out}/"),
    Page("voice", "/voice/", who="viewer"),
    Page("voice-signed-out", "/voice/?standing=overdue"),
    Page("voice-nothing", "/voice/?tag=service", who="viewer"),
    Page("demand-late", "/voice/{demand_late}/", who="viewer"),
    Page("demand-told", "/voice/{demand_told}/"),
    Page("demand-desk", "/voice/desk/", who="boss"),
    Page("demand-desk-late", "/voice/desk/?state=assigned", who="boss"),
    Page("demand-work", "/voice/desk/{demand_new}/", who="boss"),
    Page("demand-work-late", "/voice/desk/{demand_late}/", who="boss"),
    Page("demand-office", "/voice/office/", who="host"),
    Page("demand-answer", "/voice/office/{demand_late}/", who="host"),
    Page("office-reviews", "/voice/office/reviews/", who="host"),
    Page("product-sold-out", "/products/{sold_out}/", who="viewer"),
    Page("product-sold-out-signed-out", "/products/{sold_out}/"),
    Page("profile", "/me/", who="viewer"),
    Page("addresses", "/me/addresses/", who="viewer"),
    Page("addresses-empty", "/me/addresses/", who="newcomer"),
    Page("address-add", "/me/addresses/new/", who="viewer"),
    Page("address-edit", "/me/addresses/{address}/", who="viewer"),
    Page("address-delete", "/me/addresses/{address}/delete/", who="viewer"),
    Page("sign-in", "/accounts/login/"),
    Page("sign-up", "/accounts/signup/"),
    Page("sign-in-code", "/accounts/login/code/"),
    Page("password-reset", "/accounts/password/reset/"),
    Page("password-change", "/accounts/password/change/", who="viewer"),
    Page("e-mail", "/accounts/email/", who="viewer"),
    Page("devices", "/me/devices/", who="viewer"),
    Page("my-data", "/me/data/", who="viewer"),
    Page("second-factor", "/accounts/2fa/", who="host"),
    Page("is-it-you", "/accounts/2fa/totp/activate/", who="viewer"),
    Page("passkeys", "/accounts/2fa/webauthn/", who="viewer"),
    Page("payout-account", "/producer/money/{producer}/account/", who="farmer"),
    Page("statement", "/producer/money/{producer}/statement/", who="farmer"),
    Page("search-missed", "/search/?q=榴莲"),
    Page("search-spelled", "/search/?q=忙果&sort=discount"),
    Page("staff-search", "/curate/search/?q=核桃", who="boss"),
    Page("goods-sheets", "/curate/sheets/?kind=deals", who="boss"),
    Page("goods-sheet", "/curate/sheets/{goods_sheet}/", who="boss"),
    Page("goods-sheet-wrong", "/curate/sheets/{goods_sheet_wrong}/", who="boss"),
    Page("money", "/admin/money/", who="boss"),
    Page("payout-batch", "/admin/money/payouts/{batch}/", who="boss"),
    Page("reports", "/reports/", who="host"),
    Page("report-show", "/reports/shows/{live}/", who="host"),
    Page("report-official", "/reports/officials/{official}/", who="host"),
    Page("integrity", "/integrity/"),
    Page("integrity-show", "/integrity/shows/{replay}/"),
    Page("told", "/integrity/told/?show={live}"),
    Page("told-thanks", "/integrity/told/thanks/"),
    Page("curate", "/curate/{prefecture}/", who="boss"),
    Page("curate-specialty", "/curate/{prefecture}/list/{specialty}/", who="boss"),
    Page("curate-deals", "/curate/{prefecture}/deals/", who="boss"),
    Page("curate-deal", "/curate/{prefecture}/deals/{deal}/", who="boss"),
    Page("curate-deal-new", "/curate/{prefecture}/deals/new/?product={product}", who="boss"),
    Page("curate-history", "/curate/{prefecture}/history/", who="boss"),
    Page("curate-people", "/curate/{prefecture}/people/", who="boss"),
    Page("curate-calendar", "/curate/{prefecture}/shows/", who="boss"),
    Page("waiting", "/curate/waiting/", who="boss"),
    Page("submission", "/curate/submissions/{submission}/", who="boss"),
    Page("submission-of-a-change", "/curate/submissions/{wish}/", who="host"),
    Page("show-approval", "/curate/shows/{to_approve}/", who="boss"),
    Page("propose", "/host/{to_rehearse}/approval/", who="host"),
    Page("declared", "/rooms/{to_approve}/declared/"),
    Page("goods", "/producer/{producer}/goods/", who="farmer"),
    Page("goods-new", "/producer/{producer}/goods/new/", who="farmer"),
    Page("goods-draft", "/producer/{producer}/goods/{draft}/", who="farmer"),
    Page("not-found", "/nothing/grows/here/", status=404),
)


@dataclass
class World:
    viewer: User
    helper: User
    to_rehearse: str
    rehearsal: str
    draw_practice: str
    newcomer: User
    host: User
    prefecture: str
    sku: str
    product: int
    deal: int
    official: str
    live: str
    segment: int
    planned: str
    ended: str
    replay: str
    address: int
    order: str
    farmer: User
    producer: int
    to_send: str
    sheet: int
    parts: str
    arrived: str
    line: int
    line_held: int
    draw_open: str
    draw_drawn: str
    sanction: int
    refund: int
    returned: int
    demand_new: int
    demand_late: int
    demand_told: int
    sold_out: str
    way_out: str
    submission: int
    wish: int
    specialty: int
    to_approve: str
    draft: str
    boss: User
    goods_sheet: int
    goods_sheet_wrong: int
    batch: str


def make_world() -> World:
    """One of everything, long names included."""
    for code in ("450100", "450200", "450300", "450600", "451000"):
        make_prefecture(code)
    official = make_official(user=_person("host@example.com", "韦稻香"))
    TOTP.activate(official.user, generate_totp_secret())
    RecoveryCodes.activate(official.user)
    product = make_product(
        name_zh="凤山薄皮原味纸皮核桃大果当季新货家庭装",
        name_en="Fengshan paper-shell walnuts, large, this year's harvest, family pack",
        gi_status="国家地理标志产品",
    )
    make_specialty(product)
    for position in (2, 3, 4):
        make_specialty(make_product(), position)
    deal = make_deal(product)
    live = make_show(state="live", host=official, items=3, deal=True)
    _flash_sales(live)
    segment = _run(live)
    planned = make_show(items=2)
    ended = make_show(state="ended", items=1)
    replay = make_show(state="ended", host=official, items=3, deal=True)
    make_ready(replay)
    viewer = _person("viewer@example.com", "李小山")
    _person("passkeys@example.com", "韦小钥")
    newcomer = _person("newcomer@example.com", "Long Name Of A Newcomer")
    address = make_address(viewer)
    make_address(viewer)
    offer = current_offer(product)
    placed = place_order(
        buyer=viewer,
        offer=offer,
        quantity=2,
        expected_price_fen=offer.price_fen,
        address=address.snapshot(),
        key=uuid4(),
        broadcast=live,
    )
    _fill_basket(viewer, deal.product)
    for number in range(3):
        Notification.objects.create(
            user=viewer,
            kind="order_paid",
            key=f"browser:{number}",
            title="订单已付款",
            body="凤山核桃正在备货。",
            url="/orders/",
        )
    desk = make_desk(_person("farmer@example.com", "合作社"), product, viewer)
    requests = make_requests(desk["arrived"])
    money = make_money(
        boss=_person("boss@example.com", "财务甲"),
        other=_person("other@example.com", "财务乙"),
        producer_id=desk["producer"],
        order_number=desk["arrived"],
    )
    return World(
        viewer=viewer,
        newcomer=newcomer,
        **_crew(live, product),
        host=official.user,
        prefecture=product.prefecture_id,
        sku=product.sku,
        product=product.pk,
        deal=deal.pk,
        official=official.slug,
        live=live.public_id,
        segment=segment,
        planned=planned.public_id,
        ended=ended.public_id,
        replay=replay.public_id,
        address=address.pk,
        order=placed.number,
        **_talk(live, viewer, newcomer),
        **_draws(live, viewer),
        **desk,
        **make_offices(host=official.user, producer_id=int(desk["producer"])),
        **requests,
        **make_voices(official, live, viewer),
        **money,
        **make_sheets(money["boss"], product.sku),
    )


def _crew(live, product: Product) -> dict[str, Any]:
    """Somebody who helps in the show, one guest of a rehearsal, and a rehearsal that is on."""
    host = live.host
    helper = _person("helper@example.com", "石小满")
    TOTP.activate(helper, generate_totp_secret())
    name_assistant(broadcast=live, by=host.user, email=helper.email, rights=["chat", "pins"])
    planned = make_show(host=host)
    add_item(planned, product=product)
    rehearsals.invite(show=planned, by=host.user, email=helper.email)
    rehearsal = rehearsals.open_rehearsal(show=planned, by=host.user)
    pins.pin(broadcast=rehearsal, item=rehearsal.shelf.get(), by=host.user)
    practised = _practise_draws(rehearsal)
    return {
        "helper": helper,
        "to_rehearse": planned.public_id,
        "rehearsal": rehearsal.public_id,
        "draw_practice": practised.public_id,
    }


def _practise_draws(rehearsal: Broadcast) -> Draw:
    """One that is over, one that is open; the played crowd took part."""
    drawn, opened = make_draw(rehearsal, places=2), make_draw(rehearsal, entry_seconds=1800)
    open_now(drawn)
    take_part(broadcast=rehearsal, present=20, chance=Random(5))
    finish(drawn)
    open_now(opened)
    take_part(broadcast=rehearsal, present=20, chance=Random(5))
    return drawn


def _fill_basket(viewer: User, product: Product) -> None:
    """One to buy, one that is gone, one of which there are too few; and a coupon."""
    gone = make_product(name_zh="已经下架的商品")
    Product.objects.filter(pk=gone.pk).update(state="retired")
    for one, quantity in ((gone, 1), (make_product(stock=2), 5), (make_product(), 1), (product, 1)):
        BasketLine.objects.create(user=viewer, product=one, quantity=quantity, seen_fen=9000)
    make_coupon()


def _talk(show, viewer: User, newcomer: User) -> dict[str, int]:
    """Lines of every kind, a question on air and one that waits, and somebody who was muted."""
    chat.say(broadcast=show, user=viewer, text="这个能放多久？", key="1")
    chat.say(broadcast=show, user=viewer, text="加微信 abc12345", key="2")
    WordList.objects.create(name="待审", consequence="hold").words.create(word="假货")
    held = chat.say(broadcast=show, user=viewer, text="是假货吗？", key="3")
    for number, text in enumerate(("怎么煮最香？", "壳薄不薄？")):
        asked = questions.ask(broadcast=show, user=viewer, text=text, key=str(number))
    questions.take(broadcast=show, question_id=asked.pk, by=show.host.user)
    sanction = moderation_sanctions.mute(
        broadcast=show, user=newcomer, by=show.host.user, reason="spam", seconds=None
    )
    return {"line_held": held.pk, "sanction": sanction.pk}


def _draws(show, viewer: User) -> dict[str, str]:
    """One that the viewer won, one that is open, one prepared; a poll with votes."""
    drawn = open_now(make_draw(show, prize_zh="凤山核桃家庭装一箱，产地直发", places=2))
    for user in (viewer, make_user()):
        enter(drawn, user)
    finish(drawn)
    opened = open_now(make_draw(show, must_follow=True, passphrase="三月三", entry_seconds=1800))
    make_draw(show)
    asked = {"question": "先讲哪一样？", "choices": ["核桃", "茶油", "荔枝干"]}
    poll = polls.open_poll(broadcast=show, by=show.host.user, seconds=1800, key="poll", **asked)
    polls.vote(broadcast=show, public_id=poll.public_id, user=make_user(), choice=1)
    polls.tell_votes()
    return {"draw_open": opened.public_id, "draw_drawn": drawn.public_id}


def make_room_game() -> Broadcast:
    """A room with nothing in the way of its draw and its poll."""
    show = make_show(state="live", items=1)
    open_now(make_draw(show, entry_seconds=1800))
    asked = {"question": "先讲哪一样？", "choices": ["核桃", "茶油"]}
    polls.open_poll(broadcast=show, by=show.host.user, seconds=1800, key="poll", **asked)
    return show


def _flash_sales(show) -> None:
    """One that is on, one that can be started, one that waits for the curator."""
    on, *others = show.shelf.all()
    sale = make_flash_sale(
        show, product=on.product, price_fen=2400, countdown_seconds=10, run_seconds=1200
    )
    start_flash_sale(sale=sale, by=show.host.user)
    for item, state in zip(others, ("scheduled", "proposed"), strict=True):
        make_flash_sale(show, product=item.product, price_fen=2400, state=state)


def _run(show) -> int:
    """What is on, a script with marks, one of them answered, and what comes."""
    by, goods = show.host.user, [item.product for item in show.shelf.all()]
    marked, *_others = add_segments(
        broadcast=show,
        by=by,
        plans=[
            Plan(
                kind="talk",
                title_zh="开场：今天带来什么",
                title_en="Welcome: what we bring today",
                script="大家好！绣球是非遗技艺。\n这是今年最佳的核桃，纯手工。",
            ),
            *(Plan(product=product) for product in goods),
            Plan(kind="song"),
        ],
    )
    script_check.clear_mark(
        segment=marked, by=by, word="非遗", sentence="绣球是非遗技艺", reason="说的是技艺"
    )
    save_template(broadcast=show, by=by, name="三月三一小时", is_shared=True)
    next_segment(broadcast=show, by=by, seen=None)
    return marked.pk


def _person(email: str, name: str) -> User:
    user = make_user(email, password=PASSWORD, display_name=name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
