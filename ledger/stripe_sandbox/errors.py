"""What Stripe answers when it refuses, and the refusals that several objects share."""

from typing import Any


class ApiError(Exception):
    """A refusal in Stripe's own shape: an `error` with its type, code, param and message."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        named = {"code": code, "param": param}
        self.error = {
            "type": type,
            "message": message,
            **{name: value for name, value in named.items() if value is not None},
            **more,
        }

    def envelope(self) -> dict[str, Any]:
        return {"error": self.error}


def missing(param: str) -> ApiError:
    return ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown(param: str) -> ApiError:
    return ApiError(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def removed(param: str) -> ApiError:
    """What intents took before Stripe's version 2026-09-30 has a refusal of its own."""
    return ApiError(
        f"{param} is no longer supported. Use allowed_payment_method_types to narrow what is "
        f"offered.",
        code=f"{param}_no_longer_supported",
        param=param,
    )


def exclusive(*params: str) -> ApiError:
    names = ", ".join(params)
    return ApiError(
        f"You may only specify one of these parameters: {names}.",
        code="parameters_exclusive",
        param=params[0],
    )


def not_modelled(param: str) -> ApiError:
    """Stripe knows this parameter and the sandbox does not act on it: refused, not ignored."""
    return ApiError(
        f"The sandbox does not model {param}. Stripe itself would accept this parameter.",
        code="sandbox_not_modelled",
        param=param,
    )


def no_such(kind: str, id: str, param: str, *, status: int = 404) -> ApiError:
    return ApiError(f"No such {kind}: '{id}'", status=status, code="resource_missing", param=param)


def wrong_state(message: str, *, code: str, param: str | None = None, **more: Any) -> ApiError:
    return ApiError(message, code=code, param=param, **more)
