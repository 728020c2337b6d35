"""Objects of Kueue as they were ordered and read back, and runs that go on."""

from django.db import models

from apportion.apps.apply.models import Project


class Queue(models.Model):
    """One object of Kueue. Shape: `wanted` and `read` map the office's fields to text."""

    cluster = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    namespace = models.CharField(max_length=63, blank=True)
    name = models.CharField(max_length=63)
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.CASCADE, related_name="queues"
    )
    generation = models.PositiveIntegerField()
    wanted = models.JSONField()
    why = models.CharField(max_length=200)
    read = models.JSONField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["cluster", "kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "kind", "namespace", "name"], name="one_queue_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def in_force(self) -> bool:
        """Says whether the cluster itself said that it holds what was ordered."""
        return bool(self.read == self.wanted)


class OpenRun(models.Model):
    """A run that went on when Workloads were last read. Shape: `facts` is the run as JSON."""

    cluster = models.CharField(max_length=60)
    uid = models.CharField(max_length=80)
    facts = models.JSONField()

    class Meta:
        ordering = ["cluster", "uid"]
        constraints = [
            models.UniqueConstraint(fields=["cluster", "uid"], name="one_open_run_a_workload")
        ]

    def __str__(self) -> str:
        return f"{self.cluster} {self.uid}"
