"""Plants a row of every holding with a canary in every text, and looks where canaries lie."""

from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection, models

from hearth.conversation.models import Message
from hearth.conversation.services import search_index
from hearth.core import storage
from hearth.core.models import IdempotencyKey, User
from hearth.insight.models import MemberPortrait
from hearth.kit.clock import now
from hearth.people.models import Bot, Evidence, Export, Identity, Member
from hearth.people.registry import holdings
from hearth.people.services import (
    subject_of,
)
from hearth.people.services.exports import folder

SHORTEST = 10  # of a canary; what is shorter holds a code and nobody's words
CANARY = "Qz7x"  # no word of the house holds it


class Planted:
    """Plants rows; ``found`` are the texts in which a canary still lies."""

    def __init__(self, somebody, other, group):
        self.somebody, self.other, self.count, self.at = somebody, other, 0, {}
        self.made = {}
        once = Identity.objects.create(member=somebody.member, source="zulip", external_id="u1")
        for row in (somebody.member, somebody.user, group, once, somebody.member.person):
            self.made[type(row)] = row
        for one in holdings:
            self.plant(one)

    def plant(self, one):
        row = self.made.get(one.model) or one.rows(subject_of(self.somebody.member.person_id)).first()
        if row is None:
            row = self.new(one.model)
        for field in one.model._meta.concrete_fields:
            if field.name not in one.keeps and self.takes(field):
                setattr(row, field.attname, self.value(one.model, field, getattr(row, field.attname)))
        if one.model is Bot:
            row.retired_at = now()
        if one.model is IdempotencyKey:
            row.principal = f"user:{self.somebody.user.pk}"
        row.save()
        if one.model is Message:
            with connection.cursor() as cursor:
                search_index.add(cursor, [(row.pk, row.community_id, row.room_id, row.text)])
        self.made[one.model] = row

    def new(self, model):
        row = model()
        for field in model._meta.concrete_fields:
            if field.remote_field is not None and field.name != "community":
                setattr(row, field.name, self.related(field))
            elif not field.has_default() and not field.null and field.name != "id":
                self.fill(row, field)
        if hasattr(row, "community_id"):
            row.community_id = self.somebody.community.pk
        row.save()
        return row

    def related(self, field):
        target = field.remote_field.model
        if field.name in {"blocked", "into_member"}:
            return self.other.member
        if target is field.model or (field.null and target not in self.made):
            return None
        if target not in self.made:
            self.made[target] = target._base_manager.first() or self.new(target)
        return self.made[target]

    @staticmethod
    def fill(row, field):
        if isinstance(field, models.DateTimeField):
            setattr(row, field.name, now())
        elif isinstance(field, models.DateField):
            setattr(row, field.name, now().date())
        elif isinstance(field, models.TimeField):
            setattr(row, field.name, now().time())
        elif isinstance(field, models.IntegerField | models.FloatField):
            setattr(row, field.name, 1000 if field.name == "number" else 1)
        elif isinstance(field, models.UUIDField):
            setattr(row, field.name, uuid4())
        elif field.choices:
            setattr(row, field.name, field.choices[0][0])
        elif isinstance(field, models.JSONField):
            setattr(row, field.name, {})

    @staticmethod
    def takes(field):
        texts = models.CharField | models.TextField | models.JSONField
        is_code = field.choices or (field.max_length or SHORTEST) < SHORTEST
        return isinstance(field, texts) and not is_code and field.editable and field.name != "password"

    def value(self, model, field, old):
        if model._meta.app_label in {"insight", "blueprint"} and model is not MemberPortrait:
            told = {"insight": self.made[Member].display_name, "blueprint": self.made[User].email}
            text = told[model._meta.app_label]  # what is told of everybody names them in its words
            return {"said": [text]} if isinstance(field, models.JSONField) else text
        if (model._meta.model_name, field.name) == ("joinlink", "email"):
            return self.made[User].email
        self.count += 1
        word = f"{CANARY}{self.count}y"
        self.at[word] = f"{model._meta.label}.{field.name}"
        if isinstance(field, models.EmailField):
            return f"{word.lower()}@x.example"
        if isinstance(field, models.JSONField):
            return [word] if isinstance(old, list) else {"said": word}
        if field.name == "stored_as":
            return self.file(model, word)
        return word

    def file(self, model, word):
        if model is Export:
            (folder() / "1").mkdir(parents=True, exist_ok=True)
            (folder() / f"1/{word}").write_text(word)
            return f"1/{word}"
        if model is Evidence:
            return storage.keep_sealed(word.encode())
        return storage.keep(word.encode(), ".txt").name

    def found(self):
        """Where a canary lies: in any column of any table, the search index too, and in any file of the house."""
        everything = [*columns(), *files()]
        found = [(place, text) for word, place in self.at.items() for text in everything if word.lower() in text]
        return dict(found)


def columns():
    """All that the database holds, as lower-case text; blobs as they are."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for value in (value for row in cursor.fetchall() for value in row):
                text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                yield f"{table} {text}".lower()


def files():
    """Every file below the house's folder with its name, but for the database's own."""
    for path in Path(settings.HEARTH_HOME).rglob("*"):
        if path.is_file() and ".db" not in path.name:
            yield f"{path} {path.read_bytes().decode('latin-1')}".lower()
