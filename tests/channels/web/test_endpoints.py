"""Every endpoint with a stand-in for Rasa: statuses, headers, limits, languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.shared.core.domain import Domain

from lotse.answering import Answer
from lotse.channels.web import openapi, session_tokens
from lotse.channels.web.api_errors import STATUS, ApiError
from lotse.channels.web.app import WebChat
from lotse.channels.web.assets import load
from lotse.channels.web.conversations import Conversations
from lotse.channels.web.http_messages import Request, Response
from lotse.channels.web.request_limits import RequestLimits
from lotse.channels.web.session_tokens import Session
from lotse.channels.web.settings import read_settings
from lotse.content import load_guide
from lotse.content.wording import load_wording
from lotse.conversation.feedback import Feedback, FeedbackStore
from lotse.conversation.handover import Handovers, OfficeQuestion, Undelivered
from lotse.conversation.message import Message
from lotse.conversation.transcript import AssistantItem, TranscriptItem, offered_offices
from lotse.publishing.guide_pages import GuidePages
from lotse.rasa_adapter.tracker_store import ForgettingTrackerStore

DATA = Path(__file__).parents[3] / "data"
KEY = b"k" * 32
NOW = 1_800_000_000.0
ORIGIN = "https://intranet.example.org"
OFFICES = [{"id": office, "label": office, "mailto": "mailto:"} for office in ("press_office", "superior")]
ANSWER = Answer.parse_obj(
    {
        "answer_id": "a1",
        "outcome": "handed_over",
        "short": "Ja.",
        "handover": {"question": "Darf ich?", "subject": "Frage", "offices": OFFICES},
    }
)
SAID = AssistantItem(NOW, "Ja.", ANSWER)
ITEM = {
    "id": "a1",
    "from": "assistant",
    "at": "2027-01-15T08:00:00Z",
    "text": "Ja.",
    "guidance": ANSWER.payload(),
}
CHANNEL = "19:presse@thread.tacv2"


class StandIn(Conversations):
    """Instead of Rasa."""

    def __init__(self) -> None:
        self.failure: Exception | None = None

    def ready(self) -> bool:
        return self.failure is None

    def _said(self) -> AssistantItem:
        if self.failure:
            raise self.failure
        return SAID

    async def begin(self, session: Session) -> AssistantItem:
        return self._said()

    async def ask(self, session: Session, message: Message) -> list[AssistantItem]:
        return [self._said()]

    async def history(self, session: Session) -> list[TranscriptItem]:
        return [self._said()]

    async def rate(self, session: Session, feedback: Feedback, ratings: FeedbackStore) -> bool:
        if feedback.answer_id != self._said().id:
            return False
        ratings.add(feedback, SAID.answer.payload())
        return True

    async def office(self, session: Session, office_id: str) -> str | None:
        return offered_offices([self._said()]).get(office_id)

    async def erase(self, session: Session) -> None:
        self._said()


class Post:
    """Instead of Teams."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, OfficeQuestion]] = []
        self.failure: Exception | None = None

    async def post_question(self, channel_id: str, question: OfficeQuestion) -> None:
        if self.failure:
            raise self.failure
        self.posted.append((channel_id, question))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[ForgettingTrackerStore]:
    store = ForgettingTrackerStore(Domain.empty(), db=str(tmp_path / "conversations.db"))
    yield store
    store.engine.dispose()


@pytest.fixture
def talk() -> StandIn:
    return StandIn()


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture(scope="module")
def pages() -> GuidePages:
    languages = ["de", "en"]
    guides = {language: load_guide(DATA, language) for language in languages}
    return GuidePages(guides, {language: load_wording(DATA, language) for language in languages}, ["page.css"])


@pytest.fixture
def chat(talk: StandIn, post: Post, pages: GuidePages, tmp_path: Path, database: ForgettingTrackerStore) -> WebChat:
    static = tmp_path / "static"
    static.mkdir()
    for name in ("chat.html", "demo.html", "widget.js", "page.css"):
        (static / name).write_text(f"/* {name} */", encoding="utf-8")
    settings = read_settings(
        {
            "allowed_origins": [ORIGIN],
            "sessions_per_address": "3/minute",
            "messages_per_session": "3/minute",
            "handovers_per_address": "4/hour",
        }
    )
    return WebChat(
        settings=settings,
        wordings=pages.wordings,
        conversations=talk,
        limits=RequestLimits(settings),
        feedback=FeedbackStore(lambda: database, KEY),
        handovers=Handovers(_offices(pages), lambda: post, "2/hour"),
        pages=pages,
        resources=load(static),
        description=openapi.description("1", ["de", "en"], 1000),
        key=KEY,
        clock=lambda: NOW,
    )


def _offices(pages: GuidePages) -> dict[str, Any]:
    contacts = dict(pages.guides["de"].contacts)
    contacts["press_office"] = contacts["press_office"].copy(update={"teams_channel": CHANNEL})
    return contacts


def token(language: str = "de", expires: float = NOW + 60) -> str:
    return session_tokens.issue(Session("0" * 32, language, int(expires)), KEY)


def request(method: str, path: str, data: Any = None, **headers: str) -> Request:
    body = b"" if data is None else json.dumps(data).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method, path, {"host": "chat", "content-type": "application/json", **named}, {}, body, "192.0.2.1")


def signed(method: str, path: str, data: Any = None, **headers: str) -> Request:
    return request(method, path, data, authorization=f"Bearer {token()}", **headers)


def message(**more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "text": "Darf ich?", **more}


def handing(**more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "office": "press_office", "question": "Darf ich?", "consent": True, **more}


def content(response: Response) -> Any:
    return json.loads(response.body)


async def test_a_session_begins_with_a_greeting(chat: WebChat) -> None:
    response = await chat.handle(request("POST", "/session", {"language": "en"}))
    answer = content(response)
    assert response.status == 201
    assert answer["messages"] == [ITEM]
    assert (answer["language"], answer["limits"], answer["expires_at"]) == (
        "en",
        {"max_characters": 1000},
        "2027-01-15T20:00:00Z",
    )
    assert session_tokens.read(answer["token"], KEY, NOW).language == "en"


async def test_without_a_wish_the_browser_decides_the_language(chat: WebChat) -> None:
    response = await chat.handle(request("POST", "/session", {}, accept_language="en-GB"))
    assert content(response)["language"] == "en"


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (signed("POST", "/messages", message()), 200),
        (signed("GET", "/history"), 200),
        (signed("POST", "/feedback", {"answer_id": "a1", "rating": "up"}), 204),
        (signed("POST", "/handover", handing()), 204),
        (signed("POST", "/handover", handing(name="Zimmer 12")), 204),
        (signed("DELETE", "/session"), 204),
        (request("GET", "/health"), 200),
        (request("GET", "/openapi.json"), 200),
        (request("GET", "/wording"), 200),
        (request("GET", "/questions"), 200),
        (request("GET", "/"), 200),
        (request("HEAD", "/"), 200),
        (request("GET", "/widget.js"), 200),
        (request("GET", "/demo/"), 200),
        (request("GET", "/guide/"), 200),
        (request("GET", "/guide/blocking"), 200),
        (request("GET", ""), 308),
        (request("GET", "/demo"), 308),
        (request("GET", "/guide"), 308),
        (request("GET", "/guide/blocking/"), 308),
        (request("OPTIONS", "/messages"), 204),
        (request("POST", "/session", []), 400),
        (request("POST", "/session", {"language": "fr"}), 400),
        (signed("POST", "/messages", message(payload="/greet")), 400),
        (signed("POST", "/handover", handing(consent="yes")), 400),
        (signed("POST", "/handover", handing(sender="x")), 400),
        (request("POST", "/messages", message()), 401),
        (request("POST", "/handover", handing()), 401),
        (request("GET", "/history", authorization="Bearer x"), 401),
        (request("GET", "/history", authorization=f"Bearer {token(expires=NOW)}"), 401),
        (request("GET", "/health", origin="https://evil.example"), 403),
        (request("OPTIONS", "/messages", origin="https://evil.example"), 403),
        (request("GET", "/nothing"), 404),
        (request("GET", "/guide/nothing"), 404),
        (request("GET", "/guide/../../credentials.yml"), 404),
        (request("GET", "/static/widget.js"), 404),
        (signed("POST", "/feedback", {"answer_id": "other", "rating": "up"}), 404),
        (signed("POST", "/handover", handing(office="it_security")), 404),
        (signed("POST", "/handover", handing(office="gone")), 404),
        (request("PUT", "/session"), 405),
        (request("POST", "/widget.js"), 405),
        (signed("POST", "/messages", message(), content_type="text/plain"), 415),
        (signed("POST", "/messages", message(text=" ")), 422),
        (signed("POST", "/handover", handing(question=" ")), 422),
        (signed("POST", "/handover", handing(consent=False)), 422),
        (signed("POST", "/handover", handing(office="superior")), 422),
        (signed("POST", "/messages", message(text="x" * 1001)), 422),
    ],
    ids=lambda value: f"{value.method} {value.path}" if isinstance(value, Request) else str(value),
)
async def test_statuses_and_headers(chat: WebChat, asked: Request, status: int) -> None:
    response = await chat.handle(asked)
    assert response.status == status, response.body
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "permissions-policy"):
        assert response.headers[name]
    assert response.headers["cache-control"] in ("no-store", "no-cache")
    assert "Origin" in response.headers["vary"]
    assert "set-cookie" not in response.headers
    if status >= 400 and "html" not in (response.content_type or ""):
        error = content(response)["error"]
        assert STATUS[error["code"]] == status
        assert error["message"]


@pytest.mark.parametrize("code", sorted(STATUS))
async def test_every_problem_has_a_sentence_in_every_language(chat: WebChat, talk: StandIn, code: str) -> None:
    talk.failure = ApiError(code, {"retry-after": "7"}, field="x", limit=1, seconds=7)
    sentences = set()
    for language in ("de", "en"):
        response = await chat.handle(request("GET", "/history", authorization=f"Bearer {token(language)}"))
        assert (response.status, response.headers["retry-after"]) == (STATUS[code], "7")
        sentences.add(content(response)["error"]["message"])
    assert len(sentences) == 2


async def test_a_session_of_the_first_token_format_has_ended(chat: WebChat) -> None:
    old = f"1.{'0' * 32}.de.{int(NOW) + 60}.{'A' * 43}"
    response = await chat.handle(request("GET", "/history", authorization=f"Bearer {old}"))
    assert (response.status, content(response)["error"]["code"]) == (401, "session_ended")


async def test_a_failure_of_ours_is_told_without_details(chat: WebChat, talk: StandIn) -> None:
    talk.failure = RuntimeError("password=hunter2")
    response = await chat.handle(signed("GET", "/history"))
    assert response.status == 500
    assert b"hunter2" not in response.body


async def test_not_ready_is_told(chat: WebChat, talk: StandIn) -> None:
    talk.failure = ApiError("not_ready")
    response = await chat.handle(request("GET", "/health"))
    assert (response.status, content(response)) == (503, {"ready": False})


async def test_a_body_that_is_too_large_is_refused(chat: WebChat) -> None:
    large = Request("POST", "/messages", signed("POST", "").headers, {}, None)
    assert (await chat.handle(large)).status == 413


async def test_listed_origins_get_cors_headers_and_a_preflight(chat: WebChat) -> None:
    response = await chat.handle(request("OPTIONS", "/messages", origin=ORIGIN, access_control_request_method="POST"))
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "authorization" in response.headers["access-control-allow-headers"]
    assert "POST" in response.headers["access-control-allow-methods"]
    answer = await chat.handle(signed("GET", "/history", origin=ORIGIN))
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    own = await chat.handle(signed("GET", "/history", origin="https://chat"))
    assert own.status == 200
    assert "access-control-allow-origin" not in own.headers


async def test_other_pages_may_load_the_widget_but_nothing_else(chat: WebChat) -> None:
    widget = await chat.handle(request("GET", "/widget.js"))
    page = await chat.handle(request("GET", "/"))
    assert widget.headers["cross-origin-resource-policy"] == "cross-origin"
    assert page.headers["cross-origin-resource-policy"] == "same-origin"


async def test_messages_and_ratings_of_a_session_are_limited(chat: WebChat) -> None:
    statuses = [(await chat.handle(signed("POST", "/messages", message()))).status for _ in range(3)]
    last = await chat.handle(signed("POST", "/feedback", {"answer_id": "a1", "rating": "up"}))
    assert statuses == [200, 200, 200]
    assert last.status == 429
    assert int(last.headers["retry-after"]) > 0
    assert (await chat.handle(signed("GET", "/history"))).status == 200


async def test_what_is_handed_over_reaches_the_office_and_nothing_else(chat: WebChat, post: Post) -> None:
    await chat.handle(signed("POST", "/handover", handing(question="Darf ich das?", name="Zimmer 12")))
    # Neither the conversation nor the address.
    assert post.posted == [(CHANNEL, OfficeQuestion("Pressestelle", "Darf ich das?", "Zimmer 12"))]


async def test_the_same_handover_again_is_delivered_once(chat: WebChat, post: Post) -> None:
    again = handing()
    responses = [await chat.handle(signed("POST", "/handover", again)) for _ in range(2)]
    assert [response.status for response in responses] == [204, 204]
    assert len(post.posted) == 1
    other = await chat.handle(signed("POST", "/handover", {**again, "question": "Etwas anderes?"}))
    assert (other.status, content(other)["error"]["code"]) == (409, "id_reused")


async def test_a_handover_that_does_not_arrive_says_what_else_helps(chat: WebChat, post: Post) -> None:
    post.failure = Undelivered("Teams is away.")
    response = await chat.handle(signed("POST", "/handover", handing()))
    assert (response.status, content(response)["error"]["code"]) == (503, "not_delivered")
    assert "E-Mail" in content(response)["error"]["message"]


async def test_handovers_of_a_session_and_of_an_address_are_limited(chat: WebChat) -> None:
    responses = [await chat.handle(signed("POST", "/handover", handing())) for _ in range(3)]
    assert [response.status for response in responses] == [204, 204, 429]
    assert int(responses[2].headers["retry-after"]) > 3000
    # Not “3599 Sekunden”.
    assert "60 Minuten" in content(responses[2])["error"]["message"]
    # Another session of the same address has its own limit, within the one of the address.
    other = f"Bearer {session_tokens.issue(Session('1' * 32, 'de', int(NOW + 60)), KEY)}"
    statuses = [
        (await chat.handle(request("POST", "/handover", handing(), authorization=other))).status for _ in range(2)
    ]
    assert statuses == [204, 429]


async def test_new_sessions_of_an_address_are_limited(chat: WebChat) -> None:
    statuses = [(await chat.handle(request("POST", "/session", {}))).status for _ in range(4)]
    assert statuses == [201, 201, 201, 429]


async def test_wording_is_cached_by_its_tag(chat: WebChat) -> None:
    first = await chat.handle(Request("GET", "/wording", {}, {"language": "en"}))
    assert content(first) == chat.wordings["en"].web.widget
    again = await chat.handle(Request("GET", "/wording", {"if-none-match": first.headers["etag"]}, {"language": "en"}))
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("language", ["de", "en"])
async def test_the_questions_are_those_of_the_guide_in_its_groups(chat: WebChat, language: str) -> None:
    first = await chat.handle(Request("GET", "/questions", {}, {"language": language}))
    found, guide = content(first), chat.pages.guides[language]
    shown = [topic["question"] for group in found["groups"] for topic in group["topics"]]
    assert sorted(shown) == sorted(topic.title for topic in guide.topics.values())
    own = {question for passage in guide.passages.values() for question in passage.questions}
    assert set(found["questions"]) <= own | set(shown)
    assert len(found["questions"]) == len(guide.topics) + len(guide.passages)
    again = await chat.handle(
        Request("GET", "/questions", {"if-none-match": first.headers["etag"]}, {"language": language})
    )
    assert again.status == 304


def test_both_languages_say_the_same_things(chat: WebChat) -> None:
    german, english = chat.wordings["de"].web, chat.wordings["en"].web
    assert german.widget.keys() == english.widget.keys()
    assert german.guide.keys() == english.guide.keys()
    # One sentence for each code, and a second one for a long wait.
    assert german.problems.keys() == english.problems.keys() == {*STATUS, "too_many_requests_minutes"}


def test_the_description_names_every_endpoint(chat: WebChat) -> None:
    described = {
        (path.removeprefix("/chat/"), method.upper())
        for path, operations in chat.description["paths"].items()
        for method in operations
    }
    assert described == {(path, method) for path, methods in chat.endpoints.items() for method in methods}


BROKEN = ["http://[", "http://x]", "http://℀.example", "\x00", "null", "\udcff"]


@pytest.mark.parametrize("origin", BROKEN)
async def test_a_broken_origin_is_refused_like_every_foreign_one_and_logs_nothing(
    chat: WebChat, origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/", "/health", "/none", "/guide/"):
        response = await chat.handle(Request("GET", path, {"origin": origin, "host": "x"}))
        assert (response.status, json.loads(response.body)["error"]["code"]) == (403, "foreign_origin")
        assert not [name for name in response.headers if name.startswith("access-control")]
    assert not caplog.records


@pytest.mark.parametrize("path", ["/", "/health", "/none"])
async def test_foreign_origins_count_as_requests_of_their_address(chat: WebChat, path: str) -> None:
    chat.limits = RequestLimits(read_settings({"requests_per_address": "3/minute"}))
    request = Request("GET", path, {"origin": "http://[", "host": "x"}, address="192.0.2.7")
    assert [(await chat.handle(request)).status for _ in range(4)] == [403, 403, 403, 429]
    assert (await chat.handle(Request("GET", "/health", address="192.0.2.7"))).status == 429
    assert (await chat.handle(Request("GET", "/health", address="192.0.2.8"))).status == 200


HEADERS = ["origin", "host", "authorization", "accept-language", "content-type", "content-encoding", "if-none-match"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    headers=st.dictionaries(
        st.sampled_from(HEADERS),
        # As Sanic reads them: what is no UTF-8 becomes halves of surrogate pairs.
        st.text() | st.binary().map(lambda raw: raw.decode(errors="surrogateescape")) | st.just(f"Bearer {token()}"),
    ),
    path=st.sampled_from(["/", "/health", "/session", "/messages", "/history", "/page.css", "/guide/", "/none"]),
    method=st.sampled_from(["GET", "POST", "OPTIONS", "DELETE"]),
    body=st.none() | st.binary(max_size=20),
)
async def test_no_text_of_a_header_breaks_a_request(
    chat: WebChat, headers: dict[str, str], path: str, method: str, body: bytes | None
) -> None:
    chat.limits = RequestLimits(read_settings(None))
    response = await chat.handle(Request(method, path, headers, body=body))
    assert response.status != 500
    assert all(text.isascii() for text in response.headers.values())
