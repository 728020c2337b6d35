"""The site's prices as they were set, whole; new prices are a new row."""

from django.db import models


class TariffVersion(models.Model):
    """One rates.toml and the UTC day from which it prices what is used."""

    number = models.PositiveIntegerField(unique=True)
    starts_on = models.DateField()
    toml = models.TextField()
    sha256 = models.CharField(max_length=64)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=150)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"rates {self.number} from {self.starts_on}"
