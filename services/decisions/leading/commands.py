"""Commands about who leads a chapter; also the HTTP bodies and OpenAPI schemas."""

from pydantic import Field

from services.decisions.base import Command, command
from services.decisions.chapter.commands import ChapterId
from services.decisions.visit.commands import PostConcerned


@command("chapter.lead", fact=True)
class LeadChapter(Command):
    """Let a post lead a chapter from `at` on: its holder is the leader. Without a post, it has no leader."""

    chapter: ChapterId
    post: PostConcerned | None = Field(default=None, description="Null = no post leads it any more")
