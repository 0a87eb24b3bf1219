"""The hash of a command's body recognises it for all time, however it is reckoned."""

from each import each

from services.decisions.base import SAID, Command, commands
from services.recorder.sealing import given_fields
from tests.story import STORY, Step


@each("step", STORY, ids=lambda step: step[0])
def test_what_is_hashed_is_the_body_as_it_would_be_dumped(step: Step):
    name, body = step
    command: Command = commands[name].model_validate(body)
    assert given_fields(command) == command.model_dump(mode="json", exclude_unset=True, exclude={SAID})
