"""Links that an operator hands to somebody."""

import uuid

from django.db import models

from users_app.models.users import User


class SignInLink(models.Model):
    """Signs `user` in, once, or invites somebody without one to make an account. Only the secret's SHA-256 is stored.

    A secret has 214 random bits.
    """

    SECRETS_BEGIN = "ttl_"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sign_in_links")
    email = models.EmailField()
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Link for {self.email}"
