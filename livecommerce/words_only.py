"""Migrations of labels, help texts and choices: things Django remembers and no database knows.

Django's own operations draw all models anew for each such change, which in a first start costs
more than making the tables. These forget the drawn models instead; the next operation that needs
them draws them once.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class AlterWords(migrations.AlterField):
    """`AlterField` for a field whose column stays as it is: the database is not asked."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        _forget_drawn_models(state)
        super().state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        pass


class AlterModelWords(migrations.AlterModelOptions):
    """`AlterModelOptions`, which never touches the database, at the same price."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        _forget_drawn_models(state)
        super().state_forwards(app_label, state)


def _forget_drawn_models(state: ProjectState) -> None:
    state.__dict__.pop("apps", None)
