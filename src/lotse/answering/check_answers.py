"""The answers of a guided check: one question with its options, the result, and which answer is to be changed."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from lotse.answering.answer import Answer, DocumentLink, FollowUp, Point, Step, Why
from lotse.answering.answer_builder import passage_of
from lotse.answering.check_payloads import (
    ANSWER,
    CHECK_PREFIX,
    REVIEW,
    STOP,
    paste_choice,
    start_choice,
    state_choice,
    written,
)
from lotse.answering.memory import CheckState, ReadDraft
from lotse.answering.passages import Citations
from lotse.answering.turn_context import TurnContext
from lotse.answering.verdicts import verdict_label
from lotse.checks import UNKNOWN, Check, Conclusion, Question, Result, at_most, proposed, result_of, result_so_far
from lotse.content.model import Passage, PassageCertainty

REQUEST_PERSON = "request_person"
# Labels of the documents that the guide's pages offer, by the ending of the file.
_DOCUMENTS = {"docx": "check_docx", "md": "check_markdown"}
# The less settled counts if a reason rests on several passages.
_LEAST_SETTLED: tuple[PassageCertainty, ...] = ("settled", "uncertain", "disputed")


def question_answer(
    context: TurnContext, check: Check, question: Question, state: CheckState, hint: str = ""
) -> Answer:
    """One question of a check with its options as choices.

    Args:
        context: the message and the content.
        check: the check.
        question: that is asked.
        state: the answers so far.
        hint: a sentence before the question.
    """
    words = context.wording.checks
    asked = [name for name in state.answers if name not in state.taken_over]
    first = not asked and not hint
    lines = [check.intro] if first else [hint] if hint else []
    if first and state.taken_over:
        lines.append(_known_already(context, check, state))
    reason = [] if hint == question.why else [words.why.format(why=question.why)]
    lines += [question.text, *reason]
    proposal = _proposal(check, state, question)
    if proposal is not None:
        label = option_label(context, question, proposal)
        seen = _seen(context, state, question, proposal)
        lines.append(words.proposed.format(answer=label, signs=", ".join(seen)))
    most = at_most(check, state.answers) - len([name for name in state.taken_over if name in state.answers])
    options = [
        _with_answer(check, state, question.id, option, _shown_label(context, question, option, proposal))
        for option in question.option_ids
    ]
    paste = [paste_choice(check.check, words.paste)] if first and check.draft and state.draft is None else []
    back = [_without_answer(check, state, asked[-1], words.back)] if asked else []
    return Answer(
        outcome="check",
        title=words.title.format(label=check.label, number=len(asked) + 1, most=most),
        short="\n".join(lines),
        follow_ups=[*options, *paste, *back, FollowUp(label=words.stop, payload=f"/{STOP}")],
        notice=words.how if first else None,
        why=_why(check),
    )


def interim_answer(
    context: TurnContext,
    check: Check,
    question: Question,
    state: CheckState,
    before: str = "",
    after: str = "",
    examples: bool = False,
) -> Answer:
    """What the answers so far and the pasted text lead to, the strictest first, and the open question once more.

    Args:
        context: the message and the content.
        check: the check.
        question: that is open.
        state: the answers so far.
        before, after: sentences before and after what leads.
        examples: whether words that would do instead lead.
    """
    words = context.wording.checks
    result, shown = _shown_so_far(context, check, state)
    citations = Citations(context.guide)
    leading = next((conclusion for conclusion in shown if conclusion.verdict in words.so_far), None)
    lead, cites = "", list[int]()
    if leading is not None:
        cites = _cites(context, leading, citations)
        instead = f"{words.instead}: {leading.instead}" if examples and leading.instead else ""
        parts = [instead, words.so_far[leading.verdict], leading.reason, leading.change or ""]
        lead = " ".join(part for part in parts if part)
    points = [_reason(context, check, conclusion, result, citations) for conclusion in shown if conclusion != leading]
    points += [
        _remark(check, title, text).copy(update={"cites": _cites(context, conclusion, citations)})
        for conclusion in shown
        for title, text in (
            (words.change, conclusion.change if conclusion != leading else None),
            (words.instead, conclusion.instead if examples and conclusion != leading else None),
        )
        if text
    ]
    closing = after or (words.interim if points or leading else words.later)
    if leading is None:
        # Nothing leads, so the question does.
        hint = "\n".join(part for part in (before, closing) if part)
        answer = question_answer(context, check, question, state, hint)
        return answer.copy(update={"points": points, "citations": citations.all})
    answer = question_answer(context, check, question, state, closing)
    changes = {
        "short": "\n".join(part for part in ((lead, before) if examples else (before, lead)) if part),
        "short_cites": cites,
        "question": answer.short,
    }
    return answer.copy(update={**changes, "points": points, "citations": citations.all})


def verdict_again(context: TurnContext, check: Check, question: Question, state: CheckState) -> Answer:
    """Yes or no so far, for who asks again after the reasons: what was seen, what to change, and words that would do.

    Args:
        context: the message and the content.
        check: the check.
        question: that is open.
        state: the answers so far; they lead to something, see `shows_something`.
    """
    words = context.wording.checks
    _, shown = _shown_so_far(context, check, state)
    leading = next((conclusion for conclusion in shown if conclusion.verdict in words.so_far_again), None)
    if leading is None:
        return interim_answer(context, check, question, state)
    citations = Citations(context.guide)
    cites = _cites(context, leading, citations)
    instead = f"{words.instead}: {leading.instead}" if leading.instead else ""
    parts = [words.so_far_again[leading.verdict], _found_in_draft(context, state), leading.change or "", instead]
    answer = question_answer(context, check, question, state, words.interim)
    changes = {"short": " ".join(part for part in parts if part), "short_cites": cites, "question": answer.short}
    return answer.copy(update={**changes, "citations": citations.all})


def reasons_answer(context: TurnContext, check: Check, question: Question, state: CheckState) -> Answer:
    """Every reason so far, for who asks what is wrong with it, and the open question once more.

    Args:
        context: the message and the content.
        check: the check.
        question: that is open.
        state: the answers so far.
    """
    result, shown = _shown_so_far(context, check, state)
    citations = Citations(context.guide)
    points = [_reason(context, check, conclusion, result, citations) for conclusion in shown]
    answer = question_answer(context, check, question, state, context.wording.checks.interim)
    changes = {"short": _found_in_draft(context, state) or context.wording.new_point, "question": answer.short}
    return answer.copy(update={**changes, "points": points, "citations": citations.all})


def _shown_so_far(context: TurnContext, check: Check, state: CheckState) -> tuple[Result, list[Conclusion]]:
    """What the answers so far lead to, and the strictest of it, as many as are shown at once."""
    result = _so_far(check, state)
    so_far = [one.conclusion for one in result.found if one.conclusion is not check.otherwise]
    return result, so_far[: context.settings.points_at_once]


def _found_in_draft(context: TurnContext, state: CheckState) -> str:
    """What was seen in the pasted text, in a sentence; empty if there is none or nothing was."""
    seen = _named_in(context, state.draft or ReadDraft())
    return context.wording.checks.draft_found.format(signs=", ".join(seen)) if seen else ""


def shows_something(context: TurnContext, check: Check, state: CheckState) -> bool:
    """Whether the answers so far and the pasted text lead to anything that speaks against a post."""
    found = _so_far(check, state).found
    return any(
        one.conclusion.verdict in context.wording.checks.so_far and one.conclusion is not check.otherwise
        for one in found
    )


def _so_far(check: Check, state: CheckState) -> Result:
    """What the answers and what the pasted text suggests lead to."""
    draft = state.draft or ReadDraft()
    return result_so_far(check, {**proposed(check, draft.signs, draft.facets), **state.answers})


def result_answer(context: TurnContext, check: Check, state: CheckState) -> Answer:
    """The result of a check: verdict, every reason with its citations, what is open, and what to do next.

    Args:
        context: the message and the content.
        check: the check.
        state: with all answers.
    """
    words, result = context.wording.checks, result_of(check, state.answers)
    citations = Citations(context.guide)
    points = [_reason(context, check, found.conclusion, result, citations) for found in result.found]
    points += [_remark(check, words.open, text) for text in result.open_points]
    points += [_remark(check, words.change, text) for text in result.changes]
    given = " ".join(answer_line(context, check, state, name) for name in result.answers)
    points.append(_remark(check, words.given, given))
    if state.draft is not None:
        points.append(_remark(check, words.draft, words.draft_limits))
    steps = [Step(text=text, cites=_cites(context, conclusion, citations)) for text, conclusion in result.steps]
    owners = [found.conclusion.owner for found in result.found if found.conclusion.owner]
    topic = next((context.guide.topics[name] for name in check.topics if name in context.guide.topics), None)
    return Answer(
        outcome="check",
        title=check.title,
        verdict=result.verdict,
        verdict_label=verdict_label(result.verdict, context.wording),
        short=check.summary[result.verdict],
        steps=steps,
        points=points,
        citations=citations.all,
        contacts=context.contacts(dict.fromkeys(owners)),
        documents=_documents(context, check, result),
        follow_ups=[
            state_choice(REVIEW, check, result.answers, state.taken_over, words.review),
            start_choice(check.check, words.restart),
            context.move(REQUEST_PERSON, topic),
            *([context.topic_choice(topic.topic)] if topic else []),
        ],
        notice=check.limits if context.question.memory.noticed else f"{check.limits}\n\n{context.wording.notice}",
        why=_why(check),
    )


def _documents(context: TurnContext, check: Check, result: Result) -> list[DocumentLink]:
    """The result as documents for the file, if the check has them; made from the answers in their addresses."""
    if check.document is None:
        return []
    labels, place = context.wording.web.guide, context.guide.chat_address or ""
    query = urlencode({"language": context.guide.language, "answers": written(check, result.answers, ())})
    return [
        DocumentLink(label=labels[label], url=f"{place}guide/{CHECK_PREFIX}{check.check}.{ending}?{query}")
        for ending, label in _DOCUMENTS.items()
    ]


def asks_for_draft(context: TurnContext, check: Check, state: CheckState) -> Answer:
    """Asks for the text of the post, and says what becomes of it."""
    words = context.wording.checks
    without = state_choice(ANSWER, check, state.answers, state.taken_over, words.without_draft)
    stop = FollowUp(label=words.stop, payload=f"/{STOP}")
    return Answer(
        outcome="check", title=check.title, short=words.paste_now, follow_ups=[without, stop], why=_why(check)
    )


def draft_changed(context: TurnContext, check: Check, question: Question, state: CheckState, gone: ReadDraft) -> Answer:
    """What remains when somebody would leave out something of the pasted text, and the open question once more.

    Args:
        context: the message and the content.
        check: the check.
        question: that is open.
        state: the answers so far, with what the text shows without it.
        gone: what of the text the message named; empty if it is not known what would be left out.
    """
    words = context.wording.checks
    seen = _named_in(context, gone)
    if not seen:
        answer = interim_answer(context, check, question, state, words.changed_unknown)
        return answer.copy(update={"follow_ups": [*answer.follow_ups, paste_choice(check.check, words.paste)]})
    gone_now = words.changed.format(signs=", ".join(seen))
    rest = words.changed_rest if shows_something(context, check, state) else words.changed_nothing_left
    return interim_answer(context, check, question, state, " ".join(part for part in (gone_now, rest) if part))


def changed_after_result(context: TurnContext, check: Check, state: CheckState) -> Answer:
    """How to see what a change would do when the result has been shown: another answer, or the changed text."""
    answer = review_answer(context, check, state)
    paste = [paste_choice(check.check, context.wording.checks.paste)] if check.draft else []
    changes = {"short": context.wording.checks.changed_after, "follow_ups": [*answer.follow_ups, *paste]}
    return answer.copy(update=changes)


def draft_read(context: TurnContext, check: Check, state: CheckState) -> str:
    """What was seen in a pasted text and what cannot be, and which answers were known before."""
    words = context.wording.checks
    found = _found_in_draft(context, state) or words.draft_nothing
    known = [_known_already(context, check, state)] if state.taken_over else []
    return "\n".join([f"{words.draft_read} {found}", *known])


def review_answer(context: TurnContext, check: Check, state: CheckState) -> Answer:
    """All answers as choices; the one that is picked is asked again."""
    words = context.wording.checks
    choices = [_without_answer(check, state, name, answer_line(context, check, state, name)) for name in state.answers]
    back = state_choice(ANSWER, check, state.answers, state.taken_over, words.go_on.format(label=check.label))
    return Answer(
        outcome="check", title=check.title, short=words.reviewing, follow_ups=[*choices, back], why=_why(check)
    )


def which_check(context: TurnContext, names: Iterable[str]) -> Answer:
    """The checks to choose from."""
    choices = [start_choice(name, context.checks[name].title) for name in names]
    return Answer(outcome="check", short=context.wording.checks.which, follow_ups=choices)


def stopped(context: TurnContext, check: Check | None, state: CheckState | None) -> Answer:
    """Says that the check is ended, with a way to go on after all."""
    words = context.wording.checks
    offers = []
    if check is not None and state is not None:
        label = words.go_on.format(label=check.label)
        offers.append(state_choice(ANSWER, check, state.answers, state.taken_over, label))
    return Answer(outcome="smalltalk", short=words.stopped, follow_ups=offers)


def way_back(context: TurnContext, check: Check, state: CheckState, answer: Answer) -> Answer:
    """An answer to a question in between, with a sentence and a choice to go on with the check."""
    words = context.wording.checks
    label = words.go_on.format(label=check.label)
    choice = state_choice(ANSWER, check, state.answers, state.taken_over, label)
    sentence = words.paused.format(label=check.label)
    notice = f"{answer.notice}\n\n{sentence}" if answer.notice else sentence
    return answer.copy(update={"follow_ups": [*answer.follow_ups, choice], "notice": notice})


def option_label(context: TurnContext, question: Question, name: str) -> str:
    """How an option is called."""
    option = question.option(name)
    return option.label if option else context.wording.checks.unknown


def answer_line(context: TurnContext, check: Check, state: CheckState, name: str) -> str:
    """A question with the answer that was given: “Sind Menschen zu erkennen? Ja.”"""
    words, question = context.wording.checks, check.question(name)
    if question is None:
        return ""
    label = option_label(context, question, state.answers.get(name, UNKNOWN))
    label = words.said_before.format(answer=label) if name in state.taken_over else label
    label = label if label.endswith((".", "!", "?")) else f"{label}."
    return words.answer.format(question=question.text, answer=label)


def _named_in(context: TurnContext, draft: ReadDraft) -> list[str]:
    """What a text shows, in words."""
    facets = context.guide.facets
    seen = [label for sign, label in context.wording.checks.signs.items() if sign in draft.signs]
    return seen + [facets[name].values[value].label for name, values in draft.facets.items() for value in values]


def _known_already(context: TurnContext, check: Check, state: CheckState) -> str:
    plain = state.copy(update={"taken_over": []})
    known = " ".join(answer_line(context, check, plain, name) for name in state.taken_over)
    return context.wording.checks.taken_over.format(answers=known)


def _proposal(check: Check, state: CheckState, question: Question) -> str | None:
    """The option that the pasted text suggests; None if it suggests none."""
    draft = state.draft or ReadDraft()
    return proposed(check, draft.signs, draft.facets).get(question.id)


def _seen(context: TurnContext, state: CheckState, question: Question, proposal: str) -> list[str]:
    """What in the pasted text suggests an option, in words."""
    option, draft = question.option(proposal), state.draft or ReadDraft()
    if option is None:
        return []
    labels = {**context.wording.checks.signs, **context.wording.checks.kinds}
    seen = [labels[sign] for sign in option.signs if sign in draft.signs]
    facet = context.guide.facets.get(question.facet or "")
    if facet is not None and option.value in draft.facets.get(question.facet or "", []):
        seen.append(facet.values[option.value].label)
    return list(dict.fromkeys(seen))


def _shown_label(context: TurnContext, question: Question, option: str, proposal: str | None) -> str:
    label = option_label(context, question, option)
    return context.wording.checks.proposed_option.format(answer=label) if option == proposal else label


def _with_answer(check: Check, state: CheckState, question: str, option: str, label: str) -> FollowUp:
    taken_over = [name for name in state.taken_over if name != question]
    return state_choice(ANSWER, check, {**state.answers, question: option}, taken_over, label)


def _without_answer(check: Check, state: CheckState, question: str, label: str) -> FollowUp:
    answers = {name: option for name, option in state.answers.items() if name != question}
    return state_choice(ANSWER, check, answers, state.taken_over, label)


def _reason(context: TurnContext, check: Check, conclusion: Conclusion, result: Result, citations: Citations) -> Point:
    passages = [_passage(context, name) for name in conclusion.passages]
    differ = len({found.conclusion.verdict for found in result.found}) > 1
    return Point(
        text=conclusion.reason,
        cites=_cites(context, conclusion, citations),
        level="house" if any(passage.level == "house" for passage in passages) else "guide",
        language=check.language,
        # The strictest decides; what each reason by itself would say stands before it.
        title=context.wording.verdicts[conclusion.verdict] if differ else None,
        certainty=max((passage.certainty for passage in passages), key=_LEAST_SETTLED.index),
    )


def _cites(context: TurnContext, conclusion: Conclusion, citations: Citations) -> list[int]:
    passages = [_passage(context, name) for name in conclusion.passages]
    numbers = [number for item in passages for number in citations.add(item.id, item.cites, item.text)]
    return list(dict.fromkeys(numbers))


def _passage(context: TurnContext, name: str) -> Passage:
    """A passage, or the rule of the authority that replaces it."""
    return passage_of(context.guide, name)


def _remark(check: Check, title: str, text: str) -> Point:
    return Point(text=text, cites=[], title=title, language=check.language)


def _why(check: Check) -> Why:
    return Why(recognised=check.title, certainty="high", probability=1.0)
