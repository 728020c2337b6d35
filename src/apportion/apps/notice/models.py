"""What people chose to be told of, what they are told, and every message with every try."""

from django.conf import settings
from django.db import models

from apportion.core.notice.paces import FIRST_HOUR, RULES, About, Pace
from apportion.core.notice.trying import Verdict

PERSON = settings.AUTH_USER_MODEL


class Reader(models.Model):
    """Where and when somebody reads mail; who has none reads at the account's address."""

    person = models.OneToOneField(PERSON, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=254, blank=True, help_text="Empty: the account's.")
    hour = models.PositiveSmallIntegerField(default=FIRST_HOUR, help_text="Of the digest.")
    digest_on = models.DateField(null=True, help_text="Day of the last digest that was looked at.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(hour__lte=23), name="hour_of_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.hour}:00"


class Choice(models.Model):
    """How soon somebody wants to be told of one thing."""

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(
        max_length=10, choices=[(one.value, rule.words) for one, rule in RULES.items()]
    )
    pace = models.CharField(max_length=6, choices=[(one.value, one.value) for one in Pace])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "about"], name="one_choice_a_thing")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.about} {self.pace}"


class Endpoint(models.Model):
    """A webhook or a chat room that is told what happens in the office."""

    class Kind(models.TextChoices):
        """How it is spoken to."""

        WEBHOOK = "webhook", "Webhook"
        CHAT = "chat", "Chat room"

    slug = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    url = models.CharField(max_length=500)
    topics = models.CharField(max_length=200, blank=True, help_text="Empty: all.")
    secret = models.CharField(max_length=120, blank=True)
    former_secret = models.CharField(max_length=120, blank=True)
    former_until_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    off_at = models.DateTimeField(null=True, blank=True)
    off_why = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="webhook") | ~models.Q(secret=""),
                name="webhook_is_signed",
            )
        ]

    def __str__(self) -> str:
        return self.slug


class Message(models.Model):
    """One mail, call or line in a room. Shape: `uid` is the same at every try and in every pass."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "Waits"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not taken"

    uid = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(PERSON, null=True, on_delete=models.CASCADE, related_name="+")
    endpoint = models.ForeignKey(
        Endpoint, null=True, on_delete=models.CASCADE, related_name="messages"
    )
    about = models.CharField(max_length=40)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) ^ models.Q(endpoint__isnull=True),
                name="message_goes_to_one",
            ),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="message_sent_at_an_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state="waiting"),
                name="messages_to_send",
            ),
            models.Index(fields=["-made_at", "-id"], name="messages_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.uid}"


class Attempt(models.Model):
    """One try to send a message, and what the other side said."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    verdict = models.CharField(max_length=6, choices=[(one.value, one.value) for one in Verdict])
    words = models.CharField(max_length=300)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.number}: {self.verdict}"


class Told(models.Model):
    """One piece of news for one person, once; `message` is the mail that carries it, if any."""

    person = models.ForeignKey(PERSON, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    about = models.CharField(max_length=10, choices=[(one.value, one.value) for one in About])
    words = models.CharField(max_length=300)
    body = models.TextField(blank=True)
    path = models.CharField(max_length=300)
    at = models.DateTimeField()
    noted_at = models.DateTimeField()
    pace = models.CharField(max_length=6, choices=[(one.value, one.value) for one in Pace])
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="told"
    )

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="told_once")]
        indexes = [
            models.Index(
                fields=["pace", "at"],
                condition=models.Q(message__isnull=True),
                name="told_to_be_carried",
            ),
            models.Index(fields=["person", "-at"], name="told_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.words}"


class Gathering(models.Model):
    """When news was last gathered; one row."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at}"
