"""Which passwords count as common."""

from __future__ import annotations

import pytest

from app.domain.common_passwords import is_common


@pytest.mark.parametrize(
    "password",
    [
        # on the list as it is
        "1q2w3e4r5t6y",
        "qwertyuiop123",
        "Leavemealone",
        # with digits and signs before or after it
        "password1234",
        "Password2022!",
        "!!!dragonball!!!",
        "2022-football-2022",
        # a letter replaced by what looks like it
        "P@ssw0rd2022",
        "p@$$word1234",
        # several times in a row
        "passwordpassword",
        "monkeymonkeymonkey7",
        # typed with the Russian keyboard on
        "йцукенгшщзхъ",
        "пароль123456",
        "Пароль-2022!!",
        "ghbdtnghbdtn",
        # along the keys, the alphabet, the digits
        "123456789012",
        "098765432109",
        "qwertyuiop[]",
        "][poiuytrewq",
        "абвгдеёжзийклмн",
        "abcdefghijklm",
        "1qaz2wsx3edc4rfv",
        # three characters at most, again and again
        "aaaaaaaaaaaa",
        "121212121212",
        "абвабвабвабв",
        # the program's own name
        "vekha2022!!!!",
        "Веха-2022-2022",
    ],
)
def test_what_is_guessed_first_is_common(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "a good long password",
        "сорок тысяч обезьян",
        "kT7-mwq2!pLz",
        "849302758493",
        "vekha-demo-2022",
        "лампа, чайник и забор",
    ],
)
def test_what_nobody_else_would_think_of_is_not(password: str) -> None:
    assert not is_common(password)
