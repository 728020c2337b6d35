"""The pure checker of signatures agrees with RFC 8032 and with the library that signs."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.core.verify import ed25519
from apportion.core.verify.ed25519 import is_signed

# Source: RFC 8032, section 7.1, tests 1, 2, 3 and SHA(abc): public key, message, signature.
VECTORS = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        (
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
            "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
        ),
    ),
)


@pytest.mark.parametrize("vector", VECTORS)
def test_the_published_signatures_hold(vector):
    public, message, signature = map(bytes.fromhex, vector)
    assert is_signed(public=public, message=message, signature=signature)
    assert not is_signed(public=public, message=message + b"x", signature=signature)


@settings(max_examples=40)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=99), st.integers(0, 511))
def test_what_the_library_signs_holds_and_no_longer_with_one_bit_changed(seed, message, bit):
    secret = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = secret.public_key().public_bytes_raw(), secret.sign(message)
    assert is_signed(public=public, message=message, signature=signature)
    bent = (int.from_bytes(signature) ^ 1 << bit).to_bytes(64)
    assert not is_signed(public=public, message=message, signature=bent)


@settings(max_examples=40)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_of_any_bytes_it_says_what_the_library_says(public, signature):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, b"m")
        expected = True
    except (InvalidSignature, ValueError):
        expected = False
    assert is_signed(public=public, message=b"m", signature=signature) is expected


def test_a_scalar_beyond_the_order_is_refused_though_the_equation_holds():
    public, message, signature = map(bytes.fromhex, VECTORS[1])
    scalar = int.from_bytes(signature[32:], "little") + ed25519.ORDER
    again = signature[:32] + scalar.to_bytes(32, "little")
    assert not is_signed(public=public, message=message, signature=again)


@pytest.mark.parametrize(
    "public",
    [
        b"",
        b"\x00" * 31,
        (2**255 - 18).to_bytes(32, "little"),  # y = 1 written in a second way
        (1 | 1 << 255).to_bytes(32, "little"),  # x = 0 with the sign of a negative number
        (2).to_bytes(32, "little"),  # no point of the curve has this y
    ],
)
def test_a_key_that_is_no_point_in_its_one_encoding_signs_nothing(public):
    assert not is_signed(public=public, message=b"", signature=b"\x00" * 64)
