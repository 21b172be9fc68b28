"""The endpoints: one table of addresses, one way to an answer, the same headers on everything."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote, urlencode

from lotse.answering.check_payloads import CHECK_PREFIX
from lotse.answering.failures import reason_sentence
from lotse.channels import origins
from lotse.channels.web import request_models, security_headers, session_tokens
from lotse.channels.web.api_errors import ApiError
from lotse.channels.web.assets import Resource, resource
from lotse.channels.web.conversations import Conversations
from lotse.channels.web.handover_route import hand_over
from lotse.channels.web.http_messages import HTML, JSON, Request, Response, json_response, preferred_language
from lotse.channels.web.request_limits import RequestLimits
from lotse.channels.web.responses import item_data
from lotse.channels.web.session_tokens import Session
from lotse.channels.web.settings import WebSettings
from lotse.content.wording import Wording
from lotse.conversation.feedback import FeedbackStore
from lotse.conversation.handover import Handovers
from lotse.publishing.guide_pages import GuidePages
from lotse.secret_key import keyed_hash

logger = logging.getLogger(__name__)

NO_STORE = {"cache-control": "no-store"}
PREFIX = "/chat"
GUIDE = "guide/"

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass
class WebChat:
    """Answers requests.

    Attributes:
        wordings: by language, the original first.
        resources: files of the widget by their path.
        description: the OpenAPI document.
        key: signs sessions.
    """

    settings: WebSettings
    wordings: Mapping[str, Wording]
    conversations: Conversations
    limits: RequestLimits
    feedback: FeedbackStore
    handovers: Handovers
    pages: GuidePages
    resources: Mapping[str, Resource]
    description: Mapping[str, Any]
    key: bytes
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        self.endpoints: dict[str, dict[str, Endpoint]] = {
            "session": {"POST": self._begin, "DELETE": self._erase},
            "messages": {"POST": self._ask},
            "history": {"GET": self._history},
            "feedback": {"POST": self._rate},
            "handover": {"POST": self._hand_over},
            "health": {"GET": self._health},
            "openapi.json": {"GET": self._describe},
            "wording": {"GET": self._wording},
            "questions": {"GET": self._questions},
        }
        self._labels = {
            language: resource(json.dumps(wording.web.widget, ensure_ascii=False).encode(), JSON)
            for language, wording in self.wordings.items()
        }
        self._own_questions = {
            language: resource(json.dumps(self.pages.questions(language), ensure_ascii=False).encode(), JSON)
            for language in self.wordings
        }
        self._description = resource(json.dumps(self.description, ensure_ascii=False).encode(), JSON)

    @property
    def max_bytes(self) -> int:
        """Longest body that is read."""
        return request_models.max_bytes(self.settings.max_characters)

    async def handle(self, request: Request) -> Response:
        """Answer one request. Never raises; whatever happens carries the security headers."""
        try:
            response = await self._route(request)
        except ApiError as error:
            response = self._error(request, error)
        except Exception:
            logger.exception("A request failed.")
            response = self._error(request, ApiError("internal"))
        return self._sealed(request, response)

    async def _route(self, request: Request) -> Response:
        allowed = self.settings.allowed_origins
        if not origins.is_allowed(request.headers.get("origin"), request.headers.get("host", ""), allowed):
            self._count(request)
            raise ApiError("foreign_origin")
        methods = self._methods(request)
        if methods is None:
            raise ApiError("not_found")
        allow = ", ".join(sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}))
        if request.method == "OPTIONS":
            return Response(204, b"", {"allow": allow, **NO_STORE})
        endpoint = methods.get("GET" if request.method == "HEAD" else request.method)
        if endpoint is None:
            raise ApiError("method_not_allowed", {"allow": allow})
        if request.name in self.endpoints:
            self._count(request)
        return await endpoint(request)

    def _methods(self, request: Request) -> dict[str, Endpoint] | None:
        name = request.name
        if not request.path or name + "/" in (*self.resources, GUIDE):
            return {"GET": self._with_slash}
        if name in self.endpoints:
            return self.endpoints[name]
        if name in self.resources:
            return {"GET": self._file}
        return {"GET": self._page} if name.startswith(GUIDE) else None

    # --- sessions ---------------------------------------------------------------------------------------------------

    async def _begin(self, request: Request) -> Response:
        data = self._object(request)
        wish = request_models.read_session_request(data, list(self.wordings))
        self.limits.count("sessions_per_address", self._hashed(request.address))
        session = session_tokens.new_session(wish or self._language(request), self.clock(), self.settings.session_hours)
        greeting = await self.conversations.begin(session)
        answer = {
            "token": session_tokens.issue(session, self.key),
            "expires_at": session.expires_at,
            "language": session.language,
            "messages": [item_data(greeting)],
            "limits": {"max_characters": self.settings.max_characters},
        }
        return json_response(answer, 201, NO_STORE)

    async def _erase(self, request: Request) -> Response:
        # A person may delete what is still stored, also after the session has ended.
        await self.conversations.erase(self._session(request, now=None))
        return Response(204, b"", NO_STORE)

    # --- in a session -----------------------------------------------------------------------------------------------

    async def _ask(self, request: Request) -> Response:
        session = self._session(request, self.clock())
        message = request_models.read_message(self._object(request), self.settings.max_characters)
        self.limits.count("messages_per_session", self._hashed(session.id))
        answers = await self.conversations.ask(session, message)
        return json_response({"id": message.id, "messages": [item_data(item) for item in answers]}, 200, NO_STORE)

    async def _history(self, request: Request) -> Response:
        items = await self.conversations.history(self._session(request, self.clock()))
        return json_response({"messages": [item_data(item) for item in items]}, 200, NO_STORE)

    async def _rate(self, request: Request) -> Response:
        session = self._session(request, self.clock())
        feedback = request_models.read_feedback(self._object(request))
        self.limits.count("messages_per_session", self._hashed(session.id))
        if not await self.conversations.rate(session, feedback, self.feedback):
            raise ApiError("unknown_answer")
        return Response(204, b"", NO_STORE)

    async def _hand_over(self, request: Request) -> Response:
        session = self._session(request, self.clock())
        wish = request_models.read_handover(self._object(request))
        self.limits.count("handovers_per_address", self._hashed(request.address))
        if await self.conversations.office(session, wish.office) is None:
            raise ApiError("unknown_office")
        await hand_over(self.handovers, wish, self._hashed(session.id))
        return Response(204, b"", NO_STORE)

    # --- for everybody ----------------------------------------------------------------------------------------------

    async def _health(self, _: Request) -> Response:
        ready = self.conversations.ready()
        return json_response({"ready": ready}, 200 if ready else 503, NO_STORE)

    async def _describe(self, request: Request) -> Response:
        return self._description.respond(request)

    async def _wording(self, request: Request) -> Response:
        return self._labels[self._language(request)].respond(request)

    async def _questions(self, request: Request) -> Response:
        return self._own_questions[self._language(request)].respond(request)

    async def _file(self, request: Request) -> Response:
        return self.resources[request.name].respond(request)

    async def _page(self, request: Request) -> Response:
        name = request.name[len(GUIDE) :].strip("/")
        language = self._language(request)
        page = self.pages.page(name, language) if name else self.pages.index(language, query=request.query.get("q", ""))
        if page is not None and name and request.name.endswith("/"):
            # To the address without the slash, from which the links of the page lead on.
            query = f"?{urlencode(request.query)}" if request.query else ""
            return Response(308, b"", {"location": f"../{quote(name)}{query}", **NO_STORE})
        if name.startswith(CHECK_PREFIX) and "answers" in request.query:
            found = self._check(request, name[len(CHECK_PREFIX) :], language)
            if found is not None:
                return found
        if page is not None:
            return resource(page.encode(), HTML).respond(request)
        body = self.pages.index(language, problem=True).encode()
        return Response(404, body, {"content-type": HTML, **NO_STORE})

    def _check(self, request: Request, name: str, language: str) -> Response | None:
        """A step of a guided check, or its result as a page or file; None if there is none."""
        today = datetime.fromtimestamp(self.clock(), timezone.utc).date()
        file = self.pages.check_document(name, language, request.query["answers"], today)
        if file is not None:
            disposition = f'attachment; filename="{file.name}"'
            headers = {"content-type": file.media_type, "content-disposition": disposition, **NO_STORE}
            return Response(200, file.body, headers)
        page = self.pages.check_step(name, language, request.query, today)
        return Response(200, page.encode(), {"content-type": HTML, **NO_STORE}) if page is not None else None

    async def _with_slash(self, request: Request) -> Response:
        # Relative, so that it works under any prefix a proxy adds.
        last = request.path.rsplit("/", 1)[-1] or PREFIX[1:]
        return Response(308, b"", {"location": f"{last}/", **NO_STORE})

    # --- parts ------------------------------------------------------------------------------------------------------

    def _object(self, request: Request) -> dict[str, Any]:
        headers = request.headers
        return request_models.read_object(request.body, headers.get("content-type"), headers.get("content-encoding"))

    def _session(self, request: Request, now: float | None) -> Session:
        try:
            return session_tokens.read(session_tokens.bearer(request.headers.get("authorization")), self.key, now)
        except session_tokens.ExpiredError:
            raise ApiError("session_ended", {"www-authenticate": "Bearer"}) from None
        except session_tokens.TokenError:
            raise ApiError("no_session", {"www-authenticate": "Bearer"}) from None

    def _language(self, request: Request) -> str:
        """As the address says, else as the session was begun, else as the browser prefers."""
        spoken = list(self.wordings)
        if (wish := request.query.get("language", "").lower()) in spoken:
            return wish
        try:
            return self._session(request, self.clock()).language
        except ApiError:
            return preferred_language(request.headers.get("accept-language", ""), spoken)

    def _count(self, request: Request) -> None:
        self.limits.count("requests_per_address", self._hashed(request.address))

    def _hashed(self, who: str) -> str:
        return keyed_hash(self.key, "rate", who)

    def _error(self, request: Request, error: ApiError) -> Response:
        problems = self.wordings[self._language(request)].web.problems
        sentence = reason_sentence(problems, error.code, **error.values)
        headers = {**error.headers, **NO_STORE}
        return json_response({"error": {"code": error.code, "message": sentence}}, error.status, headers)

    def _sealed(self, request: Request, response: Response) -> Response:
        allowed = self.settings.allowed_origins
        embeddable = (response.content_type or "").startswith("text/javascript")
        cors = security_headers.cors_headers(request.headers.get("origin"), allowed, request.method == "OPTIONS")
        headers = security_headers.merged(
            response.headers,
            security_headers.security_headers(allowed, embeddable, request.name.startswith(GUIDE)),
            cors,
        )
        return Response(response.status, response.body, headers)
