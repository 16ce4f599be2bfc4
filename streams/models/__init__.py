"""Broadcasts and what happens in their rooms."""

from streams.models.broadcasts import Broadcast, RoomRole, ShelfItem
from streams.models.chat import ChatMessage
from streams.models.flash_sales import FlashSale
from streams.models.follows import Follow, Reminder
from streams.models.pins import Pin

__all__ = [
    "Broadcast",
    "ChatMessage",
    "FlashSale",
    "Follow",
    "Pin",
    "Reminder",
    "RoomRole",
    "ShelfItem",
]
