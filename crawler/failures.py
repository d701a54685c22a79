"""Why a download failed, in words an officer can act on."""

from __future__ import annotations

from typing import Any

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.harvest import Trouble
from crawler.middlewares import Refused

_STATUS = {
    401: "要登录才能看",
    403: "不许访问",
    404: "没有这个地址",
    410: "这个地址已撤销",
    429: "嫌采集太勤，要求慢一点",
}


def explain(failure: Any, url: str) -> Trouble:
    """The trouble that a failed request is. ``failure`` is Twisted's, ``url`` the one asked for."""
    error = failure.value
    what, mend = _words(error)
    raw = error.response.body if isinstance(error, HttpError) else b""
    return Trouble(what, url, mend, raw, fatal=True)


def _words(error: BaseException) -> tuple[str, str]:
    look = "下次采集会再试；一直这样就请技术人员看网址和网络"
    match error:
        case Refused():
            return str(error), error.mend
        case HttpError():
            status = error.response.status
            word = _STATUS.get(status, "网站自己出错" if status >= 500 else "不给内容")
            return f"网站返回 {status}：{word}", look
        case DownloadTimeoutError():
            return "网站 30 秒内没有答完", look
        case CannotResolveHostError():
            return "找不到这个网站的地址（DNS）", look
        case DownloadConnectionRefusedError():
            return "网站拒绝连接", look
        case DownloadCancelledError():
            return "内容超过 8 MB，没有收", "请网站分页，或换一个小一些的订阅源"
        case ResponseDataLossError():
            return "内容传到一半断了，没有收", look
        case UnsupportedURLSchemeError():
            return "只访问 http 和 https 的地址", "改 piyao.toml 里的 url"
        case IgnoreRequest() if "redirect" in str(error):
            return "网站来回转向超过 5 次", "用浏览器打开，换成最后的网址"
        case IgnoreRequest():
            return "内容解压后超过 8 MB，没有收", "请网站分页，或换一个小一些的订阅源"
    if _is_certificate(error):
        return "网站的证书不可信，没有收", "请网站更新证书；不要关掉检查"
    return f"连接中断（{type(error).__name__}）", look


def _is_certificate(error: BaseException | None) -> bool:
    """Whether OpenSSL's refusal of a certificate stands anywhere in the chain of causes."""
    seen: list[object] = []
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or any(one is other for other in seen) or len(seen) > 50:
            continue
        seen.append(one)
        name = type(one).__name__
        if name in ("VerificationError", "VerifyHostnameError") or "certificate verify" in str(one):
            return True
        if isinstance(one, BaseException):
            waiting += [one.__cause__, one.__context__, *getattr(one, "reasons", ())]
        waiting.append(getattr(one, "value", None))  # twisted's Failure
    return False
