"""What is kept so that it can be found."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class SearchText(Base):
    """The words of something as `app.domain.search` folds them; written with what they are the words of."""

    __tablename__ = "search_text"

    #: plan | activity | occurrence | organization | indicator | task | evidence | comment
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    #: the id of the row of that kind
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
