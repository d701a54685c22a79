"""The crawler: public sources -> posts in the store. A Scrapy project; one process a crawl."""
