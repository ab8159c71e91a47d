"""Who citizens are, as far as agents were told. Written by people: no projection of the journal."""

from sqlalchemy import Column, Double, ForeignKey, Index, String, Table, Text, text

from contactcentre.storage.tables.schema import a_name, metadata

_MERGED = text("merged_into IS NOT NULL")

people = Table(
    "people",
    metadata,
    Column("person_id", String(32), primary_key=True),
    Column("name", Text, nullable=False),  # as it was told
    Column("municipality", a_name(), nullable=False, server_default=""),
    Column("language", String(10), nullable=False, server_default=""),
    Column("made_at", Double, nullable=False, index=True),
    Column("made_by", Text, nullable=False),
    Column("split_from", String(32)),  # of whom it was taken for the same, until then
    Column("merged_into", String(32)),  # who is the same; the rows of both stay as they are
    Column("merged_at", Double),
    Index("ix_people_merged_into", "merged_into", sqlite_where=_MERGED, postgresql_where=_MERGED),
)

# One number may be several people's.
person_numbers = Table(
    "person_numbers",
    metadata,
    Column("number", Text, primary_key=True),
    Column(
        "person_id",
        ForeignKey("people.person_id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
    Column("pseudonym", Text, nullable=False, index=True),  # by which holds name it
    Column("added_at", Double, nullable=False),
)

# Sealed with a key that is not here, and found by a keyed hash.
person_codes = Table(
    "person_codes",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column(
        "person_id", ForeignKey("people.person_id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("sealed", Text, nullable=False),
    Column("added_at", Double, nullable=False),
    Column("former_at", Double),  # since then another one counts
)

# Whose a contact is, on an agent's word.
contact_people = Table(
    "contact_people",
    metadata,
    Column("call_id", Text, primary_key=True),
    # NULL: nobody's, after somebody was chosen.
    Column("person_id", ForeignKey("people.person_id", ondelete="CASCADE")),
    Column("at", Double, nullable=False),  # the contact began
    Column("chosen_at", Double, nullable=False),
    Column("chosen_by", Text, nullable=False),
    # An identification counts from then on: one of before was another person's.
    Column("proof_from", Double, nullable=False, server_default="0"),
    Index("ix_contact_people_person_id_at", "person_id", "at"),
)
