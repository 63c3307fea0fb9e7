#!/usr/bin/env python3
"""Makes python.json: hashes by Django, passlib, pwdlib and Werkzeug themselves.

    pip install django argon2-cffi bcrypt 'pwdlib[argon2,bcrypt]' werkzeug passlib
    python python.py >python.json

passlib 1.7.4 knows no bcrypt 5, so its own implementation of bcrypt is used.
"""

import json
import os
import pathlib
import sys
from importlib.metadata import version

PASSWORDS = json.loads((pathlib.Path(__file__).parent / "passwords.json").read_text())
found = []


def add(system, made_by, scheme, hash_password, passwords=PASSWORDS):
    for password in passwords:
        try:
            made = hash_password(password)
        except ValueError as error:
            # bcrypt 5 refuses more than 72 bytes, so that no such hash exists.
            assert "72 bytes" in str(error), error
            continue
        found.append({
            "system": system, "version": version(made_by), "scheme": scheme,
            "password": password, "hash": made,
        })


def django_hashes():
    from django.conf import settings

    settings.configure()
    from django.contrib.auth import hashers

    class Argon2i(hashers.Argon2PasswordHasher):
        """As Django made them before 3.2."""

        def encode(self, password, salt):
            import argon2

            data = argon2.low_level.hash_secret(
                password.encode(), salt.encode(), time_cost=1, memory_cost=64, parallelism=1,
                hash_len=16, type=argon2.low_level.Type.I)
            return self.algorithm + data.decode("ascii")

    def quick(hasher, **cost):
        made = hasher()
        for name, value in cost.items():
            setattr(made, name, value)
        return lambda password: made.encode(password, made.salt())

    def default(hasher):
        made = hasher()
        return lambda password: made.encode(password, made.salt())

    for hasher, scheme, cost in [
        (hashers.PBKDF2PasswordHasher, "pbkdf2", {"iterations": 1000}),
        (hashers.PBKDF2SHA1PasswordHasher, "pbkdf2", {"iterations": 1000}),
        (hashers.Argon2PasswordHasher, "argon2", {"memory_cost": 64, "time_cost": 1, "parallelism": 2}),
        (hashers.BCryptPasswordHasher, "bcrypt", {"rounds": 4}),
        (hashers.BCryptSHA256PasswordHasher, "bcrypt", {"rounds": 4}),
        (hashers.ScryptPasswordHasher, "scrypt", {"work_factor": 16}),
    ]:
        add("Django", "django", scheme, quick(hasher, **cost))
        add("Django", "django", scheme, default(hasher), PASSWORDS[:1])
    add("Django", "django", "argon2", quick(Argon2i), PASSWORDS[:1])


def passlib_hashes():
    os.environ["PASSLIB_BUILTIN_BCRYPT"] = "enabled"
    from passlib import hash as schemes

    schemes.bcrypt.set_backend("builtin")
    schemes.argon2.set_backend("argon2_cffi")
    for handler, scheme, cost in [
        (schemes.pbkdf2_sha1, "pbkdf2", {"rounds": 1000}),
        (schemes.pbkdf2_sha256, "pbkdf2", {"rounds": 1000}),
        (schemes.pbkdf2_sha512, "pbkdf2", {"rounds": 1000}),
        (schemes.django_pbkdf2_sha256, "pbkdf2", {"rounds": 1000}),
        (schemes.scrypt, "scrypt", {"rounds": 4}),
        (schemes.argon2, "argon2", {"memory_cost": 64, "time_cost": 1, "parallelism": 1}),
        (schemes.bcrypt, "bcrypt", {"rounds": 4}),
        (schemes.bcrypt.using(ident="2a"), "bcrypt", {"rounds": 4}),
    ]:
        add("passlib", "passlib", scheme, handler.using(**cost).hash)
        # Its own bcrypt is slow.
        if scheme != "bcrypt":
            add("passlib", "passlib", scheme, handler.hash, PASSWORDS[:1])


def pwdlib_hashes():
    from pwdlib.hashers.argon2 import Argon2Hasher
    from pwdlib.hashers.bcrypt import BcryptHasher

    add("FastAPI Users", "pwdlib", "argon2", Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1).hash)
    add("FastAPI Users", "pwdlib", "argon2", Argon2Hasher().hash, PASSWORDS[:1])
    add("FastAPI Users", "pwdlib", "bcrypt", BcryptHasher(rounds=4).hash)
    add("FastAPI Users", "pwdlib", "bcrypt", BcryptHasher().hash, PASSWORDS[:1])


def werkzeug_hashes():
    from werkzeug.security import generate_password_hash

    for method, scheme in [
        ("scrypt:1024:8:1", "scrypt"),
        ("pbkdf2:sha1:1000", "pbkdf2"),
        ("pbkdf2:sha256:1000", "pbkdf2"),
        ("pbkdf2:sha512:1000", "pbkdf2"),
    ]:
        add("Werkzeug", "werkzeug", scheme, lambda password: generate_password_hash(password, method))
    for method in ["scrypt", "pbkdf2"]:
        add("Werkzeug", "werkzeug", method, lambda password: generate_password_hash(password, method), PASSWORDS[:1])


def argon2_without_version():
    """The reference implementation takes a string without a version for version 16."""
    from argon2 import low_level

    for kind in low_level.Type.I, low_level.Type.ID:
        def hash_password(password):
            made = low_level.hash_secret(
                password.encode(), os.urandom(16), time_cost=1, memory_cost=64, parallelism=1,
                hash_len=32, type=kind, version=16)
            bare = made.replace(b"v=16$", b"")
            assert low_level.verify_secret(bare, password.encode(), kind)
            return bare.decode()

        add("argon2-cffi", "argon2-cffi", "argon2", hash_password, PASSWORDS[:1])


django_hashes()
passlib_hashes()
pwdlib_hashes()
werkzeug_hashes()
argon2_without_version()
json.dump(found, sys.stdout, ensure_ascii=False, indent=2)
print()
