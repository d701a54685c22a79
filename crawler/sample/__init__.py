"""A sample forum of the invented city 江州, so that a fresh desk has something real to crawl.

The posts are ours (``posts.jsonl``); the server is a small HTTP server of the standard library.
``python -m crawler.sample`` opens it; see README.md beside this file.
"""
