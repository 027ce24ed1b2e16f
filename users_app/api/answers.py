"""What is answered about people beside their own serializers, for the description of the API."""

from typing import Any

from rest_framework import serializers

from timetracker.api.fields import IdField
from users_app.api.serializers import TokenSerializer, WeekdayField


class MadeUserSerializer(serializers.Serializer[Any]):
    """A new user with the first token, which is shown this once."""

    id = IdField()
    token = serializers.CharField()
    timezone = serializers.CharField()
    weekStart = WeekdayField()
    links = serializers.DictField(child=serializers.CharField())


class MadeTokenSerializer(TokenSerializer):
    """A token with its secret, which is shown this once."""

    token = serializers.CharField()


class TokensSerializer(serializers.Serializer[Any]):
    """All tokens; there is never a next page."""

    tokens = TokenSerializer(many=True)
    next = serializers.CharField(allow_null=True)
