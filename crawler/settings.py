"""Scrapy's settings for every source. They are set for the process, where a spider cannot undo them.

Scrapy's defaults are made for general crawling and unsafe for evidence: certificates unchecked,
robots.txt ignored, bodies up to 1 GiB, file: and data: fetched, a telnet console open.
"""

from __future__ import annotations

from typing import Any

from crawler import packing

BOT_NAME = "Piyao"
USER_AGENT = "Piyao/0.1 (public rumor desk; reads feeds)"
SPIDER_MODULES: list[str] = []  # spiders come from the registry (crawler.kinds)

# politeness
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Piyao"
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.5
AUTOTHROTTLE_MAX_DELAY = 30.0
CONCURRENT_REQUESTS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 1
RETRY_ENABLED = False  # the next run is the retry; a hostile site costs one request
COOKIES_ENABLED = False
DEFAULT_REQUEST_HEADERS = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.3"}
REFERRER_POLICY = "no-referrer"

# bounds
DOWNLOAD_MAXSIZE = packing.MOST  # compressed and decompressed alike
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30  # of a whole response, so a slow drip ends too
DNS_TIMEOUT = 20
REDIRECT_MAX_TIMES = 5
CLOSESPIDER_TIMEOUT = 60
MEMUSAGE_ENABLED = True
MEMUSAGE_LIMIT_MB = 512
MEMUSAGE_CHECK_INTERVAL_SECONDS = 5.0

# safety
TWISTED_DNS_RESOLVER = "crawler.addresses.GuardedResolver"
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.2"
DOWNLOAD_HANDLERS: dict[str, Any] = {"file": None, "data": None, "ftp": None, "s3": None}
METAREFRESH_ENABLED = False
HTTPPROXY_ENABLED = False  # a proxy from the environment would resolve names behind the guard
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

DOWNLOADER_MIDDLEWARES: dict[str, Any] = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.middlewares.Robots": 100,
    "crawler.middlewares.Unpacking": 590,
    "crawler.middlewares.Door": 950,
}
ITEM_PIPELINES = {"crawler.pipelines.IntoTheStore": 100}
EXTENSIONS: dict[str, Any] = {
    "crawler.extensions.RunRecord": 0,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "crawler.memory.MemoryHeld": 0,
}

# words: outside strings never reach the log raw, and posts never at all
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "crawler.logs.QuietFormatter"
LOG_INSTALL_ROOT_HANDLER = False  # crawler.logs has its own
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
LOGSTATS_INTERVAL = 0

# of this run; crawler.run fills them
PIYAO_SOURCE_URL = ""
PIYAO_PRIVATE_URL = ""  # the source's own address where allow_private = true
PIYAO_STORE = ""
PIYAO_RUN = 0
