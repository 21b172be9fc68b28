"""Every sentence that is not guidance, read from ``data/wording`` and checked."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from lotse.content.loading import parse
from lotse.content.model import Strict, Verdict


class WebWording(Strict):
    """Sentences of the web chat that are not part of an answer.

    Attributes:
        widget: labels of the widget, by the names its script uses.
        problems: what is wrong with a request, by code.
        guide: headings of the readable pages.
    """

    widget: dict[str, str]
    problems: dict[str, str]
    guide: dict[str, str]


class HandoverWording(Strict):
    """Sentences about handing a question over to a person.

    Attributes:
        subject, subject_general: of the message, with the topic's title or without one.
        no_question: says that the draft is empty, because nothing has been asked yet.
        copy_text, mail: introduce the text to copy and the mail link, in plain text.
        card: headings of the card that a contact point gets in Microsoft Teams.
        delivered, unknown_office, not_deliverable, failed, too_many, no_consent: the result.
    """

    subject: str
    subject_general: str
    no_question: str
    copy_text: str
    mail: str
    card: dict[str, str]
    delivered: str
    unknown_office: str
    not_deliverable: str
    failed: str
    too_many: str
    no_consent: str


class QuestionWording(Strict):
    """Sentences about giving a question that was not answered, to improve the guide.

    Attributes:
        ask: asks for consent, with the question and after how many days it is deleted.
        given, withheld, withdrawn: what has become of it.
        unknown: says that the conversation does not know the question any more.
    """

    ask: str
    given: str
    withheld: str
    withdrawn: str
    unknown: str


class OfficeWording(Strict):
    """Sentences after offices were named.

    Attributes:
        reached: above offices whose number or address is known.
        named: above one office that was asked for.
        not_known: if no number and no address is known.
    """

    reached: str
    named: str
    not_known: str


class CheckWording(Strict):
    """Sentences of guided checks that belong to no check.

    Attributes:
        unknown: the option that every question has.
        title: above a question, with label of the check, number, and how many there are at most.
        why: the reason for the question.
        how: on the first question, how to answer.
        taken_over: says which answers are known already.
        not_understood: before the question is asked again.
        unclear: the same after a question that is not understood.
        changed, changed_unknown, changed_after: the same after somebody would leave out something of the pasted text,
            which is known or not, or after the result; `changed_nothing_left` follows if nothing is left.
        no_rewriting: the same after a wish that the text be rewritten.
        interim, later: the same after somebody asks for the result before the end, with and without reasons so far.
        so_far: before the strictest reason so far, by verdict; a verdict that does not stand here leads nothing.
        so_far_again: the same for who asks once more; the same verdicts.
        instead: above words that would do instead.
        back, stop, restart, review, go_on, offer: labels of choices; `offer` stands under answers.
        which: asks which check is wanted.
        paused: below an answer to a question in between.
        stopped: after the end.
        after_help: below the help for a person in danger.
        reviewing: asks which answer is to be changed.
        answer: a question with its answer.
        said_before: marks an answer that was known already.
        open, change, given: headings of the result.
        paste, without_draft: labels of choices: to paste the text of the post, and to go on without.
        paste_now: asks for the text, and says what becomes of it.
        draft_read: after a text was pasted; then `draft_found` with the signs, or `draft_nothing`,
            and `draft_open`, what it depends on, if nothing speaks against it so far.
        proposed, proposed_option: the answer that a text suggests, below the question and on its choice.
        signs, kinds: what a text may show, by sign; `kinds` says whether it is a post or a comment.
        draft, draft_limits: heading and text in the result: what a program cannot see in a text.
    """

    unknown: str
    title: str
    why: str
    how: str
    taken_over: str
    not_understood: str
    unclear: str
    changed: str
    changed_unknown: str
    changed_after: str
    changed_rest: str
    changed_nothing_left: str
    no_rewriting: str
    so_far: dict[Verdict, str]
    so_far_again: dict[Verdict, str]
    instead: str
    interim: str
    later: str
    back: str
    stop: str
    restart: str
    review: str
    go_on: str
    offer: str
    which: str
    paused: str
    stopped: str
    after_help: str
    reviewing: str
    answer: str
    said_before: str
    open: str
    change: str
    given: str
    paste: str
    without_draft: str
    paste_now: str
    draft_read: str
    draft_found: str
    draft_nothing: str
    draft_open: str
    proposed: str
    proposed_option: str
    signs: dict[str, str]
    kinds: dict[str, str]
    draft: str
    draft_limits: str


class TeamsWording(Strict):
    """Sentences in Microsoft Teams that are not part of an answer.

    Attributes:
        welcome: to one person, a paragraph each; questions to click follow.
        welcome_team: to a team or a group.
        help_title, help: the reply to the help command; the first sentence of `help` introduces the others, a list.
        follow_ups: above the buttons.
        check_left: in the place of the last question of a guided check.
        forgotten: says what “forget me” cannot delete.
        personal_data: says what masking cannot undo.
        form: labels of the form that passes a question on to a contact point.
    """

    welcome: list[str] = Field(..., min_items=1)
    welcome_team: str
    help_title: str
    help: list[str] = Field(..., min_items=2)
    follow_ups: str
    check_left: str
    forgotten: str
    personal_data: str
    form: dict[str, str]


class Wording(Strict):
    """Every sentence the assistant says that is not guidance."""

    notice: str
    overdue: str
    certainty: dict[str, str]
    verdicts: dict[str, str]
    assumed: str
    assumed_passage: str
    assumed_circumstance: str
    addressed: str
    not_addressed: str
    addressed_occupation: str
    no_difference: dict[str, str]
    nothing_new: str
    nothing_new_told: str
    new_point: str
    said_for_this: str
    said_again: str
    case_told: str
    steps_of_all: str
    how_certain: str
    how_certain_points: dict[str, str]
    near: str
    near_one: str
    difference: dict[str, str]
    difference_rest: str
    others_matter: str
    writing: str
    writing_at_hand: str
    writing_matter: str
    samples: str
    letter: str
    summary: str
    tools: str
    doubting: str
    vented: str
    ask_status: str
    also: str
    choices: str
    choices_one: str
    choices_near: str
    choices_again: str
    refused: list[str] = Field(..., min_items=3)
    elsewhere: dict[str, str]
    more: str
    no_more: str
    no_topic: str
    ask_back: str
    introduced: str
    introduced_not: str
    introduced_occupation: str
    sources: str
    no_sources: str
    no_sources_there: str
    in_short: str
    no_yes_or_no: str
    reason: str
    example: str
    handed_over: str
    handed_over_general: str
    offices: OfficeWording
    corrected: str
    repair: str
    none_of_these: str
    nothing_left: str
    open_question: str
    open_question_on: str
    steps: str
    steps_missing: str
    disclosure: str
    check: str
    forgotten: str
    forget_or_not: str
    kept: str
    left_out: str
    need_offices: str
    need_again: str
    personal_data: str
    language_switched: str
    smalltalk: dict[str, str]
    problems: dict[str, str]
    error: str
    not_ready: str
    labels: dict[str, str]
    text: dict[str, str]
    checks: CheckWording
    questions: QuestionWording
    handover: HandoverWording
    web: WebWording
    teams: TeamsWording


class OtherLanguages(Strict):
    """For each language that the guide does not support, a sentence in that language that says so."""

    sentences: dict[str, str] = Field(..., description="by ISO 639-1 code")


def load_wording(data: Path, language: str = "de") -> Wording:
    """The wording of one language, from `wording/<language>.yml`.

    Raises:
        ContentError: a sentence is missing or misspelt.
    """
    return parse(data / "wording" / f"{language}.yml", Wording)[1]


def load_other_languages(data: Path) -> dict[str, str]:
    """Sentences by ISO 639-1 code, from `wording/other_languages.yml`.

    Raises:
        ContentError: the file is missing or misspelt.
    """
    return parse(data / "wording" / "other_languages.yml", OtherLanguages)[1].sentences
