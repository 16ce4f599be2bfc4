"""Groups of rights, in the back room. People's accounts, factors and sessions are theirs."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from unfold.admin import ModelAdmin

from livecommerce.audit.admin_trail import AuditedAdmin

admin.site.unregister(Group)


@admin.register(Group)
class RightsGroupAdmin(AuditedAdmin, GroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Who gives the right to move money changes a role: it goes into the book."""
