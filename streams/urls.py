"""Addresses of the shows. `/host/` asks for two-factor sign-in (accounts.middleware)."""

from django.urls import path, re_path

from streams.views import (
    board,
    console_actions,
    flash_sales,
    hooks,
    host,
    moderation,
    pages,
    questions,
    replay,
    room,
)

app_name = "streams"
urlpatterns = [
    path("", pages.home, name="home"),
    path("schedule/", pages.schedule, name="schedule"),
    path("rooms/<slug:public_id>/", room.room, name="room"),
    path("rooms/<slug:public_id>/snapshot", room.snapshot_json, name="snapshot"),
    path("rooms/<slug:public_id>/playback", room.playback, name="playback"),
    path("rooms/<slug:public_id>/board", board.board, name="board"),
    path("rooms/<slug:public_id>/remind", room.remind, name="remind"),
    path("rooms/<slug:public_id>/follow", room.follow, name="follow"),
    path("rooms/<slug:public_id>/hide", room.hide, name="hide"),
    path("rooms/<slug:public_id>/standing", moderation.standing, name="standing"),
    path("rooms/<slug:public_id>/moderation/", moderation.panel, name="moderation"),
    path(
        "rooms/<slug:public_id>/moderation/lines/<int:pk>/", moderation.line, name="moderate_line"
    ),
    path(
        "rooms/<slug:public_id>/moderation/lines/<int:pk>/<slug:deed>",
        moderation.judge_line,
        name="judge_line",
    ),
    path(
        "rooms/<slug:public_id>/moderation/sanctions/<int:pk>/lift",
        moderation.lift,
        name="lift_sanction",
    ),
    path("rooms/<slug:public_id>/questions/", questions.ask, name="ask"),
    path(
        "rooms/<slug:public_id>/questions/<int:pk>/<slug:deed>", questions.change, name="question"
    ),
    path("moderation/<int:pk>/", moderation.sanction, name="sanction"),
    path("replays/", replay.replays, name="replays"),
    path("rooms/<slug:public_id>/replay/<int:number>", replay.window, name="replay_window"),
    re_path(
        r"^rooms/(?P<public_id>[\w-]+)/replay/(?P<name>poster|\d{1,9})\.jpg$",
        replay.still,
        name="replay_still",
    ),
    path("host/<slug:public_id>/replay/", replay.manage, name="replay_manage"),
    path("host/<slug:public_id>/replay/export", replay.export, name="replay_export"),
    path("host/<slug:public_id>/replay/show", replay.visibility, name="replay_visibility"),
    path("host/", host.host_home, name="host_home"),
    path("host/new/", host.plan, name="plan"),
    path("host/<slug:public_id>/", host.console, name="console"),
    path("host/<slug:public_id>/go-live", console_actions.go_live, name="go_live"),
    path("host/<slug:public_id>/end", console_actions.end_show, name="end_show"),
    path("host/<slug:public_id>/cancel", console_actions.cancel, name="cancel"),
    path("host/<slug:public_id>/pin", console_actions.pin, name="pin"),
    path("host/<slug:public_id>/unpin", console_actions.unpin, name="unpin"),
    path("host/<slug:public_id>/announce", console_actions.announce, name="announce"),
    path("host/<slug:public_id>/slow-mode", console_actions.slow_mode, name="slow_mode"),
    path("host/<slug:public_id>/token", console_actions.token, name="token"),
    path("host/<slug:public_id>/flash/", flash_sales.panel, name="flash_panel"),
    path("host/<slug:public_id>/flash/new/", flash_sales.plan, name="flash_plan"),
    path("host/<slug:public_id>/flash/<int:pk>/start", flash_sales.start, name="flash_start"),
    path("host/<slug:public_id>/flash/<int:pk>/cancel", flash_sales.cancel, name="flash_cancel"),
    path("host/<slug:public_id>/flash/<int:pk>/stop", flash_sales.stop, name="flash_stop"),
    path(
        "host/<slug:public_id>/flash/<int:pk>/withdraw",
        flash_sales.withdraw,
        name="flash_withdraw",
    ),
    path("hooks/media/auth/<str:secret>", hooks.auth, name="media_auth"),
    path("hooks/media/state/<str:secret>", hooks.state, name="media_state"),
]
