"""Work done by Celery; sweeps are named in BEAT. Each finds its work in rows, so that a missed
or repeated run does no harm."""

from typing import Any

from celery import shared_task

from streams.domain import (
    demand_office,
    demand_reading,
    demand_sources,
    demand_votes,
    draw_prizes,
    draw_watching,
    draws,
    flash_sales,
    follows,
    host_presence,
    likes,
    polls,
    posters,
    questions,
    rehearsal_crowd,
    rehearsal_flash,
    rehearsal_keeping,
    replay_collecting,
    replay_exports,
    replay_keeping,
    replays,
    shelf_events,
    show_approval,
    show_approval_messages,
    shows,
    ticker,
    watching,
)


@shared_task(name="streams.reconcile_hosts")
def reconcile_hosts() -> int:
    return host_presence.reconcile()


@shared_task(name="streams.end_abandoned_shows")
def end_abandoned_shows() -> int:
    return shows.end_abandoned()


@shared_task(name="streams.keep_figures")
def keep_figures() -> int:
    return likes.keep_all_figures()


@shared_task(name="streams.send_reminders")
def send_reminders() -> int:
    return follows.send_due_reminders()


@shared_task(name="streams.tell_followers")
def tell_followers() -> int:
    return follows.tell_followers()


@shared_task(name="streams.tell_changed_offers")
def tell_changed_offers() -> int:
    return shelf_events.tell_changed_offers()


@shared_task(name="streams.flush_ticker")
def flush_ticker() -> int:
    return ticker.flush()


@shared_task(name="streams.run_flash_sales")
def run_flash_sales() -> int:
    return flash_sales.run_due() + rehearsal_flash.run_due()


@shared_task(name="streams.prepare_replays")
def prepare_replays() -> int:
    return replays.prepare_due()


@shared_task(name="streams.collect_recordings")
def collect_recordings() -> int:
    return replay_collecting.collect_running()


@shared_task(name="streams.write_exports", time_limit=3600, soft_time_limit=3500)
def write_exports() -> int:
    return replay_exports.write_due()


@shared_task(name="streams.watch_recordings")
def watch_recordings() -> int:
    return replay_keeping.watch_recordings()


@shared_task(name="streams.remove_old_recordings")
def remove_old_recordings() -> int:
    removed = len(replay_keeping.remove_expired()) + rehearsal_keeping.remove_recordings()
    return removed + replay_exports.remove_old()


@shared_task(name="streams.tell_votes")
def tell_votes() -> int:
    return questions.tell_votes()


@shared_task(name="streams.run_draws")
def run_draws() -> int:
    return draws.run_due() + polls.run_due()


@shared_task(name="streams.tell_entries")
def tell_entries() -> int:
    return draws.tell_entries() + polls.tell_votes()


@shared_task(name="streams.count_watching")
def count_watching() -> int:
    return draw_watching.count_watching()


@shared_task(name="streams.look_around")
def look_around() -> int:
    return watching.look_around()


@shared_task(name="streams.run_prizes")
def run_prizes() -> int:
    return draw_prizes.run_due()


@shared_task(name="streams.remove_old_posters")
def remove_old_posters() -> int:
    return posters.remove_old()


@shared_task(name="streams.hear_demands")
def hear_demands() -> int:
    return demand_sources.hear_all()


@shared_task(name="streams.remind_offices")
def remind_offices() -> int:
    return demand_office.remind_offices()


@shared_task(name="streams.tell_answers")
def tell_answers() -> int:
    demand_reading.close_abandoned()
    return demand_votes.tell_voters()


@shared_task(name="streams.play_rehearsals")
def play_rehearsals() -> int:
    return rehearsal_crowd.step_all()


@shared_task(name="streams.watch_approvals")
def watch_approvals() -> int:
    """Shows that are not what was approved go back; overdue proposals are reminded of."""
    return show_approval.recheck_all() + show_approval_messages.remind_overdue()


BEAT: dict[str, dict[str, Any]] = {
    "streams-reconcile-hosts": {"task": "streams.reconcile_hosts", "schedule": 15.0},
    "streams-end-abandoned": {"task": "streams.end_abandoned_shows", "schedule": 60.0},
    "streams-keep-figures": {"task": "streams.keep_figures", "schedule": 15.0},
    "streams-send-reminders": {"task": "streams.send_reminders", "schedule": 30.0},
    "streams-tell-followers": {"task": "streams.tell_followers", "schedule": 15.0},
    "streams-tell-changed-offers": {
        "task": "streams.tell_changed_offers",
        "schedule": shelf_events.SWEEP_SECONDS,
    },
    "streams-tell-votes": {
        "task": "streams.tell_votes",
        "schedule": questions.TELL_VOTES_SECONDS,
        "options": {"expires": 5 * questions.TELL_VOTES_SECONDS},
    },
    "streams-run-draws": {
        "task": "streams.run_draws",
        "schedule": draws.SWEEP_SECONDS,
        "options": {"expires": 5 * draws.SWEEP_SECONDS},
    },
    "streams-tell-entries": {
        "task": "streams.tell_entries",
        "schedule": draws.TELL_ENTRIES_SECONDS,
        "options": {"expires": 5 * draws.TELL_ENTRIES_SECONDS},
    },
    "streams-count-watching": {
        "task": "streams.count_watching",
        "schedule": draw_watching.SWEEP_SECONDS,
        "options": {"expires": draw_watching.SWEEP_SECONDS},
    },
    "streams-look-around": {
        "task": "streams.look_around",
        "schedule": watching.LOOK_SECONDS,
        "options": {"expires": watching.LOOK_SECONDS},
    },
    "streams-hear-demands": {
        "task": "streams.hear_demands",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "streams-remind-offices": {
        "task": "streams.remind_offices",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "streams-tell-answers": {
        "task": "streams.tell_answers",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "streams-run-prizes": {"task": "streams.run_prizes", "schedule": 60.0},
    "streams-remove-old-posters": {"task": "streams.remove_old_posters", "schedule": 3600.0},
    "streams-flush-ticker": {"task": "streams.flush_ticker", "schedule": ticker.BATCH_SECONDS},
    "streams-run-flash-sales": {
        "task": "streams.run_flash_sales",
        "schedule": flash_sales.SWEEP_SECONDS,
        "options": {"expires": 5 * flash_sales.SWEEP_SECONDS},
    },
    "streams-prepare-replays": {
        "task": "streams.prepare_replays",
        "schedule": replays.SWEEP_SECONDS,
        "options": {"expires": 60},
    },
    "streams-collect-recordings": {
        "task": "streams.collect_recordings",
        "schedule": replay_collecting.SWEEP_SECONDS,
        "options": {"expires": replay_collecting.SWEEP_SECONDS},
    },
    "streams-write-exports": {
        "task": "streams.write_exports",
        "schedule": replay_exports.SWEEP_SECONDS,
        "options": {"expires": 60},
    },
    "streams-play-rehearsals": {
        "task": "streams.play_rehearsals",
        "schedule": rehearsal_crowd.STEP_SECONDS,
        "options": {"expires": rehearsal_crowd.STEP_SECONDS},
    },
    "streams-watch-recordings": {"task": "streams.watch_recordings", "schedule": 15.0},
    "streams-remove-old-recordings": {
        "task": "streams.remove_old_recordings",
        "schedule": 6 * 3600.0,
    },
    "streams-watch-approvals": {
        "task": "streams.watch_approvals",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
}
