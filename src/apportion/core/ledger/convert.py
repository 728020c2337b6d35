"""Conversion between units: two linked legs through an exchange account, and the rounding booked.

What leaves one unit and what enters the other meet on accounts of the rate that was applied, one in
each unit, so every unit still sums to zero and each rate's dealings can be read. Units are whole, so
the part of the amount that is not worth a whole unit of the other is booked beside, never lost.
"""

from dataclasses import dataclass

from apportion.core.ids import transfer_id
from apportion.core.ledger.accounts import Key, Kind
from apportion.core.ledger.transfers import Transfer, TransferCode

ROUNDING = "/rounding"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """How many units of the one are given for how many of the other, under the rate's id."""

    id: str
    give: int
    take: int

    def __post_init__(self) -> None:
        if self.give <= 0 or self.take <= 0:
            raise ValueError("a rate gives and takes whole positive units")

    def convert(self, amount: int) -> tuple[int, int]:
        """Gives what an amount comes to in the other unit, and how much of it that uses."""
        given = amount * self.give // self.take
        return given, -(-given * self.take // self.give)


def convert(
    *, payer: Key, payee: Key, amount: int, rate: ExchangeRate, ref: str, effective_us: int
) -> tuple[Transfer, ...]:
    """Makes the legs of a conversion, one group; none where the amount is worth no whole unit.

    `ref` names the conversion; the same one gives the same ids.
    """
    given, used = rate.convert(amount)
    if not given:
        return ()
    out_of, into = (Key(Kind.EXCHANGE, rate.id, key.unit) for key in (payer, payee))
    rounding = Key(Kind.EXCHANGE, rate.id + ROUNDING, payer.unit)
    legs = (
        ("out", payer, out_of, used),
        ("rounding", payer, rounding, amount - used),
        ("in", into, payee, given),
    )
    group = f"convert:{rate.id}:{ref}"
    return tuple(
        Transfer(
            id=transfer_id(effective_us // 1000, f"{group}:{name}"),
            debit=debit,
            credit=credit,
            amount=part,
            code=TransferCode.CONVERT,
            effective_us=effective_us,
            group=group,
            source=group,
            note=group,
        )
        for name, debit, credit, part in legs
        if part
    )
