"""A parcel is on its way until somebody says that it arrived."""

from orders.domain.states import Machine
from orders.models import Parcel, ParcelEvent

S = Parcel.State
PARCEL = Machine("parcel", {S.SHIPPED: (S.DELIVERED,), S.DELIVERED: ()}, ParcelEvent, "parcel")
