"""The whole guide as HTML pages without JavaScript. Every passage and every citation has an anchor.

The templates escape all text automatically; no text is marked as safe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lotse.answering.check_payloads import CHECK_PREFIX, written
from lotse.checks import Check
from lotse.content import Guide
from lotse.content.model import Passage, Topic
from lotse.content.word_lists import SearchWords
from lotse.content.wording import Wording
from lotse.publishing.check_documents import FORMATS, Document
from lotse.publishing.check_pages import check_page
from lotse.publishing.check_results import answers_of, helps, report, step
from lotse.publishing.search import MAX_QUERY, GuideSearch, own_questions, topic_groups
from lotse.publishing.source_list import SourceList
from lotse.render.dates import spelled_date
from lotse.render.links import safe_url, unbroken_norm

# So many rules of a topic are shown at once; the rest is folded, so that a page stays short.
RULES_IN_SIGHT = 18
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class GuidePages:
    """Renders the pages of the guide in its languages.

    Attributes:
        styles: names of the style sheets to link, below ``/chat/``.
        checks: the guided checks by language and id.
        scripts: names of scripts to link, below ``/chat/``; the pages do without them.
        search_words: what people type for what the guide calls otherwise; None for none.
    """

    guides: Mapping[str, Guide]
    wordings: Mapping[str, Wording]
    styles: Sequence[str] = ()
    checks: Mapping[str, Mapping[str, Check]] = field(default_factory=dict)
    scripts: Sequence[str] = ()
    search_words: SearchWords | None = None
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    _searches: dict[str, GuideSearch] = field(default_factory=dict)

    def questions(self, language: str) -> dict[str, Any]:
        """The topics in groups and the guide's own questions: for the start and the suggestions of the web chat."""
        guide, words = self.guides[language], self.wordings[language].web.guide
        return {
            "groups": [
                {
                    "title": words[group.name],
                    "topics": [{"label": topic.label, "question": topic.title} for topic in group.topics],
                }
                for group in topic_groups(guide)
            ],
            "questions": own_questions(guide),
        }

    def index(self, language: str, problem: bool = False, query: str = "") -> str:
        """The HTML page with the search and the list of all topics, first those for employees.

        Args:
            language: ISO 639-1 code.
            problem: whether the page says that the requested topic does not exist.
            query: what is searched for; empty for no search.
        """
        guide, words = self.guides[language], self.wordings[language].web.guide
        root = "../"
        query = " ".join(query.split())[:MAX_QUERY]
        return self._render(
            "index.html",
            language,
            root,
            topic=None,
            groups={words[group.name]: group.topics for group in topic_groups(guide)},
            checks=list(self.checks.get(language, {}).values()),
            query=query,
            hits=self._search(language).find(query) if query else [],
            problem=words["not_found"] if problem else None,
        )

    def page(self, name: str, language: str) -> str | None:
        """The HTML page of a topic, or of a guided check (`CHECK_PREFIX` and its id); None if there is none."""
        if name.startswith(CHECK_PREFIX):
            return self.check(name.removeprefix(CHECK_PREFIX), language)
        return self.topic(name, language)

    def check(self, name: str, language: str) -> str | None:
        """A guided check as a list to print and go through; None if there is no such check."""
        check = self.checks.get(language, {}).get(name)
        if check is None:
            return None
        key = (f"{CHECK_PREFIX}{name}", language)
        if key not in self._made:
            guide = self.guides[language]
            self._made[key] = self._render(
                "check.html",
                language,
                "../",
                topic=check,
                **check_page(check, guide, self.wordings[language]),
                related=[guide.topics[other] for other in check.topics if other in guide.topics],
            )
        return self._made[key]

    def check_step(self, name: str, language: str, query: Mapping[str, str], today: date) -> str | None:
        """The next question of a guided check as a form, or its result; None if there is no such check.

        Args:
            name: of the check.
            language: ISO 639-1 code.
            query: `answers`, and the `question` that has just been answered with its `option`; may come from anybody.
            today: the day of the result.
        """
        check = self.checks.get(language, {}).get(name)
        if check is None:
            return None
        guide, wording = self.guides[language], self.wordings[language]
        answers, code = answers_of(check, query.get("answers", ""), query.get("question", ""), query.get("option", ""))
        question = step(check, answers, wording)
        return self._render(
            "check_step.html",
            language,
            "../",
            topic=check,
            code=code,
            before=written(check, dict(list(answers.items())[:-1]), ()) if answers else None,
            back=wording.checks.back,
            question=question,
            helps=helps(check, answers, guide),
            report=None if question else report(check, answers, guide, wording, today),
        )

    def check_document(self, name: str, language: str, code: str, today: date) -> Document | None:
        """The result of an authority's check as a file; None if it has none or if a question is open.

        Args:
            name: of the check with the ending of the format, such as ``tiktok.docx``.
            language: ISO 639-1 code.
            code: the answers as an address carries them; may come from anybody.
            today: the day of the result.
        """
        id, _dot, ending = name.rpartition(".")
        check, form = self.checks.get(language, {}).get(id), FORMATS.get(ending)
        if check is None or check.document is None or form is None:
            return None
        answers = answers_of(check, code)[0]
        if step(check, answers, self.wordings[language]) is not None:
            return None
        made = report(check, answers, self.guides[language], self.wordings[language], today)
        return Document(form.render(made), form.media_type, f"{CHECK_PREFIX}{id}.{ending}")

    def _search(self, language: str) -> GuideSearch:
        if language not in self._searches:
            self._searches[language] = GuideSearch(self.guides[language], self.search_words)
        return self._searches[language]

    def topic(self, name: str, language: str) -> str | None:
        """The HTML page of one topic with all its passages; None if there is no such topic."""
        guide = self.guides[language]
        if name not in guide.topics:
            return None
        if (name, language) not in self._made:
            self._made[name, language] = self._topic(guide, guide.topics[name], language)
        return self._made[name, language]

    def _topic(self, guide: Guide, topic: Topic, language: str) -> str:
        wording = self.wordings[language]
        sources = SourceList(guide)
        passages = [_passage(guide, wording, passage, sources) for passage in guide.of_topic[topic.topic]]
        why_numbers = sources.cite(topic.rests_on[0], topic.why.cites, topic.why.text)
        return self._render(
            "topic.html",
            language,
            "../",
            topic=topic,
            passages=passages,
            in_sight=RULES_IN_SIGHT,
            why_numbers=why_numbers,
            sources=sources.all,
            contacts=[guide.contacts[contact] for contact in topic.contacts if contact in guide.contacts],
            related=[guide.topics[other] for other in topic.related if other in guide.topics],
            checks=[check for check in self.checks.get(language, {}).values() if topic.topic in check.topics],
        )

    def _render(self, template: str, language: str, root: str, **values: Any) -> str:
        wording = self.wordings[language]
        others = [other for other in self.guides if other != language]
        return (
            _environment(language)
            .get_template(template)
            .render(
                language=language,
                other_language=others[0] if others else None,
                root=root,
                styles=self.styles,
                scripts=self.scripts,
                max_query=MAX_QUERY,
                words=wording.web.guide,
                verdicts=wording.verdicts,
                assistant=wording.web.widget["title"],
                check_prefix=CHECK_PREFIX,
                **values,
            )
        )


def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["safe_url"] = safe_url
    environment.filters["norm"] = unbroken_norm
    environment.filters["day"] = lambda value: spelled_date(value, language)
    return environment


def _passage(guide: Guide, wording: Wording, passage: Passage, sources: SourceList) -> dict[str, Any]:
    certainty = wording.web.guide[f"certainty_{passage.certainty}"] if passage.certainty != "settled" else None
    return {
        "id": passage.id,
        "title": passage.title,
        "text": passage.text,
        "plain": passage.plain,
        "verdict": passage.verdict,
        "house": passage.level == "house",
        "language": passage.language,
        "certainty": certainty,
        "reviewed": passage.reviewed,
        "numbers": sources.cite(passage.id, passage.cites, passage.text),
        "variants": [
            {
                "status": status,
                "label": guide.status_label(status),
                "text": variant.text,
                "numbers": sources.cite(passage.id, variant.cites, variant.text),
            }
            for status, variant in passage.by_status.items()
        ],
    }
