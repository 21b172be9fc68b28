"""Answers to messages that only tell or correct a circumstance: what changes by it, then the short answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lotse.answering.answer import Answer, Point
from lotse.answering.answer_builder import MORE, cites_of, follow_ups, guidance
from lotse.answering.dialogue import introduced
from lotse.answering.memory import ACCOUNT, LASTING_FACETS, PERSONAL_FACETS, STATE, Answered, Memory
from lotse.answering.message_kinds import concerns_others, says_own_side, state_named, tells_account
from lotse.answering.passages import Citations, Fit, fitting, points_of
from lotse.answering.phrases import holds, words_of
from lotse.answering.probabilities import TOPIC_PREFIX
from lotse.answering.refusals import choices
from lotse.answering.status import OCCUPATION, STATUS, compares_statuses, is_about, label_of
from lotse.answering.turn_context import TurnContext
from lotse.answering.verdicts import verdict_label
from lotse.content.model import Cite, Guide, Passage, Topic, Verdict

REFINE = "refine"
PLATFORM, PERSON = "platform", "person"
# Circumstances that change the answer when they are told; what comes first is named.
_TOLD_FACETS = (STATUS, OCCUPATION, ACCOUNT, PLATFORM, PERSON, STATE)
# A telling message adds at most so many passages that were not shown before.
_ADDED = 2
_BY_STRICTNESS: list[Verdict | None] = ["allowed", "depends", "not_allowed"]
# Far below every similarity: these passages are never chosen.
_NEVER = -9.0


def told(context: TurnContext) -> Answer | None:
    """The answer to a message that only tells or denies a circumstance; None if it is another message.

    Args:
        context: the message, with the circumstance in the conversation's state.
    """
    memory = context.question.memory
    if not only_tells(context):
        return None
    answered = not memory.choosing and not memory.unanswered and memory.outcome != "handed_over"
    # After contact points, the last question was another one than that of the last answer.
    if memory.topic in context.guide.topics and (answered or context.question.picked):
        return again(context)
    names_person = any(facet in PERSONAL_FACETS for facet in (*context.question.facets, *context.question.denied))
    if names_person and not memory.choosing:
        return introduced(context)
    return _chosen_by(context) if memory.choosing and not names_person else None


def only_tells(context: TurnContext) -> bool:
    """Whether a message says nothing but circumstances, in its own words or by a picked choice."""
    question = context.question
    if question.picked:
        return _lasting_only(context) and bool(question.intents and question.intents[0][0] == REFINE)
    tells = question.only_tells and _lasting_only(context)
    words = context.settings.words
    return tells or tells_account(question, words) or says_own_side(question, words)


def adds_to_the_answer(context: TurnContext) -> bool:
    """Whether a message that leans on the last answer tells of the person, names nothing else and asks nothing."""
    question = context.question
    tells = (
        any(facet in PERSONAL_FACETS for facet in (*question.facets, *question.denied)) and question.form == "statement"
    )
    return (tells or only_tells(context)) and _lasting_only(context) and question.memory.topic in context.guide.topics


def again(context: TurnContext, corrects: bool = False) -> Answer:
    """The last answer in a new circumstance: what holds in it, then the short answer; the same topic.

    If the guide makes no difference, one sentence says so.

    Args:
        context: the message, with the circumstance in the conversation's state.
        corrects: whether the circumstance replaces one that the last answer was given for.
    """
    memory, guide = context.question.memory, context.guide
    topic = guide.topics[memory.topic or ""]
    if _bound_elsewhere(context, topic):
        return _another_topic(context, topic)
    fits = fitting(guide, topic.topic, {}, memory.facets, frozenset(), context.settings)
    passages = {fit.passage.id: fit.passage for fit in fits}
    shown = [passages[name] for name in memory.answered.passages if name in passages]
    if not shown:
        return guidance(context, topic.topic, "refined")
    before = shown
    if corrects or ACCOUNT in _said(context):
        # What held in the circumstance that is not so must not lead any more; what holds in this one may.
        fitting_now = [passage for passage in shown if not _contradicts(passage, _said(context))] or shown
        shown = sorted(fitting_now, key=lambda passage: not is_about(passage, _said(context)))
    added = _added(context, before, passages.values())
    answer = guidance(_as_before(context, [shown[0], *added, *shown[1:]]), topic.topic, "refined")
    # Who tells the case may hear “allowed” now, if it is clear which topic was meant and a passage shown is about it.
    clear = memory.answered.probability >= context.settings.assumed_below and is_about(shown[0], _case(context))
    verdict = answer.verdict if clear else _no_milder(memory.verdict, answer.verdict)
    # An answer without a traffic light gets none by a circumstance.
    verdict = "info" if memory.verdict in (None, "info") else verdict
    label = verdict_label(verdict, context.wording)
    answer = answer.copy(update={"verdict": verdict, "verdict_label": label, "assumed": None})
    return _differing(context, topic, answer)


def in_state(context: TurnContext, state: str) -> Answer:
    """The last answer for a federal state: the passages of its topic that are about it or name it, or that none does.

    Args:
        context: the message and the content.
        state: as it is called.
    """
    guide, memory, wording = context.guide, context.question.memory, context.wording
    topic = guide.topics[memory.at_hand or ""]
    names = context.settings.words.places.states[state]
    own = {STATE: [value for value, of in guide.facets[STATE].values.items() if state in (of.label, value)]}
    of_topic = guide.of_topic[topic.topic]
    about = [passage for passage in of_topic if is_about(passage, own)]
    about += [item for item in of_topic if item not in about and holds(words_of(item.text), names)]
    shown = [passage for passage in about if passage.id in memory.shown]
    kind = wording.difference if about else wording.no_difference
    return _in_short(
        context,
        topic,
        _short_of(context, topic),
        kind["state"].format(value=state),
        [_Own(passage.id, passage.text, passage.cites) for passage in (*shown, *(p for p in about if p not in shown))][
            :_ADDED
        ],
    )


def for_somebody_else(context: TurnContext) -> Answer:
    """The last answer if it is not about the person: what they have told of themselves does not count."""
    question = context.question
    topic = context.guide.topics[question.memory.at_hand or ""]
    return _in_short(context, topic, _short_of(context, topic), context.wording.others_matter, [])


def remembered_answer(context: TurnContext, answer: Answer, memory: Memory) -> Memory:
    """The conversation's state with what is needed to give this answer again.

    Args:
        context: the message, with the state before it.
        answer: to the message.
        memory: the state after it.
    """
    before = context.question.memory
    if concerns_others(context.question, context.settings.words):
        mine = {facet: values for facet, values in memory.facets.items() if facet not in PERSONAL_FACETS}
        memory = memory.copy(update={"facets": mine})
    asked = before.asked_status or context.wording.ask_status in (answer.notice or "")
    changes: dict[str, object] = {"asked_status": asked}
    if answer.outcome not in ("answered", "refined") or not answer.points:
        # An answer without points says that the one before still holds.
        return memory.copy(update=changes)
    question, words = context.question, context.settings.words
    repeats = only_tells(context) or concerns_others(question, words) or state_named(question, words) is not None
    only_added = repeats or (answer.outcome == "refined" and adds_to_the_answer(context))
    if only_added and answer.topic == before.topic and before.answered.passages:
        # Not how it was answered for one status: the next one may be another.
        kept = ["asked_permission", "alternatives", "second", "supporting", "said"]
        changes["shown"] = list(dict.fromkeys([*before.shown, *_cited(answer)]))
        return memory.copy(update={**changes, **{name: getattr(before, name) for name in kept}})
    question = context.question
    probability = context.probabilities.get(f"{TOPIC_PREFIX}{answer.topic}", 0.0)
    whole = question.picked or (question.known is not None and question.known.passage is None)
    passages = _behind(answer)
    scores = {name: question.passages[name] for name in passages if name in question.passages}
    answered = Answered(passages=passages, scores=scores, whole_topic=whole, probability=probability)
    return memory.copy(update={**changes, "answered": answered})


def _behind(answer: Answer) -> list[str]:
    """The ids of the passages whose text is the short answer or a point, in their order."""
    passage = {citation.n: citation.passage for citation in answer.citations}
    leading = [
        item.passage for item in answer.citations if item.n in answer.short_cites and item.excerpt == answer.short
    ]
    return list(dict.fromkeys([*leading, *(passage[number] for point in answer.points for number in point.cites)]))


def _cited(answer: Answer) -> list[str]:
    """The ids of the passages that an answer cites, in the order of its numbers."""
    return [citation.passage for citation in answer.citations]


def _no_milder(before: Verdict | None, now: Verdict | None) -> Verdict | None:
    """The verdict before, unless the circumstance makes it stricter: telling a status allows nothing."""
    stricter = before in _BY_STRICTNESS and now in _BY_STRICTNESS[_BY_STRICTNESS.index(before) :]
    return now if stricter else before


def _lasting_only(context: TurnContext) -> bool:
    question = context.question
    named = {*question.facets, *question.denied}
    return bool(named) and named <= LASTING_FACETS and not question.problem


def _said(context: TurnContext) -> Mapping[str, Iterable[str]]:
    """What the message tells of the person, the account or whom it is about: values by facet."""
    return {facet: values for facet, values in context.question.facets.items() if facet in _TOLD_FACETS}


def _added(context: TurnContext, shown: list[Passage], passages: Iterable[Passage]) -> list[Passage]:
    """Passages about what was told, and one with a variant for the status if none of those shown has one."""
    said, status = _said(context), context.question.memory.status
    known = {passage.id for passage in shown}
    others = [passage for passage in passages if passage.id not in known]
    about = [passage for passage in others if is_about(passage, said)][:_ADDED]
    if STATUS not in said or any(status in passage.by_status for passage in (*shown, *about)):
        return about
    varying = [passage for passage in others if status in passage.by_status and passage not in about]
    return [*about, *varying[:1]]


def _as_before(context: TurnContext, passages: list[Passage]) -> TurnContext:
    """The question before, as if it had named the new circumstance as well, with these passages as its best ones."""
    question, memory = context.question, context.question.memory
    answered, lead = memory.answered, passages[0]
    if lead.level == "house":
        # Rules of the authority are shown first, whichever passage led.
        lead = max(passages, key=lambda passage: answered.scores.get(passage.id, _NEVER))
    best = answered.scores.get(lead.id, 0.0)
    scores = dict.fromkeys((passage.id for passage in context.guide.of_topic[lead.topic]), _NEVER)
    # Equal enough to be shown together, and in this order.
    in_order = [lead, *(passage for passage in passages if passage is not lead)]
    scores |= {passage.id: best - place / 10_000 for place, passage in enumerate(in_order)}
    probabilities = {f"{TOPIC_PREFIX}{lead.topic}": answered.probability}
    return replace(
        context,
        question=replace(
            question,
            facets={facet: tuple(values) for facet, values in memory.facets.items()},
            passages=scores,
            picked=answered.whole_topic,
            known=None,
            form="statement",
        ),
        # Nothing that was shown goes because something was added.
        settings=context.settings.copy(
            update={"points": len(passages), "citations": context.settings.citations * len(passages)}
        ),
        probabilities=probabilities,
        without_context=probabilities,
    )


@dataclass(frozen=True)
class _Own:
    """A statement that holds in the circumstance told.

    Attributes:
        passage: whose statement it is.
        status: for which it holds; None if it holds for all.
    """

    passage: str
    text: str
    cites: Sequence[Cite]
    status: str | None = None


def _differing(context: TurnContext, topic: Topic, answer: Answer) -> Answer:
    """What differs in the circumstance told, then the short answer of `answer`; or that nothing differs."""
    wording, guide = context.wording, context.guide
    said, own = _said(context), _own_statements(context, topic, answer)
    facet = next((name for name in _TOLD_FACETS if name in said), None)
    kind = wording.difference if own else wording.no_difference
    denied = context.question.denied.get(STATUS, ())
    if compares_statuses(context.question):
        sentence = kind["statuses"]
    elif facet is not None:
        # Of a status or a Land the last one counts; of several platforms none is dropped.
        values = list(said[facet]) if facet == PLATFORM else list(said[facet])[-1:]
        sentence = kind[facet].format(value=", ".join(label_of(context, facet, value) for value in values))
    elif denied and own:
        sentence = kind["denied"].format(value=guide.status_label(denied[-1]))
    else:
        sentence = wording.no_difference["denied"]
    kept = [guide.passages[name] for name in _behind(answer) if name in guide.passages]
    short = _in_short(context, topic, answer.short, sentence, own, kept)
    return short.copy(update={"verdict": answer.verdict, "verdict_label": answer.verdict_label})


def _own_statements(context: TurnContext, topic: Topic, answer: Answer) -> list[_Own]:
    """What the passages behind an answer say of what was told, or for others of what was denied."""
    guide, said, denied = context.guide, _said(context), context.question.denied.get(STATUS, ())
    by_name = {passage.id: passage for passage in guide.of_topic[topic.topic]}
    found: list[_Own] = []
    for passage in (by_name[name] for name in _behind(answer) if name in by_name):
        variants = {name: variant for name, variant in passage.by_status.items() if name in said.get(STATUS, ())}
        if not said and denied and any(name in passage.by_status for name in denied):
            variants = {name: variant for name, variant in passage.by_status.items() if name not in denied}
        if is_about(passage, said):
            found.append(_Own(passage.id, passage.short or passage.text, passage.cites))
        found += [_Own(passage.id, variant.text, variant.cites, name) for name, variant in variants.items()]
    return found


def _in_short(
    context: TurnContext, topic: Topic, short: str, sentence: str, own: Sequence[_Own], kept: Sequence[Passage] = ()
) -> Answer:
    """A sentence about what was told, the statements that hold in it, and the short answer as before.

    Args:
        context: the message and the content.
        topic: of the answer.
        short: the short answer.
        sentence: names what was understood, and whether it changes anything.
        own: statements that hold in it; the first stands in the answer itself, the others are points. Where statuses
            are compared, each is a point with its status.
        kept: passages of the answer before; they stay as they were, behind the points that are shown at once.
    """
    guide, wording, citations = context.guide, context.wording, Citations(context.guide)
    compared = compares_statuses(context.question)
    first = [own[0]] if own and own[0].text != short and not compared else []
    cites = [number for item in first for number in citations.add(item.passage, list(item.cites), item.text)]
    supporting = [name for name in context.question.memory.supporting if name in guide.passages]
    known = {passage.id for passage in guide.of_topic[topic.topic]}
    for name in [name for name in supporting if name in known] or topic.rests_on:
        cites += cites_of(guide, name, citations)
    below = list(own[: 1 + _ADDED]) if compared else list(own[1 : 1 + _ADDED])
    points = [
        Point(
            text=item.text,
            cites=citations.add(item.passage, list(item.cites), item.text),
            language=guide.language,
            status=_heading(guide, item.status) if compared and item.status else None,
        )
        for item in below
    ]
    at_once = len(points)
    told = {item.text for item in own[: 1 + _ADDED]}
    before = points_of([Fit(passage, 0.0, False) for passage in kept], context.question.memory.status, guide, citations)
    # What leads with its text is no point below it.
    points += [point for point in before if point.text not in (*told, short)]
    rest = wording.difference_rest.format(short=short) if first else short
    offered = follow_ups(context, topic, [])
    return Answer(
        outcome="refined",
        topic=topic.topic,
        title=topic.title,
        addressed=sentence,
        short=" ".join([*(item.text for item in first), rest]),
        short_cites=list(dict.fromkeys(cites)),
        points=points,
        points_at_once=at_once if len(points) > at_once and not context.question.folding else None,
        citations=citations.all,
        follow_ups=[context.move(MORE, topic), *offered],
        why=context.why(topic),
    )


def _heading(guide: Guide, status: str) -> str:
    """A status as it leads a statement in, which begins like a sentence."""
    label = guide.status_label(status)
    return label[:1].upper() + label[1:]


def _short_of(context: TurnContext, topic: Topic) -> str:
    """The short answer that was given on a topic, in the language of the conversation."""
    memory = context.question.memory
    given = memory.said if topic.topic == memory.topic and not context.question.switched else None
    return given or topic.short


def _case(context: TurnContext) -> Mapping[str, Iterable[str]]:
    """What was told of the case: all but who the person is and where, which allows nothing by itself."""
    return {facet: values for facet, values in _said(context).items() if facet not in {*PERSONAL_FACETS, STATE}}


def _contradicts(passage: Passage, said: Mapping[str, Iterable[str]]) -> bool:
    """Whether a passage is about another circumstance than the one told."""
    return any(
        passage.facet_values(facet) and not passage.facet_values(facet) & set(values) for facet, values in said.items()
    )


def _bound_elsewhere(context: TurnContext, topic: Topic) -> bool:
    """Whether nearly all passages of a topic are about a circumstance that is not so: TikTok, an official account."""
    said, passages = _said(context), context.guide.of_topic[topic.topic]
    case = {facet: values for facet, values in said.items() if facet in (PLATFORM, ACCOUNT)}
    return sum(_contradicts(passage, case) for passage in passages) >= context.settings.bound_share * len(passages)


def _another_topic(context: TurnContext, topic: Topic) -> Answer:
    """The next likely topic if what was told excludes the last one, otherwise topics to choose from."""
    memory, guide = context.question.memory, context.guide
    likely = [*memory.alternatives, *topic.related, *context.settings.check_topics]
    left = [
        name
        for name in dict.fromkeys(likely)
        if name in guide.topics and name != topic.topic and not _bound_elsewhere(context, guide.topics[name])
    ]
    if memory.alternatives and left[:1] == memory.alternatives[:1]:
        return guidance(context, left[0], "answered")
    return choices(context, left, context.wording.corrected)


def _chosen_by(context: TurnContext) -> Answer | None:
    """The likeliest of the topics offered, in the circumstance told; None if the message names another one of them."""
    alternatives = [name for name in context.question.memory.alternatives if name in context.guide.topics]
    best = context.topics_without_context[:1]
    if not alternatives or (best and best[0][0] in alternatives):
        return None
    fitting_ones = [name for name in alternatives if not _bound_elsewhere(context, context.guide.topics[name])]
    return guidance(context, fitting_ones[0], "answered") if fitting_ones else None
