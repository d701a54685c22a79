"""Spiders: request and parse, nothing else. Their registry is ``crawler.kinds``."""
