"""Rows of the API room: who may come in."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from gateway.store.schema import metadata

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("revoked_at", Text),
    Index("uq_users_token", "token_hash", unique=True),
    Index("ix_users_name", "company", "name"),
)
