"""Checks an Ed25519 signature with nothing but Python, so that an auditor needs no library.

It signs nothing: it holds no secret, and so need not hide how long it takes.

Source: RFC 8032, sections 5.1.3 (points) and 5.1.7 (verification, without the cofactor).
"""

from hashlib import sha512

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)
KEY_BYTES, SIGNATURE_BYTES = 32, 64

# A point as (X, Y, Z, T) with x = X/Z, y = Y/Z and x*y = T/Z; section 5.1.4.
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def is_signed(*, public: bytes, message: bytes, signature: bytes) -> bool:
    """Says whether the owner of a public key signed a message.

    False for whatever is not the one encoding of a key and a signature.
    """
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    key = _decode(public)
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or scalar >= ORDER:
        return False
    digest = sha512(signature[:32] + public + message).digest()
    hashed = int.from_bytes(digest, "little") % ORDER
    x, y, z, t = key
    point = _combine(scalar, GENERATOR, hashed, (-x % PRIME, y, z, -t % PRIME))
    return _encode(point) == signature[:32]


def _combine(first: int, p: Point, second: int, q: Point) -> Point:
    """Computes first*p + second*q in one pass over the bits of both."""
    both = _add(p, q)
    table = (None, p, q, both)
    total = NEUTRAL
    for bit in range(max(first.bit_length(), second.bit_length()) - 1, -1, -1):
        total = _double(total)
        chosen = table[(first >> bit & 1) | (second >> bit & 1) << 1]
        if chosen is not None:
            total = _add(total, chosen)
    return total


def _add(p: Point, q: Point) -> Point:
    a = (p[1] - p[0]) * (q[1] - q[0]) % PRIME
    b = (p[1] + p[0]) * (q[1] + q[0]) % PRIME
    c = 2 * p[3] * q[3] * CURVE_D % PRIME
    d = 2 * p[2] * q[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _double(p: Point) -> Point:
    a, b, c = p[0] * p[0] % PRIME, p[1] * p[1] % PRIME, 2 * p[2] * p[2] % PRIME
    h = a + b
    e = h - (p[0] + p[1]) * (p[0] + p[1])
    g = a - b
    f = c + g
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def _decode(encoded: bytes) -> Point | None:
    """Reads a point; None where the bytes are not the one encoding of a point of the curve."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT_OF_MINUS_ONE % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = PRIME - x
    return x, y, 1, x * y % PRIME


def _encode(p: Point) -> bytes:
    inverse = pow(p[2], -1, PRIME)
    x, y = p[0] * inverse % PRIME, p[1] * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


GENERATOR_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
GENERATOR_Y = 4 * pow(5, -1, PRIME) % PRIME
GENERATOR: Point = (GENERATOR_X, GENERATOR_Y, 1, GENERATOR_X * GENERATOR_Y % PRIME)
