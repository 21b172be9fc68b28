"""Leads through a guided check: begins it, takes answers, goes back, stops, returns after a question in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lotse.answering.answer import Answer
from lotse.answering.check_answers import (
    asks_for_draft,
    changed_after_result,
    draft_changed,
    draft_read,
    interim_answer,
    option_label,
    question_answer,
    reasons_answer,
    result_answer,
    review_answer,
    shows_something,
    stopped,
    verdict_again,
    way_back,
    which_check,
)
from lotse.answering.check_payloads import ANSWER, PASTE, REVIEW, START, STOP, read
from lotse.answering.check_words import agrees, asks_for_a_check, chosen_option, says_only, told_option
from lotse.answering.dialogue import check as topics_to_check
from lotse.answering.memory import CheckState, ReadDraft
from lotse.answering.message_kinds import wants_a_text
from lotse.answering.need import help_of
from lotse.answering.phrases import holds, words_of
from lotse.answering.turn_context import TurnContext
from lotse.checks import Check, given, next_question, proposed, taken_over
from lotse.checks import Question as CheckQuestion

# Intents about an answer that, after a result, mean the result.
_ABOUT_THE_RESULT = frozenset({"request_sources", "request_more", "request_reason", "request_steps"})
# Signs that tell what a text is, not what it shows.
_KIND_OF_TEXT = frozenset({"post", "comment"})
_NOT_AN_ANSWER = frozenset({"choices", "refused"})

Choose = Callable[[TurnContext], Answer]


@dataclass(frozen=True)
class CheckTurn:
    """An answer, and what the conversation keeps of guided checks after it.

    Attributes:
        state: of the check; None if there is none any more.
        paused: whether the answer is to a question in between, so that it ends with a way back.
        memory: further fields of `Memory` that change.
    """

    answer: Answer
    state: CheckState | None = None
    paused: bool = False
    memory: Mapping[str, object] = field(default_factory=dict)


def check_turn(context: TurnContext, choose: Choose) -> CheckTurn:
    """The answer to a message, in a guided check or outside of one.

    Args:
        context: the message and the content.
        choose: gives the answer if no check takes the message.
    """
    question, state = context.question, context.question.memory.check
    check = context.checks.get(state.check) if state else None
    if check is None:
        # The check may have been removed from the content meanwhile.
        state = None
    if question.draft is not None and not question.problem:
        return _draft(context, check, state, question.draft)
    awaited = state is not None and state.awaiting
    if state is not None:
        state = state.copy(update={"awaiting": False})
    if question.picked and not question.problem:
        turn = _picked(context, check, state)
        if turn is not None:
            return turn
    elif not question.problem:
        turn = _typed(context, check, state, awaited) if check and state else None
        wanted = context.checks.get(question.check or "")
        if turn is None and wanted is not None and question.known is None:
            turn = begin(context, wanted)
        if turn is not None:
            return turn
    wanted_by_words = asks_for_a_check(question.text, context.settings.words.checks.wanted)
    if context.checks and wanted_by_words and not (question.picked or question.problem or question.known):
        return _asked_for(context)
    answer = choose(context)
    if context.checks and answer == topics_to_check(context):
        return _asked_for(context)
    if check is None or state is None:
        return CheckTurn(answer)
    return _in_between(context, check, state, answer)


def begin(context: TurnContext, check: Check) -> CheckTurn:
    """The first question of a check that has not been answered by what the person told before."""
    told = {**context.question.memory.facets, **context.question.facets}
    known = given(check, taken_over(check, told))
    return _at(context, check, CheckState(check=check.check, answers=known, taken_over=list(known)))


def _draft(context: TurnContext, running: Check | None, state: CheckState | None, draft: ReadDraft) -> CheckTurn:
    """The next question after a pasted text, with what was seen in it."""
    check = running if running and running.draft else next((one for one in context.checks.values() if one.draft), None)
    if check is None:
        return _asked_for(context)
    if state is None or state.check != check.check or state.done:
        known = given(check, taken_over(check, context.question.memory.facets))
        state = CheckState(check=check.check, answers=known, taken_over=list(known))
    state = state.copy(update={"draft": draft, "awaiting": False, "aside": 0})
    asked = next_question(check, state.answers)
    if asked is None:
        return _at(context, check, state, state.answers)
    read_now = draft_read(context, check, state)
    if shows_something(context, check, state):
        answer = interim_answer(context, check, asked, state, after=read_now)
        state = state.copy(update={"reasons_shown": True})
    else:
        # Who asks whether it may go out like this reads what that depends on, not only a question.
        open_still = f"{read_now}\n{context.wording.checks.draft_open}"
        answer = question_answer(context, check, asked, state, open_still)
    return CheckTurn(answer.copy(update={"notice": context.wording.checks.how}), state)


def with_way_back(context: TurnContext, turn: CheckTurn, answer: Answer) -> Answer:
    """The answer with a way back to the check, unless it has been put aside for long or everything is deleted."""
    state = turn.state
    if state is None or state.done or answer.outcome == "forgotten" or not (turn.paused or _replaced(turn, answer)):
        return answer
    if state.aside > context.settings.check_reminders:
        return answer
    return way_back(context, context.checks[state.check], state, answer)


def state_after(turn: CheckTurn, given_answer: Answer) -> CheckState | None:
    """What the conversation keeps: if help took the place of the question, the next message does not answer it.

    Args:
        turn: the turn.
        given_answer: the answer that was given in the end.
    """
    if turn.state is None or not _replaced(turn, given_answer):
        return turn.state
    return turn.state.copy(update={"aside": turn.state.aside + 1})


def _replaced(turn: CheckTurn, answer: Answer) -> bool:
    """Whether another answer was given than that of the turn, apart from what stands around it."""
    return answer.short != turn.answer.short


def _picked(context: TurnContext, running: Check | None, state: CheckState | None) -> CheckTurn | None:
    """The turn of a picked choice; None if it belongs to no check."""
    question = context.question
    intent = question.intents[0][0] if question.intents else ""
    if intent == STOP:
        return CheckTurn(stopped(context, running, state))
    check = context.checks.get(question.check or "")
    if intent not in (START, ANSWER, REVIEW) or not context.checks:
        return None
    if check is None:
        return _asked_for(context)
    kept = state if state and state.check == check.check and not state.done else None
    if intent == START and question.check_answers == PASTE and check.draft:
        new = kept or begin(context, check).state or CheckState(check=check.check)
        return CheckTurn(asks_for_draft(context, check, new), new.copy(update={"awaiting": True, "aside": 0}))
    if intent == START:
        return begin(context, check)
    carried = read(check, question.check_answers or "")
    if carried is None:
        # The check was changed since the button was shown.
        return begin(context, check)
    answers, told = carried
    known = given(check, answers)
    new = CheckState(
        check=check.check,
        answers=known,
        taken_over=[name for name in told if name in known],
        draft=state.draft if state and state.check == check.check else None,
    )
    if intent == REVIEW:
        return CheckTurn(review_answer(context, check, new), new.copy(update={"aside": 1}))
    before = state.answers if state and state.check == check.check else {}
    return _at(context, check, new, before)


def _typed(context: TurnContext, check: Check, state: CheckState, awaited: bool) -> CheckTurn | None:
    """The turn of a typed message that answers the check or moves in it; None if it does neither.

    Args:
        context: the message and the content.
        check: the check that is under way.
        state: of the check.
        awaited: whether the text of the post was asked for.
    """
    text, words = context.question.text, context.settings.words.checks
    if says_only(text, words.restart):
        return begin(context, check)
    asked = next_question(check, state.answers)
    if state.done or asked is None:
        likeliest = context.question.intents[0] if context.question.intents else ("", 0.0)
        if not state.aside and _would_change(context):
            return CheckTurn(changed_after_result(context, check, state), state)
        again = likeliest[0] in _ABOUT_THE_RESULT and likeliest[1] >= context.settings.dialogue_at
        return _at(context, check, state, state.answers) if again and not state.aside else None
    if says_only(text, words.stop):
        return CheckTurn(stopped(context, check, state))
    if awaited and any(says_only(text, move) for move in (words.unknown, words.back, words.go_on, words.verdict)):
        return _at(context, check, state, state.answers)
    if state.aside:
        back = says_only(text, words.go_on) or says_only(text, words.back)
        return _at(context, check, state, state.answers) if back else None
    if says_only(text, words.back):
        own = [name for name in state.answers if name not in state.taken_over]
        return _at(context, check, _without(state, own[-1:]), state.answers)
    if says_only(text, words.why):
        return CheckTurn(question_answer(context, check, asked, state, asked.why), state)
    option = _chosen(context, check, asked, state)
    if option is None and says_only(text, words.verdict):
        return CheckTurn(_so_far(context, check, asked, state), state.copy(update={"reasons_shown": True}))
    if option is None and state.draft is not None:
        if wants_a_text(context.question, context.settings.words):
            before = context.wording.checks.no_rewriting
            return CheckTurn(interim_answer(context, check, asked, state, before, examples=True), state)
        if _would_change(context):
            return _without_some(context, check, asked, state, state.draft)
    if option is None:
        return None
    new = state.copy(update={"answers": {**state.answers, asked.id: option}})
    return _at(context, check, new, state.answers)


def _so_far(context: TurnContext, check: Check, asked: CheckQuestion, state: CheckState) -> Answer:
    """The answer to who asks for the result before the end: reasons first, then yes or no, or the reasons again."""
    if not state.reasons_shown or not shows_something(context, check, state):
        return interim_answer(context, check, asked, state)
    if holds(words_of(context.question.text), context.settings.words.checks.reasons):
        return reasons_answer(context, check, asked, state)
    return verdict_again(context, check, asked, state)


def _would_change(context: TurnContext) -> bool:
    """Whether a message asks what becomes of the post without something: “und wenn ich das mit dem Amt weglasse?”"""
    question, words = context.question, context.settings.words
    asks_something_else = question.known is not None or context.clear_topic is not None
    return not asks_something_else and holds(words_of(question.text), words.checks.changing)


def _without_some(
    context: TurnContext, check: Check, asked: CheckQuestion, state: CheckState, draft: ReadDraft
) -> CheckTurn:
    """The turn after a message that would leave out something of the pasted text, by the signs it names.

    What is left out stays so: whoever wants it back pastes the text again.
    """
    named = context.settings.draft_reader.signs("", context.question.text)
    gone = ReadDraft(
        signs=[sign for sign in draft.signs if sign in named and sign not in _KIND_OF_TEXT],
        facets={
            name: [value for value in values if value in context.question.facets.get(name, ())]
            for name, values in draft.facets.items()
        },
    )
    left = ReadDraft(
        signs=[sign for sign in draft.signs if sign not in gone.signs],
        facets={name: [one for one in values if one not in gone.facets[name]] for name, values in draft.facets.items()},
    )
    # Answers that only the text had suggested are open again.
    before, after = (proposed(check, one.signs, one.facets) for one in (draft, left))
    changed = [
        name for name, option in state.answers.items() if before.get(name) == option and after.get(name) != option
    ]
    state = _without(state.copy(update={"draft": left}), changed)
    open_one = next_question(check, state.answers) or asked
    return CheckTurn(draft_changed(context, check, open_one, state, gone), state)


def _chosen(context: TurnContext, check: Check, asked: CheckQuestion, state: CheckState) -> str | None:
    labels = {name: option_label(context, asked, name) for name in asked.option_ids}
    settings, question = context.settings, context.question
    option = chosen_option(question.text, labels, settings.words, settings.short_message_words)
    if option is None and state.draft is not None and agrees(question.text, settings.words):
        option = proposed(check, state.draft.signs, state.draft.facets).get(asked.id)
    if option is not None or question.text.rstrip().endswith("?"):
        return option
    return told_option(asked, question.facets) if question.words <= settings.short_message_words else None


def _in_between(context: TurnContext, check: Check, state: CheckState, answer: Answer) -> CheckTurn:
    """An answer that has nothing to do with the check, or the question once more if the message was no question."""
    asked = next_question(check, state.answers)
    if asked is not None and not state.done and not state.aside and _meant_as_answer(context, answer):
        hint = context.wording.checks.not_understood
        return CheckTurn(question_answer(context, check, asked, state, hint), state)
    if asked is not None and not (state.done or state.aside or state.asked_back) and _says_nothing(context, answer):
        # It may be about the post or the case that is being checked; asked once more, it is answered as it is.
        if state.draft is not None and shows_something(context, check, state):
            return CheckTurn(_so_far(context, check, asked, state), state.copy(update={"asked_back": True}))
        hint = context.wording.checks.unclear
        return CheckTurn(question_answer(context, check, asked, state, hint), state.copy(update={"asked_back": True}))
    return CheckTurn(answer, state.copy(update={"aside": state.aside + 1}), paused=True)


def _meant_as_answer(context: TurnContext, answer: Answer) -> bool:
    """Whether a message that picks no option was meant as an answer to the question, or is nothing at all."""
    question = context.question
    if question.picked or question.known or question.text.rstrip().endswith("?"):
        return False
    if not any(character.isalpha() for character in question.text):
        return True
    if any(item.payload == "/forget_me" for item in answer.follow_ups):
        return False
    name, certainty = question.outside_area or ("", 0.0)
    if name and certainty >= context.settings.elsewhere_at and answer.outcome == "refused":
        # Whose question it is can be said, so it was one.
        return False
    if answer.outcome in _NOT_AN_ANSWER:
        return True
    short = question.words <= context.settings.short_message_words
    return short and question.form == "statement" and answer.outcome in ("answered", "refined")


def _says_nothing(context: TurnContext, answer: Answer) -> bool:
    """Whether an answer to a typed message only asks back and offers topics."""
    offers_nothing = answer.outcome == "choices" and not answer.points
    forgets = any(item.payload == "/forget_me" for item in answer.follow_ups)
    return offers_nothing and not forgets and not context.question.picked


def _at(context: TurnContext, check: Check, state: CheckState, before: Mapping[str, str] | None = None) -> CheckTurn:
    """The next question after these answers, or the result; help first if an answer tells of danger.

    Args:
        context: the message and the content.
        check: the check.
        state: with all answers.
        before: the answers before this message.
    """
    answers = given(check, state.answers)
    kept = [name for name in state.taken_over if name in answers]
    state = CheckState(check=check.check, answers=answers, taken_over=kept, draft=state.draft)
    kinds = check.dangers
    told = [f"{name}.{option}" for name, option in answers.items() if (before or {}).get(name) != option]
    kind = next((kinds[name] for name in told if name in kinds and kinds[name] in context.guide.help), None)
    if kind is not None:
        return _danger(context, check, state, kind)
    question = next_question(check, answers)
    if question is None:
        # What the text showed is needed no more; that one was read is still said when the result is shown again.
        done = state.copy(update={"done": True, "draft": ReadDraft() if state.draft else None})
        return CheckTurn(result_answer(context, check, state), done, memory={"noticed": True})
    return CheckTurn(question_answer(context, check, question, state), state)


def _danger(context: TurnContext, check: Check, state: CheckState, kind: str) -> CheckTurn:
    """Help for a person in danger before anything else; the check waits."""
    helps, memory = context.guide.help[kind], context.question.memory
    answer = Answer(
        outcome="check",
        help=help_of(helps, helps.text, context.contacts(helps.offices)),
        short=context.wording.checks.after_help,
    )
    answer = way_back(context, check, state, answer).copy(update={"notice": None})
    helped = list(dict.fromkeys([*memory.helped, kind]))
    return CheckTurn(answer, state.copy(update={"aside": 1}), memory={"need": kind, "helped": helped})


def _without(state: CheckState, names: list[str]) -> CheckState:
    return state.copy(update={"answers": {name: o for name, o in state.answers.items() if name not in names}})


def _asked_for(context: TurnContext) -> CheckTurn:
    """The check that a wish for one means, by the topic of the message or of the last answer; else all to choose."""
    of_a_post = context.settings.words.checks.wanted.of_a_post
    draft_check = next((check for check in context.checks.values() if check.draft), None)
    names_a_post = not context.question.picked and holds(words_of(context.question.text), of_a_post)
    if draft_check is not None and names_a_post and not context.question.tells_deed:
        return begin(context, draft_check)
    likely = dict(context.topics_without_context)
    at_hand = context.question.memory.at_hand
    scores = {
        name: max((likely.get(topic, 0.0) for topic in check.topics), default=0.0) + (at_hand in check.topics)
        for name, check in context.checks.items()
    }
    ranked = sorted(scores, key=lambda name: -scores[name])
    second = scores[ranked[1]] if len(ranked) > 1 else 0.0
    if scores[ranked[0]] > 0 and scores[ranked[0]] >= context.settings.check_lead * second:
        return begin(context, context.checks[ranked[0]])
    if draft_check is not None and names_a_post:
        return begin(context, draft_check)
    return CheckTurn(which_check(context, ranked))
