"""What `muster import` prints about an import: sums, questions, differences and notes, in both languages."""

from typing import Any, Final

import msgspec

from services.cli.common import err, out
from services.intake.boundaries import Boundaries
from services.intake.rows.asking import Question
from services.intake.rows.contradictions import Change
from services.intake.rows.noting import Noted
from services.intake.running.previewing import Preview
from services.intake.sending.summary import FileSummary, Summary
from services.refusals import meaning, sentence

Words = dict[str, str]
_EN: Final[Words] = {
    "preview": "{rows} rows, {questions} questions; nothing was recorded",
    "rows": "{rows} rows = {applied} applied + {known} known{skipped} + {rejected} rejected",
    "skipped": " + {skipped} skipped",
    "total": "total: {sums}",
    "file": "{file}: {sums}",
    "ignored": "  {column}: {count} cells could not be used and were left out",
    "note": "note: {file}: {command} was refused: {why} ({code})",
    "rejects": "rejected rows, with line number and reason: {rejects}",
    "differing": "{file}: {rows} rows contradict what people decided; the log stands:",
    "change": "  line {line}, {row}: the log says {log}; the sheet says {says}",
    "accept": "  to let the sheet be right: --apply-changes LINE, or all",
    "noted": "{file}: {count} rows noted, {why} ({code}): line {lines}",
    "encoding": "the encoding is only a guess; say which: --encoding, one of: {choices}",
    "phone": "{column}: cannot be a phone number: {count} rows (line {lines})",
    "unknown": "{column}: '{text}' is not known: {count} rows (line {lines})",
    "answer": "  to use these rows: --answer '{column}:{text}={value}'{which}",
    "which": ", VALUE one of: {choices}",
    "bounded": "{file}: {features} features = {applied} applied + {known} known + {rejected} rejected;"
    " {vertices} points, {kept} kept ({datum})",
    "feature": "feature {feature} {name}: {why}",
    "unreachable": "the server cannot be reached: {error}; import again, no row is recorded twice.",
    "comma": ", ",
}
_ZH: Final[Words] = {
    "preview": "共 {rows} 行，{questions} 个待答问题；未写入任何内容",
    "rows": "{rows} 行 = 已记录 {applied} + 已存在 {known}{skipped} + 退回 {rejected}",
    "skipped": " + 跳过 {skipped}",
    "total": "合计：{sums}",
    "file": "{file}：{sums}",
    "ignored": "  {column}：{count} 个单元格无法使用，已留空",
    "note": "提示：{file}：{command} 被拒绝：{why}（{code}）",
    "rejects": "退回的行（含行号和原因）：{rejects}",
    "differing": "{file}：{rows} 行与人工决定不一致，以日志为准：",
    "change": "  第 {line} 行，{row}：日志为 {log}；表格为 {says}",
    "accept": "  如以表格为准：--apply-changes 行号，或 all",
    "noted": "{file}：{count} 行已标注，{why}（{code}）：第 {lines} 行",
    "encoding": "文件编码只是推测，请指定：--encoding，可选：{choices}",
    "phone": "{column}：不可能是电话号码：{count} 行（第 {lines} 行）",
    "unknown": "{column}：不认识“{text}”：{count} 行（第 {lines} 行）",
    "answer": "  如要导入这些行：--answer '{column}:{text}={value}'{which}",
    "which": "，VALUE 可为：{choices}",
    "bounded": "{file}：{features} 个要素 = 已记录 {applied} + 已存在 {known} + 退回 {rejected}；"
    "{vertices} 个点，保留 {kept} 个（{datum}）",
    "feature": "第 {feature} 个要素 {name}：{why}",
    "unreachable": "无法连接服务器：{error}。请重新导入，不会重复写入。",
    "comma": "、",
}
TEXTS: Final[dict[str, Words]] = {"en": _EN, "zh": _ZH}
"""Language -> what is printed."""


class Account:
    """Prints what became of an import."""

    def __init__(self, language: str) -> None:
        self._language, self.words = language, TEXTS[language]

    def bounded(self, found: Boundaries, file: str, as_json: bool) -> None:
        """Print what a file of boundaries did, and why features were not used."""
        if as_json:
            _json(msgspec.to_builtins(found))
            return
        sums = {name: getattr(found, name) for name in ("features", "applied", "known", "rejected")}
        points = {"vertices": found.vertices, "kept": found.kept, "datum": found.datum}
        out.print(self.words["bounded"].format(file=file, **sums, **points), markup=False)
        for one in found.items:
            if one.code:
                why = sentence(one.code, one.values, self._language)
                told = self.words["feature"].format(feature=one.feature, name=one.name, why=why)
                err.print(told, markup=False)

    def preview(self, rows: int, seen: tuple[tuple[str, Preview], ...], as_json: bool) -> None:
        """Print what an import would ask, contradict and note."""
        questions = [one for _, each in seen for one in each.questions]
        if as_json:
            shown = {
                "rows": rows,
                "questions": questions,
                "differing": sum(one.differing for _, one in seen),
                "changes": [change for _, one in seen for change in one.changes],
                "noted": [noted for _, one in seen for noted in one.noted],
            }
            _json(msgspec.to_builtins(shown))
            return
        out.print(self.words["preview"].format(rows=rows, questions=len(questions)), markup=False)
        self.ask(questions)
        for file, one in seen:
            self._differ(file, one.differing, one.changes)
            self._noted(file, one.noted)

    def say(self, summary: Summary, as_json: bool) -> None:
        """Print the totals."""
        if as_json:
            names = ("rows", "applied", "known", "skipped", "rejected", "rejects", "differing")
            _json({**{name: getattr(summary, name) for name in names}, **msgspec.to_builtins(summary)})
            return
        words = self.words
        for one in summary.files:
            out.print(words["file"].format(file=one.file, sums=self._sums(one)), markup=False)
            for column, count in one.ignored.items():
                out.print(words["ignored"].format(column=column, count=count), markup=False)
        out.print(words["total"].format(sums=self._sums(summary)), markup=False)
        for note in summary.notes:
            why = sentence(note.code, note.values, self._language)
            told = words["note"].format(file=note.file, command=note.command, why=why, code=note.code)
            err.print(told, markup=False)
        for one in summary.files:
            self._differ(one.file, one.differing, one.changes)
            self._noted(one.file, one.noted)
        if summary.rejected:
            err.print(words["rejects"].format(rejects=summary.rejects), markup=False)

    def ask(self, questions: list[Question]) -> None:
        """Print what is not understood, and how to answer."""
        words = self.words
        for one in questions:
            labels = [f"{c.value} ({c.label})" if c.label else c.value for c in one.choices if c.value]
            choices = words["comma"].join(labels)
            if one.kind == "encoding":
                err.print(words["encoding"].format(choices=choices), markup=False)
                continue
            lines = ", ".join(f"{row.sheet} {row.line}" if row.sheet else str(row.line) for row in one.rows)
            what = words["phone" if one.kind == "phone" else "unknown"]
            said = what.format(column=one.column, text=one.text, count=one.count, lines=lines)
            err.print(said, markup=False)
            which = words["which"].format(choices=choices) if choices else ""
            value = "" if one.kind == "phone" else "VALUE"
            how = words["answer"].format(column=one.column, text=one.text, value=value, which=which)
            err.print(how, markup=False)

    def _differ(self, file: str, rows: int, changes: list[Change]) -> None:
        """Print the rows that contradict what people decided, and how to accept them."""
        if not rows:
            return
        words, comma = self.words, self.words["comma"]
        err.print(words["differing"].format(file=file, rows=rows), markup=False)
        for one in changes:
            where = f"{one.sheet}:{one.line}" if one.sheet else str(one.line)
            told = words["change"].format(
                line=where, row=one.row, log=comma.join(one.log), says=comma.join(one.says)
            )
            err.print(told, markup=False)
        err.print(words["accept"], markup=False)

    def _noted(self, file: str, noted: list[Noted]) -> None:
        """Print what is noted about rows that are taken."""
        for one in noted:
            why = sentence(one.code, one.values, self._language) if one.values else ""
            why = why or meaning(one.code, self._language)
            lines = ", ".join(map(str, one.lines)) + (" ..." if one.count > len(one.lines) else "")
            told = self.words["noted"].format(
                file=file, count=one.count, why=why.rstrip(".。"), code=one.code, lines=lines
            )
            err.print(told, markup=False)

    def _sums(self, one: FileSummary | Summary) -> str:
        """Return the account of rows; what was skipped is named only if there is some."""
        skipped = self.words["skipped"].format(skipped=one.skipped) if one.skipped else ""
        return self.words["rows"].format(
            rows=one.rows, applied=one.applied, known=one.known, skipped=skipped, rejected=one.rejected
        )


def _json(found: Any) -> None:
    out.print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode(), markup=False)
