"""What is kept of the address of a MongoDB, and what of it is refused."""

import pytest

from ingest.errors import InputError
from ingest.store.opening import address_to_remember


def test_every_option_is_kept_but_secret_ones():
    options = "replicaSet=rs0&authSource=admin&tls=true&directConnection=false"
    secrets = "&tlsCertificateKeyFilePassword=hidden"
    kept = address_to_remember(f"mongodb://curator:p%40ss@a:1,[::1]:2/db?{options}{secrets}")
    assert kept == f"mongodb://curator@a:1,[::1]:2/db?{options}"


@pytest.mark.parametrize(
    ("pair", "said"), [("authSorce=x", "authSource"), ("tls=perhaps", "'tls'"), ("tls", "no value")]
)
def test_an_option_that_is_wrong_is_named(pair, said):
    with pytest.raises(InputError, match=said):
        address_to_remember(f"mongodb://host/db?{pair}")
