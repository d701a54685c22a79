"""docs/reference/rules.md: every rule code, what it says, and where the code asks for it.

The codes are read from the source: each ``RuleBroken("code", ...)`` and each trigger that raises
``rule:code``. Their sentences stand here, once; a test fails where the two differ.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

HEAD = """\
# Rule codes

`RuleBroken.rule` carries one of these; a trigger of the store raises `rule:CODE`. Made from the code
by `make docs`; a test compares the two. The rules of the workflow are tables in
`models/casework/workflow.py`.

| code | says | asked by | held by triggers on |
| --- | --- | --- | --- |
"""
ROOMS = ("models", "crawler", "classifier", "notices", "desk", "jobs", "operations")
SENTENCES = {
    "account-changes-kept": "what an administrator did to an account is kept",
    "act-immutable": "an act on a case is written once",
    "act-unsigned": "claim, topic, lead, sample and dismissal change only with an act that names the old and "
    "the new words and an officer who may",
    "answers-and-outcome": "the outcome does not follow from the first answer",
    "approval-immutable": "an approval is written once",
    "at-most-once": "a sending that ended is not sent again; an unknown one is settled by a person",
    "audit-append-only": "the log only grows",
    "claim": "a case has a claim of some length",
    "clock-in-doubt": "while the system clock is not believed nothing is forgotten by its age",
    "closed": "the case is closed or dismissed: nothing is added to it",
    "code-once": "a one-time code signs in once, and goes when its owner chose a password",
    "dismiss-reason": "a dismissal names one of its reasons",
    "correction-owed": "a correction is owed until the notice was retracted or replaced, or stands on its "
    "evidence and verdict again",
    "draft-in-hand": "somebody already writes a notice on this case",
    "edition-immutable": "an edition of the model is written once",
    "evidence-before-verdict": "不实, 误导, 旧闻 need 2 counting items, 1 primary, 1 from outside the "
    "subject, the refuted words, and for a hazard the lead, the sample and two finders; each thing "
    "counts once, whatever it is called; 属实 needs 1 primary item",
    "evidence-immutable": "evidence is written once; it can be withdrawn",
    "evidence-nature": "the nature of the evidence is one of the list",
    "evidence-original": "evidence has an original, a source or an address",
    "evidence-size": "an original has at most 16 MB",
    "evidence-words": "evidence has a title and a sentence",
    "four-eyes": "who ever acted on a case reviews and approves no notice of it; each hazard ever named for "
    "it needs a reviewer of its field before the approver, all of them still at work",
    "fresh-account": "an account that an administrator added, switched on or reset within 24 h neither "
    "reviews nor approves; no change of an account goes without its time",
    "ground": "a verdict without evidence gives its ground",
    "hazard-stays": "a hazard topic is never made an ordinary one",
    "kind": "the verdict does not allow a notice of this kind",
    "known-claims-are-kept": "a known claim is only withdrawn",
    "lead": "a lead names the department it went to",
    "lessons-of-others": "one account withdraws at most 20 lessons of others a day: taking lessons "
    "away steers the model too",
    "machine-account": "the machine has one account, which nobody signs in to",
    "no-lesson": "only a decision that teaches the model something is withdrawn from its lessons",
    "not-holder": "another officer holds the case: theirs to decide, to put back, and a hazard to dismiss",
    "nothing-to-issue": "the verdict allows no notice",
    "nothing-to-undo": "there is nothing of yours to undo",
    "notice-basis": "a notice names the evidence it rests on",
    "notice-findings": "a notice has one to nine findings",
    "notice-kind-immutable": "a notice keeps its kind, its verdict and its case",
    "notice-out": "a notice of the case is, or may be, in public: the case is not dropped under it",
    "notice-state": "the notice is not in a state that allows this step",
    "notice-title": "a notice has a title",
    "number": "two accounts of one role have different numbers",
    "only-verifiers-decide": "a verdict is given by an account that is a verifier's",
    "number-given": "a number is given once, after every number that the store or a channel knows, and "
    "never to a text that is out already",
    "owes-password": "who signed in with a one-time code does nothing before choosing a password",
    "own-account": "nobody switches off or resets the own account",
    "reason": "the step needs a reason in words; taking away what another found needs one too",
    "refutes": "evidence quotes words that stand in the claim",
    "retracted-is-not-known": "a claim whose notice was retracted never comes back as known",
    "revision-immutable": "a revision of a notice is written once",
    "role-immutable": "an account keeps its role and its name",
    "sample": "the status of the sample is one of the list",
    "sessions-end": "a change of an account ends its sessions, and none comes to life again",
    "settled-by-verdicts": "what learned what is ordinary learned from no verdict",
    "settled-overrules": "what learned with no verdict takes no place of what verdicts taught, nor of an "
    "officer's choice",
    "transition": "the case is not in a state from which this step leads on",
    "two-people": "a hazard is ended as 非事实主张 by two verifiers, and a case that holds what somebody else "
    "found or decided (a hazard: what anybody did) is dismissed by two: one proposes, another agrees",
    "unverified-is-not-false": "a notice of this kind does not follow from the verdict; no verdict "
    "allows only 正在核实",
    "upload-disk": "a file is stored only while the disk keeps some room for casework",
    "upload-quota": "one person uploads so many files and bytes in a day of China, as `[uploads]` says",
    "username": "account names are unique and plain",
    "verdict-immutable": "a verdict is written once; another follows it",
}
_TRIGGER = re.compile(r"CREATE TRIGGER.*?\bON (\w+)\b(.*?)\bEND;", re.DOTALL)
_RAISED = re.compile(r"'rule:([a-z-]+)'")


def raised(house: Path) -> dict[str, set[str]]:
    """By code, the functions under ``house`` that raise it: ``models.casework.cases.claim``."""
    found: dict[str, set[str]] = {}
    for file in sorted(file for room in ROOMS for file in (house / room).rglob("*.py")):
        module = ".".join(file.relative_to(house).with_suffix("").parts)
        for name, call in _calls(ast.parse(file.read_text("utf-8")), module):
            for code in _codes(call):
                found.setdefault(code, set()).add(name)
    return found


def triggers(house: Path) -> dict[str, set[str]]:
    """By code, the tables whose triggers raise it."""
    found: dict[str, set[str]] = {}
    for file in sorted((house / "models" / "schema").glob("*.py")):
        for table, body in _TRIGGER.findall(file.read_text("utf-8")):
            for code in _RAISED.findall(body):
                found.setdefault(code, set()).add(table)
    return found


def page(house: Path) -> str:
    """The page: one row a code, in alphabetical order."""
    asked, held = raised(house), triggers(house)
    return HEAD + "".join(
        f"| `{code}` | {SENTENCES[code]} | {_named(asked.get(code))} | {_named(held.get(code))} |\n"
        for code in sorted(asked.keys() | held.keys())
    )


def _named(names: set[str] | None) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names or ()))


def _calls(node: ast.AST, name: str) -> Iterator[tuple[str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        inner = name
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = f"{name}.{child.name}"
        if (
            isinstance(child, ast.Call)
            and isinstance(child.func, ast.Name)
            and child.func.id == "RuleBroken"
        ):
            yield inner, child
        yield from _calls(child, inner)


def _codes(call: ast.Call) -> list[str]:
    """The words that the first argument can be; a code is a word of the source, never composed."""
    first = call.args[0]
    choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
    codes = [each.value for each in choices if isinstance(each, ast.Constant)]
    if len(codes) != len(choices):
        raise ValueError(f"a rule code is not a plain word: {ast.unparse(call)}")
    return [str(code) for code in codes]
