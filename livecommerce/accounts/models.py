"""People who sign in, and where their parcels go."""

from typing import Any, ClassVar

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rules.permissions import has_perm as test_rule
from rules.permissions import perm_exists


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Signs in by e-mail; `display_name` is what others see in a room."""

    email = models.EmailField(_("e-mail"), unique=True)
    display_name = models.CharField(_("name shown"), max_length=24)
    language = models.CharField(max_length=10, default="zh-hans")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.display_name or self.email

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """A rule about one thing (`<app>/rules.py`) holds for superusers, too: nobody approves
        what they made themselves. Rights without a thing stay Django's."""
        if obj is not None and perm_exists(perm):  # type: ignore[no-untyped-call]
            is_true = test_rule(perm, self, obj)  # type: ignore[no-untyped-call]
            return self.is_active and bool(is_true)
        return super().has_perm(perm, obj)

    @property
    def masked_name(self) -> str:
        """`李小山` → `李*`: what a public ticker may show."""
        return f"{self.display_name[:1]}*"


class Address(models.Model):
    """One entry of a buyer's address book (mainland China)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    recipient = models.CharField(_("recipient"), max_length=40)
    phone = models.CharField(_("mobile phone"), max_length=11)
    province = models.CharField(_("province"), max_length=40)
    city = models.CharField(_("city"), max_length=40)
    county = models.CharField(_("county or district"), max_length=40, blank=True)
    street = models.CharField(_("street and number"), max_length=160)
    is_default = models.BooleanField(_("use first"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-is_default", "-updated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(is_default=True),
                name="one_default_address",
            ),
            models.CheckConstraint(
                condition=models.Q(phone__regex=r"^1[3-9][0-9]{9}$"),
                name="address_phone_mainland",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.one_line}"

    @property
    def one_line(self) -> str:
        return f"{self.province}{self.city}{self.county}{self.street}"

    def snapshot(self) -> dict[str, str]:
        """The facts an order keeps, whatever happens to this row later."""
        names = ("recipient", "phone", "province", "city", "county", "street")
        return {name: getattr(self, name) for name in names}


class DataCopy(models.Model):
    """Somebody's own copy of their data; the row goes when it has expired."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="data_copies")
    asked_at = models.DateTimeField(default=timezone.now)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    content = models.BinaryField(default=b"")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(ready_at=None), name="data_copy_due")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ready_at=None), name="one_data_copy_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.asked_at:%Y-%m-%d}"

    @property
    def is_ready(self) -> bool:
        return self.expires_at is not None and self.expires_at > timezone.now()


class ClosingRequest(models.Model):
    """Somebody wants to leave; until `due_at` they can take it back."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="closing")
    asked_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.due_at:%Y-%m-%d}"
