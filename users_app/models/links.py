"""Sign-in links and invitations, which operators issue."""

import uuid

from django.db import models

from users_app.models.users import User


class SignInLink(models.Model):
    """A link that signs `user` in, once; without `user`, an invitation to create an account.

    Only the SHA-256 of the secret is stored, since a secret has 214 random bits.
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
