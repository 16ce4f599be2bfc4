import jwt
import pytest

from streams.media import tokens

KEY = tokens.derive_key("secret")


def mint(**changes):
    return tokens.mint_token(
        **({"key": KEY, "path": "room", "action": "publish", "sub": "7", "seconds": 60} | changes)
    )


def check(token, **changes):
    return tokens.check_token(
        token, **({"key": KEY, "path": "room", "action": "publish"} | changes)
    )


def test_a_token_says_whom_it_was_given_to():
    claims = check(mint())

    assert (claims.path, claims.action, claims.sub) == ("room", "publish", "7")


def test_a_publisher_may_watch_the_own_picture_but_a_reader_may_not_publish():
    assert check(mint(), action="read").action == "publish"
    with pytest.raises(tokens.InvalidToken, match="another action"):
        check(mint(action="read"))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "rubbish",
        mint(path="other"),
        mint(seconds=-60),
        mint(key=tokens.derive_key("another")),
        jwt.encode({"path": "room", "action": "publish", "sub": "7"}, KEY, algorithm="HS256"),
        jwt.encode({"path": "room", "action": "api", "sub": "7", "exp": 9e9}, KEY, "HS256"),
        jwt.encode({"path": "room", "action": "publish", "sub": "7", "exp": 9e9}, None, "none"),
        mint()[:-4] + "AAAA",
    ],
)
def test_every_other_token_is_refused(token):
    with pytest.raises(tokens.InvalidToken):
        check(token)


def test_tokens_have_no_colon_because_mediamtx_would_split_them():
    assert ":" not in mint()


def test_the_key_is_not_the_secret_itself():
    assert tokens.derive_key("secret") != b"secret"
    assert tokens.derive_key("secret") != tokens.derive_key("secret2")
