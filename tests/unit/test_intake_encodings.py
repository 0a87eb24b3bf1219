"""The encoding of a text file: recognised, or asked about, never silently wrong."""

from pathlib import Path

import pytest
from intaking import Deciding, run, sums

from services.intake import FileError, load_mapping, parse_mapping, preview
from services.intake.cells.places import Places
from services.intake.errors import MappingError
from services.intake.rows.asking import encoding_of, parsed
from services.intake.tables.encodings import Lines

PEOPLE = """
name = "people"
[[source]]
name = "people"
[[source.command]]
name = "worker.register"
data = { worker = "{id}", role = "courier", name = "{name}" }
"""
TEXTS = {
    "gb18030": [
        "姓名,电话,角色\n队员一,13800000001,骑手\n队员二,13800000002,司机\n",
        "名称\n张三\n",
    ],
    "big5": ["姓名,電話,角色\n隊員一,0912345678,騎手\n", "名稱\n朝陽街道\n前進街道\n", "姓名\n陳怡君\n"],
    "shift_jis": [
        "氏名,電話,役割\n隊員一,090,運転手\n隊員二,091,ボランティア\n",
        "名前\n山田\n",
        "区\n新宿区\n渋谷区\n",
    ],
    "windows-1252": ["nom,rôle\nJosé,livreur\nFrançois,médecin\n", "name,ort\nMüller,Köln\n"],
    "euc-kr": ["이름,전화,역할\n대원일,010,기사\n박영희,011,자원봉사자\n"],
    "windows-1251": ["Имя,роль\nИван Первый,водитель\n"],
    "utf-8": ["姓名\n张三\n", "nom\nJosé\n"],
}


def guessed(content: bytes) -> Lines:
    lines = Lines()
    for line in content.splitlines(keepends=True):
        lines.add(line)
    return lines


@pytest.mark.parametrize(
    ("encoding", "text"), [(name, text) for name, every in TEXTS.items() for text in every]
)
def test_an_encoding_is_recognised_by_the_common_characters_of_its_script(encoding: str, text: str) -> None:
    found = guessed(text.encode(encoding)).guess()
    assert found is not None
    assert (found.encoding, found.sure) == (encoding, True)


def test_bytes_that_read_as_two_languages_are_only_a_guess() -> None:
    found = guessed("名称\n朝阳街道\n前进街道\n".encode("gb18030")).guess()
    assert found is not None
    assert [one.encoding for one in found.others] == ["gb18030", "euc-kr"]
    assert found.others[0].sample.startswith("名称 朝阳街道")


AMBIGUOUS = "id,name\n1,名称\n2,朝阳街道\n3,前进街道\n".encode("gb18030")


async def test_a_guess_is_asked_about_and_stops_the_import_until_it_is_answered(tmp_path: Path) -> None:
    sink = Deciding()
    with pytest.raises(FileError, match=r"only a guess; .* gb18030 \(名称 朝阳街道.*euc-kr"):
        await run(tmp_path, PEOPLE, AMBIGUOUS, sink)
    assert sink.sent == []
    [asked] = (await preview(tmp_path / "table.csv", parse_mapping(PEOPLE))).questions
    assert (asked.kind, asked.column, asked.text, asked.count) == ("encoding", "encoding", "*", 3)
    assert (asked.choices[0].value, (asked.choices[0].label or "")[:2]) == ("gb18030", "名称")

    others, encoding = encoding_of(["encoding:*=gb18030", "role:保安=volunteer"])
    assert (others, encoding) == (["role:保安=volunteer"], "gb18030")
    said = f'encoding = "{encoding}"\n{PEOPLE}'
    assert sums(await run(tmp_path, said, AMBIGUOUS, sink)) == (3, 3, 0, 0)
    assert [one["data"]["name"] for one in sink.sent] == ["名称", "朝阳街道", "前进街道"]


async def test_an_answer_that_is_no_encoding_is_told(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="must be an encoding such as gb18030"):
        parsed(["encoding:*=klingon"], load_mapping("roster"), Places("2307", {}))
